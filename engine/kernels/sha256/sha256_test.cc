#define OPENSSL_SUPPRESS_DEPRECATED
#include "kernels/sha256/sha256.h"

#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <random>
#include <vector>

#include "cpu/features.h"
#include "support/catch.h"
#include "support/cpu_under_test.h"

#if defined(JOTMILL_HAVE_SIMDE)
namespace jotmill::kernels {
Sha256BlocksFn sha256_blocks_avx512_emulated;
}
#endif

using namespace jotmill;
using namespace jotmill::kernels;

namespace {

using State = std::array<std::uint32_t, 8>;

/// OpenSSL's compression of the same blocks.
State by_openssl(const State& start, const std::uint8_t* data, std::size_t blocks) {
  SHA256_CTX context{};
  std::copy(start.begin(), start.end(), context.h);
  for (std::size_t b = 0; b < blocks; ++b) SHA256_Transform(&context, data + 64 * b);
  State end;
  std::copy(std::begin(context.h), std::end(context.h), end.begin());
  return end;
}

void compare(Sha256BlocksFn* blocks_fn, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (std::size_t count = 0; count < 42; ++count) {
    std::vector<State> states(count), wanted(count);
    // Each message in a buffer of exactly its length: ASan sees a read behind it.
    std::vector<std::vector<std::uint8_t>> messages(count), ends(count);
    std::vector<Sha256Job> jobs(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t blocks = random() % 6, shift = random() % 5;
      ends[i].resize(random() % 3 * 64);
      messages[i].resize(blocks * 64 + shift);
      for (auto& byte : messages[i]) byte = static_cast<std::uint8_t>(random());
      for (auto& byte : ends[i]) byte = static_cast<std::uint8_t>(random());
      for (auto& word : states[i]) word = static_cast<std::uint32_t>(random());
      jobs[i] = {states[i].data(), messages[i].data() + shift, blocks, ends[i].data(),
                 ends[i].size() / 64};
      wanted[i] = by_openssl(by_openssl(states[i], jobs[i].data, blocks), ends[i].data(),
                             jobs[i].end_blocks);
    }
    blocks_fn(jobs.data(), count);
    INFO(count << " jobs, seed " << seed);
    REQUIRE(states == wanted);
  }
}

}  // namespace

TEST_CASE("all variants compress like OpenSSL, whatever the counts and lengths") {
  const std::uint32_t seed = std::random_device{}();
  const auto all_of = [seed](Sha256BlocksFn* blocks_fn) {
    for (std::uint32_t round = 0; round < 20; ++round) compare(blocks_fn, seed + round);
  };
  all_of(sha256_blocks_scalar);
#if defined(JOTMILL_HAVE_SIMDE)
  all_of(sha256_blocks_avx512_emulated);
#endif
#if defined(__x86_64__)
  const CpuMask shani = CpuFeature::kShaNi | CpuFeature::kSsse3 | CpuFeature::kSse41;
  const CpuMask avx512 = shani | CpuFeature::kAvx512f | CpuFeature::kAvx512bw;
  const CpuMask cpu = testing::cpu_under_test();
  if (cpu.has(shani))
    all_of(sha256_blocks_shani);
  else
    WARN("this CPU has no SHA-NI: sha256_blocks_shani was not run");
  if (cpu.has(avx512))
    all_of(sha256_blocks_avx512);
  else
    WARN("this CPU has no AVX-512: sha256_blocks_avx512 was run emulated alone");
#endif
}

TEST_CASE("the digest of abc (FIPS 180-4)") {
  State state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block = {'a', 'b', 'c', 0x80};
  block[63] = 24;
  const Sha256Job job{state.data(), block.data(), 1, nullptr, 0};
  sha256_blocks_scalar(&job, 1);
  CHECK(state == State{0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c,
                       0xb410ff61, 0xf20015ad});
}
