// ES256 and Ed25519 kernels, every variant that runs here, against OpenSSL (and, for what it cannot
// be asked, the tests' own slow arithmetic).
//
//   ecc_vs_openssl [COUNT [SEED]]       default: 2,000 signatures of a new seed
//
// Each step takes a curve, a pair of windows from 5 to 13 and a batch of good, altered and crafted
// signatures in random order (tests/support/p256_cases.h, ed25519_cases.h), and asks every variant.
// Prints the seed first, and ends with exit code 1 at the first difference.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cpu/features.h"
#include "kernels/ecc/ecc_runner_for_test.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"
#include "support/ed25519_cases.h"
#include "support/p256_cases.h"

namespace jotmill::kernels {
namespace {

struct Tally {
  std::uint64_t signatures = 0, good = 0, scalar = 0;
};

template <typename Source>
void run_step(std::span<const Variant<const EccKernel>> variants, const CurveForTest& curve,
              std::mt19937_64& random, std::size_t most, Tally* tally) {
  const auto window = [&] { return static_cast<unsigned>(5 + random() % 9); };
  const unsigned base_window = window(), key_window = window();
  const std::uint64_t seed = random();
  Source source(seed, key_window);
  const auto part = [&](std::size_t share) {
    return static_cast<int>(std::min<std::size_t>(most, 8192) * share / 8 + 1);
  };
  std::vector<ecc_cases::Case> pool = pool_of(source, part(3), part(4), part(1));
  std::shuffle(pool.begin(), pool.end(), random);
  for (const auto& variant : variants) {
    if (variant.fn == nullptr || variant.fn == &ecc_openssl || !detect_cpu().has(variant.needs))
      continue;
    const EccRunner runner(*variant.fn, curve, base_window, key_window, source.keys());
    const std::size_t batch = 1 + random() % 600;
    for (const std::string& line : runner.disagreements(pool, batch)) {
      std::printf("%s, windows %u and %u, batches of %zu, source seed %llu: %s\n",
                  std::string(variant.name).c_str(), base_window, key_window, batch,
                  static_cast<unsigned long long>(seed), line.c_str());
      std::exit(1);
    }
    if (&variant == &variants.back() - 1) tally->scalar += runner.scalar_count(pool);
  }
  tally->signatures += pool.size();
  for (const ecc_cases::Case& c : pool) tally->good += c.good ? 1 : 0;
}

}  // namespace
}  // namespace jotmill::kernels

int main(int argc, char** argv) {
  using namespace jotmill::kernels;
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const std::uint64_t seed =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::mt19937_64 random(seed);
  Tally p256, ed25519;
  while (p256.signatures + ed25519.signatures < count) {
    const std::size_t most = count / 4;
    run_step<jotmill::ecc_cases::P256Cases>(p256_variants(), {kP256ScalarBits, kP256BasePoint},
                                            random, most, &p256);
    run_step<jotmill::ecc_cases::Ed25519Cases>(
        ed25519_variants(), {kEd25519ScalarBits, kEd25519BasePoint}, random, most, &ed25519);
  }
  for (const auto& [name, tally] : {std::pair("P-256", p256), std::pair("Ed25519", ed25519)}) {
    std::printf("%s: %llu signatures, %llu good, %llu for the scalar verifier, 0 differences\n",
                name, static_cast<unsigned long long>(tally.signatures),
                static_cast<unsigned long long>(tally.good),
                static_cast<unsigned long long>(tally.scalar));
  }
  return 0;
}
