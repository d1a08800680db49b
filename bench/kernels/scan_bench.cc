// Rate of each question of the scan kernel per variant, over 1 MiB of access log lines without a
// token (what a log costs), and over one base64url part of 342 characters. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//   --benchmark_context=commit=$(git rev-parse --short HEAD)

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "bench/run_benchmarks.h"
#include "cpu/features.h"
#include "kernels/kernels.h"

namespace {

using jotmill::kernels::ScanFn;
using jotmill::kernels::ScanFor;

std::string log_lines(std::size_t bytes) {
  std::string text;
  std::uint64_t state = 1;
  while (text.size() < bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    text +=
        "10.0." + std::to_string(state >> 56) + "." + std::to_string(state >> 40 & 255) +
        " - - [23/Nov/2026:15:04:05 +0000] \"GET /api/v1/items/" + std::to_string(state >> 44) +
        "?page=2&sort=name HTTP/1.1\" 200 " + std::to_string(state >> 50) +
        " \"https://shop.example/keys/new\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/118.0\"\n";
  }
  return text;
}

void scan_all(benchmark::State& state, ScanFn* scan, ScanFor what, const std::string& text) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  for (auto _ : state) {
    std::size_t at = 0, found = 0;
    if (what == ScanFor::kCountLines) {
      found = scan(data, 0, text.size(), what);
    } else {
      while ((at = scan(data, at, text.size(), what)) < text.size()) ++at, ++found;
    }
    benchmark::DoNotOptimize(found);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void register_variants(jotmill::CpuMask cpu) {
  static const std::string log = log_lines(1 << 20);
  static const std::string part(342, 'a');
  for (const auto& variant : jotmill::kernels::scan_variants()) {
    if (variant.fn == nullptr || !cpu.has(variant.needs)) continue;
    const std::string name = "scan/" + std::string(variant.name) + "/";
    const auto add = [&](const char* what, ScanFor question, const std::string& text) {
      benchmark::RegisterBenchmark((name + what).c_str(), scan_all, variant.fn, question, text);
    };
    add("token_start", ScanFor::kTokenStart, log);
    add("thin_line", ScanFor::kThinLine, log);
    add("count_lines", ScanFor::kCountLines, log);
    add("part_end_342", ScanFor::kPartEnd, part);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const jotmill::CpuMask cpu = jotmill::detect_cpu();
  benchmark::AddCustomContext("cpu_features", jotmill::feature_names(cpu));
  register_variants(cpu);
  return jotmill::bench::run_benchmarks(argc, argv);
}
