// Time of one base64url segment per variant, at the lengths that tokens have: 64 (a header), 214
// and 456 (payloads), 1366 (a large one), and "mixed", four lengths in turn, which keeps the branch
// predictor from learning one. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//   --benchmark_context=commit=$(git rev-parse --short HEAD)

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run_benchmarks.h"
#include "cpu/features.h"
#include "kernels/kernels.h"

namespace {

using jotmill::kernels::Base64urlDecodeFn;
using jotmill::kernels::Base64urlError;

/// `len` characters of the alphabet, the last one without trailing bits.
std::string segment(std::size_t len) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text(len, 'A');
  std::uint64_t state = len;
  for (std::size_t i = 0; i + 1 < len; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    text[i] = kAlphabet[state >> 58];
  }
  return text;
}

void decode_in_turn(benchmark::State& state, Base64urlDecodeFn* decode,
                    std::vector<std::size_t> lengths) {
  std::vector<std::string> texts;
  std::size_t chars = 0;
  std::size_t longest = 0;
  for (const std::size_t len : lengths) {
    texts.push_back(segment(len));
    chars += len;
    longest = std::max(longest, len);
  }
  std::vector<std::uint8_t> out(longest + jotmill::kernels::kBase64urlSlackBytes);
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string& text = texts[next];
    next = next + 1 == texts.size() ? 0 : next + 1;
    auto result = decode(text.data(), text.size(), out.data());
    if (result.error != Base64urlError::kNone) state.SkipWithError("a sound segment was refused");
    benchmark::DoNotOptimize(result.written);
    benchmark::ClobberMemory();
  }
  const auto segments = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(segments * static_cast<std::int64_t>(chars / lengths.size()));
}

void register_variants(jotmill::CpuMask cpu) {
  const std::vector<std::vector<std::size_t>> workloads = {
      {64}, {86}, {214}, {342}, {456}, {1366}, {64, 214, 342, 456}};
  for (const auto& variant : jotmill::kernels::base64url_variants()) {
    if (variant.fn == nullptr || !cpu.has(variant.needs)) continue;
    for (const auto& lengths : workloads) {
      const std::string what = lengths.size() == 1 ? std::to_string(lengths[0]) : "mixed";
      benchmark::RegisterBenchmark(("base64url/" + std::string(variant.name) + "/" + what).c_str(),
                                   decode_in_turn, variant.fn, lengths);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const jotmill::CpuMask cpu = jotmill::detect_cpu();
  benchmark::AddCustomContext("cpu_features", jotmill::feature_names(cpu));
#if defined(__clang__)
  benchmark::AddCustomContext("compiler", __VERSION__);  // names itself
#else
  benchmark::AddCustomContext("compiler", "g++ " __VERSION__);
#endif
  register_variants(cpu);
  return jotmill::bench::run_benchmarks(argc, argv);
}
