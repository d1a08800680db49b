// Time of one header per variant of the kernel `headers` (known again, or parsed each time), over
// 2,048 tokens whose headers are all the same, of 16 or of 200 keys in turn, or all different,
// which is what a memo costs that never knows one. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//   --benchmark_context=commit=$(git rev-parse --short HEAD)

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/run_benchmarks.h"
#include "claims/header.h"
#include "core/batch.h"
#include "pipeline/known_answers.h"

namespace {

using namespace jotmill;

constexpr std::size_t kTokens = 2048;

void parse(benchmark::State& state, bool memo, std::size_t keys) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < kTokens; ++i)
    texts.push_back(R"({"alg":"RS256","kid":"2026-11-signing-key-)" +
                    std::to_string(1000 + i % keys) + R"(","typ":"JWT"})");
  TokenBatch batch = batch_of_headers(texts);
  HeaderParser headers(Policy(), memo);
  for (auto _ : state) {
    // As it was before the stage.
    batch.text.clear();
    std::fill_n(batch.passed.begin(), batch.size, std::uint8_t{kPassedDecode});
    headers.parse_headers(batch);
  }
  for (std::size_t i = 0; i < batch.size; ++i) {
    if ((batch.passed[i] & kPassedHeader) == 0) state.SkipWithError("a good header was refused");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kTokens));
}

}  // namespace

int main(int argc, char** argv) {
  for (const bool memo : {true, false}) {
    for (const std::size_t keys : {std::size_t{1}, std::size_t{16}, std::size_t{200}, kTokens}) {
      const std::string what = keys == kTokens ? "all_different" : std::to_string(keys) + "_keys";
      benchmark::RegisterBenchmark(
          (std::string("headers/") + (memo ? "memo/" : "parse/") + what).c_str(), parse, memo,
          keys);
    }
  }
  return jotmill::bench::run_benchmarks(argc, argv);
}
