// Time of a P-256 and an Ed25519 verification per variant, by window of the tables and by how many
// signatures share their inversions; and of building a key's table. Ratios to OpenSSL: `goals`. Run
// with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/run_benchmarks.h"
#include "cpu/features.h"
#include "kernels/ecc/ecc_variants.h"

namespace {

using namespace jotmill::kernels;

void verify(benchmark::State& state, const EccKernel* kernel, const EccKnownSignature* known,
            std::uint32_t window, std::size_t count) {
  const EccTrial trial(*kernel, *known, window);
  if (!trial.ready()) return state.SkipWithError("the kernel refused a published key");
  const std::vector<EccJob> jobs(count, trial.job(known->signature, known->digest));
  std::vector<EccAnswer> answers(count);
  for (auto _ : state) {
    trial.verify(jobs, answers.data());
    benchmark::ClobberMemory();
  }
  for (const EccAnswer answer : answers) {
    if (answer != EccAnswer::kGood) state.SkipWithError("a published signature is not good");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}

void build(benchmark::State& state, const EccKernel* kernel, const EccKnownSignature* known,
           std::uint32_t window) {
  const std::size_t bytes = ecc_table_bytes(known->scalar_bits, window);
  const std::unique_ptr<void, decltype(&std::free)> lines(std::aligned_alloc(64, bytes),
                                                          &std::free);
  for (auto _ : state) {
    if (!kernel->build(known->key, window, static_cast<std::uint64_t*>(lines.get())))
      return state.SkipWithError("the kernel refused a published key");
  }
}

void register_curve(const std::string& name, std::span<const Variant<const EccKernel>> variants,
                    const EccKnownSignature& known, jotmill::CpuMask cpu) {
  for (const auto& variant : variants) {
    if (variant.fn == nullptr || variant.fn == &ecc_openssl || !cpu.has(variant.needs)) continue;
    const std::string with = name + "/" + std::string(variant.name) + "/window:";
    for (const std::uint32_t window : {6U, 8U, 11U}) {
      for (const std::size_t count : {1, 16, 256}) {
        benchmark::RegisterBenchmark(
            (with + std::to_string(window) + "/" + std::to_string(count)).c_str(), verify,
            variant.fn, &known, window, count);
      }
      benchmark::RegisterBenchmark(
          (name + "_table/" + std::string(variant.name) + "/window:" + std::to_string(window))
              .c_str(),
          build, variant.fn, &known, window);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const jotmill::CpuMask cpu = jotmill::detect_cpu();
  register_curve("p256", p256_variants(), p256_known(), cpu);
  register_curve("ed25519", ed25519_variants(), ed25519_known(), cpu);
  return jotmill::bench::run_benchmarks(argc, argv);
}
