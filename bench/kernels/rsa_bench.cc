// Time of the RSA public operation per variant and size, for batches of 1 to 64 signatures: how
// much a few signatures cost beside full lanes, and OpenSSL's BN_mod_exp_mont as the bare
// arithmetic beside it. Ratios to a whole EVP_PKEY_verify: `goals`. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//   --benchmark_context=commit=$(git rev-parse --short HEAD)

#include <benchmark/benchmark.h>
#include <openssl/bn.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/run_benchmarks.h"
#include "cpu/features.h"
#include "kernels/rsa/rsa_variants.h"

namespace {

using namespace jotmill::kernels;

constexpr std::uint8_t kExponent[] = {1, 0, 1};

/// 64 distinct signatures under one key of `bytes` bytes: the self-test's numbers.
struct Work {
  std::vector<std::uint8_t> n, signatures, blocks;
  RsaKey key;
  std::vector<RsaJob> jobs;

  explicit Work(std::size_t bytes) : n(bytes), signatures(64 * bytes), blocks(64 * bytes) {
    for (std::size_t i = 0; i < 64; ++i) {
      rsa_question(bytes, 0, n.data(), i, &signatures[i * bytes]);
      jobs.push_back({&key, &signatures[i * bytes], &blocks[i * bytes]});
    }
    rsa_prepare(n.data(), bytes, kExponent, sizeof kExponent, &key);
  }
};

void run_variant(benchmark::State& state, RsaPublicFn* rsa_public, std::size_t bytes,
                 std::size_t count) {
  Work work(bytes);
  for (auto _ : state) {
    rsa_public(work.jobs.data(), count);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}

void prepare(benchmark::State& state, std::size_t bytes) {
  Work work(bytes);
  for (auto _ : state) {
    rsa_prepare(work.n.data(), bytes, kExponent, sizeof kExponent, &work.key);
    benchmark::ClobberMemory();
  }
}

void bignum(benchmark::State& state, std::size_t bytes) {
  const Work work(bytes);
  BN_CTX* ctx = BN_CTX_new();
  BIGNUM* n = BN_bin2bn(work.n.data(), static_cast<int>(bytes), nullptr);
  BIGNUM* e = BN_bin2bn(kExponent, sizeof kExponent, nullptr);
  BIGNUM* s = BN_bin2bn(work.signatures.data(), static_cast<int>(bytes), nullptr);
  BIGNUM* r = BN_new();
  BN_MONT_CTX* mont = BN_MONT_CTX_new();
  BN_MONT_CTX_set(mont, n, ctx);
  for (auto _ : state) {
    if (BN_mod_exp_mont(r, s, e, n, ctx, mont) != 1) state.SkipWithError("BN_mod_exp_mont");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  BN_MONT_CTX_free(mont);
  for (BIGNUM* number : {n, e, s, r}) BN_free(number);
  BN_CTX_free(ctx);
}

void register_all(jotmill::CpuMask cpu) {
  for (const std::size_t bytes : {256, 384, 512}) {
    const std::string bits = std::to_string(8 * bytes);
    for (const auto& variant : rsa_variants()) {
      if (variant.fn == nullptr || variant.fn == rsa_public_openssl || !cpu.has(variant.needs))
        continue;
      for (const std::size_t count : {1, 2, 4, 5, 8, 12, 16, 64}) {
        benchmark::RegisterBenchmark(
            ("rsa/" + std::string(variant.name) + "/" + bits + "/" + std::to_string(count)).c_str(),
            run_variant, variant.fn, bytes, count);
      }
    }
    benchmark::RegisterBenchmark(("rsa/BN_mod_exp_mont/" + bits).c_str(), bignum, bytes);
    benchmark::RegisterBenchmark(("rsa_prepare/" + bits).c_str(), prepare, bytes);
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
  register_all(cpu);
  return jotmill::bench::run_benchmarks(argc, argv);
}
