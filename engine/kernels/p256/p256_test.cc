// The P-256 kernel against OpenSSL: every variant, every window, special cases in every place. The
// long run is tests/differential/ecc_vs_openssl.

#include "kernels/p256/p256.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cpu/features.h"
#include "kernels/ecc/ecc_runner_for_test.h"
#include "support/catch.h"
#include "support/p256_cases.h"

namespace jotmill::kernels {
#if defined(JOTMILL_HAVE_SIMDE)
extern const EccKernel p256_avx512ifma_emulated;
#endif

namespace {

using ecc_cases::Case;
using ecc_cases::P256Cases;

std::vector<NamedKernel> variants() {
  std::vector<NamedKernel> all = {{"portable", &p256_portable}};
#if defined(__x86_64__)
  if (detect_cpu().has(CpuFeature::kBmi2 | CpuFeature::kAdx)) all.push_back({"bmi2", &p256_bmi2});
#endif
#if defined(JOTMILL_HAVE_SIMDE)
  all.push_back({"avx512ifma emulated", &p256_avx512ifma_emulated});
#endif
  return all;
}

constexpr CurveForTest kCurve = {kP256ScalarBits, kP256BasePoint};

TEST_CASE("P-256: every variant and window says what OpenSSL says") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<std::pair<unsigned, unsigned>> pairs = {
      {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 8}, {8, 9}, {10, 10}, {11, 11}, {8, 12}, {11, 13}};
  for (const auto& [base_window, key_window] : pairs) {
    CAPTURE(base_window, key_window);
    P256Cases source(random(), key_window);
    std::vector<Case> pool = pool_of(source, 60, 60, 120);
    std::shuffle(pool.begin(), pool.end(), random);
    for (const NamedKernel& variant : variants()) {
      CAPTURE(variant.name);
      // The emulation takes ten times as long: it sees one even and one odd number of windows, and
      // different ones for the base point and the keys.
      if (variant.emulated() && key_window != 8) continue;
      const EccRunner runner(*variant.kernel, kCurve, base_window, key_window, source.keys());
      for (const std::size_t batch : {std::size_t{1}, std::size_t{31}, pool.size()}) {
        if (variant.emulated() && batch == 1) continue;
        CHECK(runner.disagreements(pool, batch) == std::vector<std::string>{});
      }
    }
  }
}

TEST_CASE("P-256: a special case spoils no place of a batch") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  P256Cases source(seed, 8);
  for (const NamedKernel& variant : variants()) {
    CAPTURE(variant.name);
    const EccRunner runner(*variant.kernel, kCurve, 8, 8, source.keys());
    std::vector<Case> batch = pool_of(source, 34, 0, 0);
    for (std::size_t place = 0; place < batch.size(); ++place) {
      const Case kept = batch[place];
      batch[place] = place % 2 == 0 ? source.crafted() : source.altered();
      CAPTURE(place, batch[place].what);
      CHECK(runner.disagreements(batch, batch.size()) == std::vector<std::string>{});
      batch[place] = kept;
    }
  }
}

TEST_CASE("P-256: a batch of nothing but special cases, and one larger than a block") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  P256Cases source(seed, 8);
  const std::vector<Case> hostile = pool_of(source, 0, 0, 300);
  const std::vector<Case> large = pool_of(source, 40, 10, 2);
  for (const NamedKernel& variant : variants()) {
    CAPTURE(variant.name);
    const EccRunner runner(*variant.kernel, kCurve, 8, 8, source.keys());
    CHECK(runner.disagreements(hostile, hostile.size()) == std::vector<std::string>{});
    CHECK(runner.scalar_count(hostile) > 50);
    CHECK(runner.scalar_count(hostile) < 250);
    std::vector<Case> repeated;
    for (int i = 0; i < 11; ++i) repeated.insert(repeated.end(), large.begin(), large.end());
    CHECK(repeated.size() > 2 * kEccBlock);
    CHECK(runner.disagreements(repeated, repeated.size()) == std::vector<std::string>{});
    CHECK(runner.disagreements({}, 1) == std::vector<std::string>{});
  }
}

TEST_CASE("P-256: variants build tables for the same points and refuse the same keys") {
  P256Cases source(7, 8);
  std::vector<std::uint8_t> table(ecc_table_bytes(kP256ScalarBits, 5) + 64);
  for (const NamedKernel& variant : variants()) {
    CAPTURE(variant.name);
    std::uint64_t* lines = aligned_lines(table);
    auto key = source.keys()[6];
    CHECK(variant.kernel->build(key.data(), 5, lines));
    key[63] ^= 1;  // off the curve
    CHECK_FALSE(variant.kernel->build(key.data(), 5, lines));
    const std::array<std::uint8_t, 64> zeros{};
    CHECK_FALSE(variant.kernel->build(zeros.data(), 5, lines));
    std::array<std::uint8_t, 64> large;  // x = y = 2^256 - 1
    large.fill(0xFF);
    CHECK_FALSE(variant.kernel->build(large.data(), 5, lines));
  }
}

}  // namespace
}  // namespace jotmill::kernels
