#ifndef JOTMILL_KERNELS_ECC_ECC_CURVE_FOR_TEST_H_
#define JOTMILL_KERNELS_ECC_ECC_CURVE_FOR_TEST_H_

// What both curves' kernels are asked against OpenSSL: every window, special cases in every place,
// nothing but special cases. Used within test cases.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "kernels/ecc/ecc_runner_for_test.h"
#include "support/catch.h"

namespace jotmill::kernels {

/// `Cases` makes the cases of the curve, as ecc_cases::P256Cases does.
template <typename Cases>
class CurveTest {
 public:
  explicit CurveTest(CurveForTest curve) : curve_(std::move(curve)) {}

  const std::vector<NamedKernel>& variants() const { return curve_.kernels; }

  /// Every variant and window says what OpenSSL says of so many cases.
  void check_windows(int good, int altered, int crafted) const {
    const std::uint64_t seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const std::vector<std::pair<unsigned, unsigned>> pairs = {
        {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 8}, {8, 9}, {10, 10}, {11, 11}, {8, 12}, {11, 13}};
    for (const auto& [base_window, key_window] : pairs) {
      CAPTURE(base_window, key_window);
      Cases source(random(), key_window);
      std::vector<ecc_cases::Case> pool = pool_of(source, good, altered, crafted);
      std::shuffle(pool.begin(), pool.end(), random);
      for (const NamedKernel& variant : curve_.kernels) {
        CAPTURE(variant.name);
        // The emulation takes ten times as long: it sees one even and one odd number of windows,
        // and different ones for the base point and the keys.
        if (variant.emulated() && key_window != 8) continue;
        const EccRunner runner(*variant.kernel, curve_, base_window, key_window, source.keys());
        for (const std::size_t batch : {std::size_t{1}, std::size_t{31}, pool.size()}) {
          if (variant.emulated() && batch == 1) continue;
          CHECK(runner.disagreements(pool, batch) == std::vector<std::string>{});
        }
      }
    }
  }

  /// A special case spoils no place of a batch.
  void check_places() const {
    const std::uint64_t seed = std::random_device()();
    INFO("seed " << seed);
    Cases source(seed, 8);
    for (const NamedKernel& variant : curve_.kernels) {
      CAPTURE(variant.name);
      const EccRunner runner(*variant.kernel, curve_, 8, 8, source.keys());
      std::vector<ecc_cases::Case> batch = pool_of(source, 34, 0, 0);
      for (std::size_t place = 0; place < batch.size(); ++place) {
        const ecc_cases::Case kept = batch[place];
        batch[place] = place % 2 == 0 ? source.crafted() : source.altered();
        CAPTURE(place, batch[place].what);
        CHECK(runner.disagreements(batch, batch.size()) == std::vector<std::string>{});
        batch[place] = kept;
      }
    }
  }

  /// A batch of nothing but special cases, of which more than `least` and fewer than `most` are
  /// left to the scalar verifier; and one larger than a block.
  void check_hostile(int special, std::size_t least, std::size_t most) const {
    const std::uint64_t seed = std::random_device()();
    INFO("seed " << seed);
    Cases source(seed, 8);
    const std::vector<ecc_cases::Case> hostile = pool_of(source, 0, 0, special);
    const std::vector<ecc_cases::Case> large = pool_of(source, 40, 10, 2);
    std::vector<ecc_cases::Case> repeated;
    for (int i = 0; i < 11; ++i) repeated.insert(repeated.end(), large.begin(), large.end());
    CHECK(repeated.size() > 2 * kEccBlock);
    for (const NamedKernel& variant : curve_.kernels) {
      CAPTURE(variant.name);
      const EccRunner runner(*variant.kernel, curve_, 8, 8, source.keys());
      CHECK(runner.disagreements(hostile, hostile.size()) == std::vector<std::string>{});
      CHECK(runner.scalar_count(hostile) > least);
      CHECK(runner.scalar_count(hostile) < most);
      CHECK(runner.disagreements(repeated, repeated.size()) == std::vector<std::string>{});
      CHECK(runner.disagreements({}, 1) == std::vector<std::string>{});
    }
  }

 private:
  CurveForTest curve_;
};

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_ECC_CURVE_FOR_TEST_H_
