#ifndef JOTMILL_TOOLS_STATISTICS_RANK_TESTS_H_
#define JOTMILL_TOOLS_STATISTICS_RANK_TESTS_H_

#include <cstddef>
#include <span>
#include <vector>

namespace jotmill::statistics {

struct RankTest {
  double statistic = 0;  ///< W+ of Wilcoxon; U of the second sample of Mann and Whitney
  double p = 1;          ///< two-sided
  bool exact = true;     ///< from the permutation distribution; else from the normal one
  std::size_t used = 0;  ///< differences that are not zero; or both samples together
};

/// Up to so many values the permutation distribution is counted out, ties and all (midranks).
/// Beyond: the normal approximation, corrected for ties and continuity.
inline constexpr std::size_t kMostExact = 60;

/// Wilcoxon's signed-rank test that differences are symmetric about 0; zeros are dropped.
RankTest wilcoxon_signed_rank(std::span<const double> differences);

/// The test of Mann and Whitney that a and b come from one distribution.
RankTest mann_whitney_u(std::span<const double> a, std::span<const double> b);

/// The smallest two-sided p that so many values can give, when there are no ties.
double smallest_signed_rank_p(std::size_t n);
double smallest_mann_whitney_p(std::size_t n_a, std::size_t n_b);
/// The distance from 0, in standard deviations, whose two-sided p that is; 0 for p = 1.
double normal_score(double p);
/// The fewest pairs whose smallest p is under `p`.
std::size_t pairs_for(double p);

/// Holm's step-down adjustment (1979): result[i] belongs to p[i]; at most 1, and in the order of p.
std::vector<double> holm(std::span<const double> p);

}  // namespace jotmill::statistics

#endif  // JOTMILL_TOOLS_STATISTICS_RANK_TESTS_H_
