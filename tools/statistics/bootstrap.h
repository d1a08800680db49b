#ifndef JOTMILL_TOOLS_STATISTICS_BOOTSTRAP_H_
#define JOTMILL_TOOLS_STATISTICS_BOOTSTRAP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

namespace jotmill::statistics {

struct Interval {
  double low = 0, high = 0;
  bool contains(double x) const { return low <= x && x <= high; }
};

inline constexpr std::size_t kBootstrapRounds = 10'000;
inline constexpr std::uint64_t kBootstrapSeed = 20'261'123;

/// The generator of all resampling: its numbers are fixed by the C++ standard, so that the same
/// sample gives the same interval everywhere.
using Random = std::mt19937_64;
/// Uniform in [0, 1), 53 bits.
inline double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1.0p-53; }
/// Uniform in [0, bound), bound far below 2^53.
inline std::size_t index_below(Random& random, std::size_t bound) {
  return static_cast<std::size_t>(uniform(random) * static_cast<double>(bound));
}

/// The bootstrap distribution of a statistic, with bias correction and acceleration (BCa: Efron
/// 1987). Problem: percentile intervals of a skewed statistic cover less than they say. BCa moves
/// their ends by z0 (how often a replicate falls below the estimate) and by a (the skewness of the
/// jackknife; of two samples each round its own middle). Kept sorted, so that intervals of several
/// levels come from the same replicates.
class Bootstrap {
 public:
  using Statistic = std::function<double(std::span<const double>)>;
  using Statistic2 = std::function<double(std::span<const double>, std::span<const double>)>;

  Bootstrap(std::span<const double> sample, const Statistic& statistic,
            std::size_t rounds = kBootstrapRounds, std::uint64_t seed = kBootstrapSeed);
  /// Two samples, each resampled for itself.
  Bootstrap(std::span<const double> a, std::span<const double> b, const Statistic2& statistic,
            std::size_t rounds = kBootstrapRounds, std::uint64_t seed = kBootstrapSeed);

  double estimate() const { return estimate_; }
  /// `level` is 0.95 for 95 %. With fewer than two values, or if all replicates are one number: the
  /// estimate twice.
  Interval interval(double level) const;

 private:
  void settle(std::span<const double> influences);
  double estimate_ = 0;
  double bias_ = 0;          ///< z0
  double acceleration_ = 0;  ///< a
  std::vector<double> replicates_;
};

}  // namespace jotmill::statistics

#endif  // JOTMILL_TOOLS_STATISTICS_BOOTSTRAP_H_
