// The Ed25519 kernel against OpenSSL: every variant, every window, special cases in every place.
// The long run is tests/differential/ecc_vs_openssl.

#include "kernels/ed25519/ed25519.h"

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
#include "support/ed25519_cases.h"

namespace jotmill::kernels {
#if defined(JOTMILL_HAVE_SIMDE)
extern const EccKernel ed25519_avx512ifma_emulated;
#endif

namespace {

using ecc_cases::Case;
using ecc_cases::Ed25519Cases;

std::vector<NamedKernel> variants() {
  std::vector<NamedKernel> all = {{"portable", &ed25519_portable}};
#if defined(__x86_64__)
  if (detect_cpu().has(CpuFeature::kBmi2 | CpuFeature::kAdx))
    all.push_back({"bmi2", &ed25519_bmi2});
#endif
#if defined(JOTMILL_HAVE_SIMDE)
  all.push_back({"avx512ifma emulated", &ed25519_avx512ifma_emulated});
#endif
  return all;
}

constexpr CurveForTest kCurve = {kEd25519ScalarBits, kEd25519BasePoint};

TEST_CASE("Ed25519: every variant and window says what OpenSSL says") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<std::pair<unsigned, unsigned>> pairs = {
      {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 8}, {8, 9}, {10, 10}, {11, 11}, {8, 12}, {11, 13}};
  for (const auto& [base_window, key_window] : pairs) {
    CAPTURE(base_window, key_window);
    Ed25519Cases source(random(), key_window);
    std::vector<Case> pool = pool_of(source, 40, 80, 60);
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

TEST_CASE("Ed25519: a special case spoils no place of a batch") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  Ed25519Cases source(seed, 8);
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

TEST_CASE("Ed25519: a batch of nothing but special cases, and one larger than a block") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  Ed25519Cases source(seed, 8);
  const std::vector<Case> hostile = pool_of(source, 0, 0, 200);
  const std::vector<Case> large = pool_of(source, 40, 10, 2);
  for (const NamedKernel& variant : variants()) {
    CAPTURE(variant.name);
    const EccRunner runner(*variant.kernel, kCurve, 8, 8, source.keys());
    CHECK(runner.disagreements(hostile, hostile.size()) == std::vector<std::string>{});
    CHECK(runner.scalar_count(hostile) > 20);
    CHECK(runner.scalar_count(hostile) < 150);
    std::vector<Case> repeated;
    for (int i = 0; i < 11; ++i) repeated.insert(repeated.end(), large.begin(), large.end());
    CHECK(repeated.size() > 2 * kEccBlock);
    CHECK(runner.disagreements(repeated, repeated.size()) == std::vector<std::string>{});
    CHECK(runner.disagreements({}, 1) == std::vector<std::string>{});
  }
}

TEST_CASE("Ed25519: only keys of prime order get a table") {
  Ed25519Cases source(7, 8);
  std::vector<std::uint8_t> table(ecc_table_bytes(kEd25519ScalarBits, 5) + 64);
  std::uint64_t* lines = aligned_lines(table);
  for (const NamedKernel& variant : variants()) {
    CAPTURE(variant.name);
    for (const auto& key : source.keys()) CHECK(variant.kernel->build(key.data(), 5, lines));
    int number = 0;
    for (const auto& key : source.unsuitable_keys()) {
      CAPTURE(number++);
      CHECK_FALSE(variant.kernel->build(key.data(), 5, lines));
    }
    CHECK(number == 8 + 7 + 19 + 1);
  }
}

}  // namespace
}  // namespace jotmill::kernels
