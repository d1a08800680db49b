// ES256 and Ed25519 kernels, every variant that runs here and IFMA emulated, against OpenSSL (and,
// for what it cannot be asked, the tests' own slow arithmetic).
//
//   ecc_vs_openssl [COUNT [SEED]]       default: 2,000 signatures of a new seed
//
// Each step takes a curve and a pool of good, altered and crafted signatures
// (tests/support/p256_cases.h, ed25519_cases.h), and asks every variant for all of them several
// times: in another random order, in batches of another size, with tables of other windows from 5
// to 13. COUNT is of what one variant is asked; the emulation, which takes a hundred times as long,
// sees some of each pool. Prints the seed first, and ends with exit code 1 at the first difference.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/ecc/ecc_runner_for_test.h"
#include "kernels/ecc/ecc_variants.h"
#include "support/ed25519_cases.h"
#include "support/p256_cases.h"

namespace jotmill::kernels {
#if defined(JOTMILL_HAVE_SIMDE)
extern const EccKernel p256_avx512ifma_emulated, ed25519_avx512ifma_emulated;
#endif

namespace {

constexpr std::size_t kMostInPool = 8192, kUses = 8, kForEmulation = 100;

struct Tally {
  std::uint64_t asked = 0, distinct = 0, good = 0, scalar = 0;
};

/// One pool, in one order, by every variant.
template <typename Source>
void ask_all(const CurveForTest& curve, const Source& source, std::uint64_t seed,
             unsigned key_window, const std::vector<ecc_cases::Case>& pool, std::mt19937_64& random,
             Tally* tally) {
  const auto base_window = static_cast<unsigned>(5 + random() % 9);
  const std::size_t batch = 1 + random() % 600;
  for (const NamedKernel& kernel : curve.kernels) {
    std::vector<ecc_cases::Case> asked = pool;
    if (kernel.emulated() && asked.size() > kForEmulation) asked.resize(kForEmulation);
    const EccRunner runner(*kernel.kernel, curve, base_window, key_window, source.keys());
    std::uint64_t* const scalars = &kernel == curve.kernels.data() ? &tally->scalar : nullptr;
    for (const std::string& line : runner.disagreements(asked, batch, scalars)) {
      std::printf("%s, windows %u and %u, batches of %zu, source seed %llu: %s\n",
                  kernel.name.c_str(), base_window, key_window, batch,
                  static_cast<unsigned long long>(seed), line.c_str());
      std::exit(1);
    }
  }
  tally->asked += pool.size();
}

template <typename Source>
void run_step(const CurveForTest& curve, std::mt19937_64& random, std::uint64_t most,
              Tally* tally) {
  const auto window = [&] { return static_cast<unsigned>(5 + random() % 9); };
  const unsigned special_window = window();
  const std::uint64_t seed = random();
  Source source(seed, special_window);
  const auto part = [&](std::uint64_t share) {
    return static_cast<int>(std::min<std::uint64_t>(most / kUses, kMostInPool) * share / 8 + 1);
  };
  std::vector<ecc_cases::Case> pool = pool_of(source, part(3), part(4), part(1));
  tally->distinct += pool.size();
  for (const ecc_cases::Case& c : pool) tally->good += c.good ? 1 : 0;
  for (std::size_t use = 0; use < kUses; ++use) {
    std::shuffle(pool.begin(), pool.end(), random);
    // Half of the uses with the windows that the crafted signatures were made for.
    ask_all(curve, source, seed, use % 2 == 0 ? special_window : window(), pool, random, tally);
  }
}

void print(std::string_view name, const Tally& tally) {
  std::printf(
      "%s: %llu asked, %llu distinct signatures, %llu good, %llu times for the scalar verifier, 0 "
      "differences\n",
      std::string(name).c_str(), static_cast<unsigned long long>(tally.asked),
      static_cast<unsigned long long>(tally.distinct), static_cast<unsigned long long>(tally.good),
      static_cast<unsigned long long>(tally.scalar));
}

}  // namespace
}  // namespace jotmill::kernels

int main(int argc, char** argv) {
  using namespace jotmill::kernels;
  using namespace jotmill::ecc_cases;
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const std::uint64_t seed =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::mt19937_64 random(seed);
  const EccKernel *emulated_p256 = nullptr, *emulated_ed25519 = nullptr;
#if defined(JOTMILL_HAVE_SIMDE)
  emulated_p256 = &p256_avx512ifma_emulated, emulated_ed25519 = &ed25519_avx512ifma_emulated;
#endif
  const CurveForTest p256 = curve_for_test(p256_known(), p256_variants(), emulated_p256);
  const CurveForTest ed25519 =
      curve_for_test(ed25519_known(), ed25519_variants(), emulated_ed25519);
  Tally of_p256, of_ed25519;
  for (std::uint64_t done = 0, told = 0; done < count; done = of_p256.asked + of_ed25519.asked) {
    run_step<P256Cases>(p256, random, count / 2, &of_p256);
    run_step<Ed25519Cases>(ed25519, random, count / 2, &of_ed25519);
    if (done / 500'000 == told) continue;
    told = done / 500'000;
    std::printf("%llu so far, 0 differences\n", static_cast<unsigned long long>(done));
    std::fflush(stdout);
  }
  print("P-256", of_p256);
  print("Ed25519", of_ed25519);
  return 0;
}
