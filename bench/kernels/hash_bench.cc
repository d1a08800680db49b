// Time of an HMAC tag and of a digest per variant of the kernels `sha256` and `sha512`, by length
// of the message and by how many come at once; "mixed": lengths of 100 to 4,000 bytes, which leave
// lanes empty. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/run_benchmarks.h"
#include "cpu/features.h"
#include "verify/hash_many.h"

namespace {

using namespace jotmill;

void run_variant(benchmark::State& state, MakeHashEngine* make, Hash hash, bool hmac,
                 const std::vector<std::size_t>& lengths) {
  const std::unique_ptr<HashEngine> engine = make();
  if (!engine) return state.SkipWithError("the library refuses this machine");
  const std::vector<std::uint8_t> text(8192, 'a');
  const HmacStates states;
  std::vector<DigestBytes> out(lengths.size());
  std::vector<HashJob> jobs;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    // Each begins elsewhere: messages of tokens are not aligned.
    jobs.push_back({{text.data() + i % 61, lengths[i]}, hmac ? &states : nullptr, &out[i]});
    bytes += lengths[i];
  }
  for (auto _ : state) {
    if (!engine->run(hash, jobs)) return state.SkipWithError("the library failed");
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * jobs.size()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

void register_kernel(const kernels::Kernel<MakeHashEngine>& kernel, Hash hash, CpuMask cpu) {
  std::vector<std::size_t> mixed;
  for (std::size_t i = 0; i < 128; ++i) mixed.push_back(100 + i * 1579 % 3900);
  for (const auto& variant : kernel.variants) {
    if (variant.fn == nullptr || !cpu.has(variant.needs)) continue;
    const std::string name = std::string(kernel.name) + "/" + std::string(variant.name) + "/";
    for (const bool hmac : {true, false}) {
      const std::string what = name + (hmac ? "tag/" : "digest/");
      for (const std::size_t length : {100, 250, 600, 4000}) {
        for (const std::size_t count : {1, 8, 128}) {
          benchmark::RegisterBenchmark(
              (what + std::to_string(length) + "/" + std::to_string(count)).c_str(), run_variant,
              variant.fn, hash, hmac, std::vector<std::size_t>(count, length));
        }
      }
      benchmark::RegisterBenchmark((what + "mixed/128").c_str(), run_variant, variant.fn, hash,
                                   hmac, mixed);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const CpuMask cpu = detect_cpu();
  register_kernel(sha256_kernel(), Hash::kSha256, cpu);
  register_kernel(sha512_kernel(), Hash::kSha512, cpu);
  return jotmill::bench::run_benchmarks(argc, argv);
}
