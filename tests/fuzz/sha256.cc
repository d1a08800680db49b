// Every variant of SHA-256's compression that this CPU has against the scalar twin: up to 40
// messages of up to seven blocks and three more that lie elsewhere, each in memory of exactly its
// size.
#include "kernels/sha256/sha256.h"

#include <array>
#include <vector>

#include "cpu/features.h"
#include "fuzz/require.h"
#include "fuzz/stream.h"

namespace {

using namespace jotmill;
using namespace jotmill::kernels;

using State = std::array<std::uint32_t, 8>;
using Bytes = std::vector<std::uint8_t>;

struct Variant {
  CpuMask needs;
  Sha256BlocksFn* fn;
};

std::vector<Variant> variants() {
#if defined(__x86_64__)
  const CpuMask shani = CpuFeature::kShaNi | CpuFeature::kSsse3 | CpuFeature::kSse41;
  return {{shani, sha256_blocks_shani},
          {shani | CpuFeature::kAvx512f | CpuFeature::kAvx512bw, sha256_blocks_avx512}};
#else
  return {};
#endif
}

std::vector<State> compress(Sha256BlocksFn* fn, std::vector<State> states,
                            const std::vector<Bytes>& messages, const std::vector<Bytes>& ends) {
  std::vector<Sha256Job> jobs;
  for (std::size_t i = 0; i < states.size(); ++i) {
    jobs.push_back({states[i].data(), messages[i].data(), messages[i].size() / kSha256BlockBytes,
                    ends[i].data(), ends[i].size() / kSha256BlockBytes});
  }
  fn(jobs.data(), jobs.size());
  return states;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CpuMask cpu = detect_cpu();
  testing::Stream in(data, size);
  std::vector<State> states(in.below(41));
  std::vector<Bytes> messages, ends;
  for (State& state : states) {
    const std::uint8_t shape = in.byte();
    state.fill(in.byte() * 0x01010101U);
    messages.push_back(in.bytes(shape % 8 * kSha256BlockBytes));
    ends.push_back(in.bytes(shape / 8 % 4 * kSha256BlockBytes));
  }
  const std::vector<State> wanted = compress(sha256_blocks_scalar, states, messages, ends);
  for (const Variant& variant : variants()) {
    if (cpu.has(variant.needs))
      FUZZ_REQUIRE(compress(variant.fn, states, messages, ends) == wanted);
  }
  return 0;
}
