// Time of one header per variant of the kernel `headers` (known again, or parsed each time), over
// 2,048 tokens whose headers are all the same, of 16 or of 200 keys in turn, or all different,
// which is what a memo costs that never knows one. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//   --benchmark_context=commit=$(git rev-parse --short HEAD)
//
// Parsing changes its batch, so it is extracted and decoded anew for each iteration, outside the
// time that counts.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "claims/header.h"
#include "core/batch.h"
#include "cpu/features.h"
#include "decode/decode.h"
#include "input/extract.h"
#include "kernels/kernels.h"

namespace {

using namespace jotmill;

constexpr std::size_t kTokens = 2048;

std::string base64url(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0, have = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(c);
    for (have += 8; have >= 6; have -= 6) out += kAlphabet[bits >> (have - 6) & 63];
  }
  if (have > 0) out += kAlphabet[bits << (6 - have) & 63];
  return out;
}

Chunk tokens_of_keys(std::size_t keys) {
  std::string text;
  for (std::size_t i = 0; i < kTokens; ++i) {
    const std::string kid = "2026-11-signing-key-" + std::to_string(1000 + i % keys);
    text += base64url("{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"typ\":\"JWT\"}") + "." +
            base64url("{\"sub\":\"" + std::to_string(i) + "\"}") + "." + base64url("signature") +
            "\n";
  }
  Chunk chunk;
  chunk.bytes.assign(text.begin(), text.end());
  chunk.size_bytes = chunk.bytes.size();
  chunk.bytes.resize(chunk.size_bytes + kSlackBytes);
  return chunk;
}

kernels::Base64urlDecodeFn* decoder() {
  const CpuMask cpu = detect_cpu();
  for (const auto& variant : kernels::base64url_variants()) {
    if (variant.fn != nullptr && cpu.has(variant.needs)) return variant.fn;
  }
  std::abort();
}

void parse(benchmark::State& state, bool memo, std::size_t keys) {
  const Policy policy;
  const Chunk chunk = tokens_of_keys(keys);
  kernels::Base64urlDecodeFn* decode = decoder();
  HeaderParser headers(policy, memo);
  TokenBatch batch;
  for (auto _ : state) {
    batch.clear();
    extract_lines(chunk, batch);
    decode_segments(batch, policy, decode);
    const auto start = std::chrono::steady_clock::now();
    headers.parse_headers(batch);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
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
          (std::string("headers/") + (memo ? "memo/" : "parse/") + what).c_str(), parse, memo, keys)
          ->UseManualTime();
    }
  }
  benchmark::AddCustomContext("cpu", cpu_brand());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
