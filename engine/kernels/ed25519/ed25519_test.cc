// The Ed25519 kernel against OpenSSL: every variant, every window, special cases in every place.
// The long run is tests/differential/ecc_vs_openssl.

#include "kernels/ed25519/ed25519.h"

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/ecc/ecc_curve_for_test.h"
#include "support/catch.h"
#include "support/ed25519_cases.h"

namespace jotmill::kernels {
#if defined(JOTMILL_HAVE_SIMDE)
extern const EccKernel ed25519_avx512ifma_emulated;
constexpr const EccKernel* kEmulated = &ed25519_avx512ifma_emulated;
#else
constexpr const EccKernel* kEmulated = nullptr;
#endif

namespace {

using ecc_cases::Ed25519Cases;

const CurveTest<Ed25519Cases>& curve_test() {
  static const CurveTest<Ed25519Cases> kTest(
      curve_for_test(ed25519_known(), ed25519_variants(), kEmulated));
  return kTest;
}

TEST_CASE("Ed25519: every variant and window says what OpenSSL says") {
  curve_test().check_windows(40, 80, 60);
}

TEST_CASE("Ed25519: a special case spoils no place of a batch") { curve_test().check_places(); }

TEST_CASE("Ed25519: a batch of nothing but special cases, and one larger than a block") {
  curve_test().check_hostile(200, 20, 150);
}

TEST_CASE("Ed25519: only keys of prime order get a table") {
  Ed25519Cases source(7, 8);
  std::vector<std::uint8_t> table(ecc_table_bytes(kEd25519ScalarBits, 5) + 64);
  std::uint64_t* lines = aligned_lines(table);
  for (const NamedKernel& variant : curve_test().variants()) {
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
