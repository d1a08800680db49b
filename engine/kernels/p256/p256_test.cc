// The P-256 kernel against OpenSSL: every variant, every window, special cases in every place. The
// long run is tests/differential/ecc_vs_openssl.

#include "kernels/p256/p256.h"

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/ecc/ecc_curve_for_test.h"
#include "support/catch.h"
#include "support/p256_cases.h"

namespace jotmill::kernels {
#if defined(JOTMILL_HAVE_SIMDE)
extern const EccKernel p256_avx512ifma_emulated;
constexpr const EccKernel* kEmulated = &p256_avx512ifma_emulated;
#else
constexpr const EccKernel* kEmulated = nullptr;
#endif

namespace {

using ecc_cases::P256Cases;

const CurveTest<P256Cases>& curve_test() {
  static const CurveTest<P256Cases> kTest(curve_for_test(p256_known(), p256_variants(), kEmulated));
  return kTest;
}

TEST_CASE("P-256: every variant and window says what OpenSSL says") {
  curve_test().check_windows(60, 60, 120);
}

TEST_CASE("P-256: a special case spoils no place of a batch") { curve_test().check_places(); }

TEST_CASE("P-256: a batch of nothing but special cases, and one larger than a block") {
  curve_test().check_hostile(300, 50, 250);
}

TEST_CASE("P-256: variants build tables for the same points and refuse the same keys") {
  P256Cases source(7, 8);
  std::vector<std::uint8_t> table(ecc_table_bytes(kP256ScalarBits, 5) + 64);
  for (const NamedKernel& variant : curve_test().variants()) {
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
