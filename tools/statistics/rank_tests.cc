#include "tools/statistics/rank_tests.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

namespace jotmill::statistics {
namespace {

/// Twice the midrank of each value, so that ranks of ties stay whole numbers.
std::vector<std::size_t> doubled_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<std::size_t> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    for (std::size_t k = first; k <= last; ++k) ranks[order[k]] = first + last + 2;
    first = last + 1;
  }
  return ranks;
}

/// Sum of t^3 - t over the groups of equal values.
double tie_sum(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t last = first;
    while (last < sorted.size() && sorted[last] == sorted[first]) ++last;
    const auto t = static_cast<double>(last - first);
    sum += t * t * t - t;
    first = last;
  }
  return sum;
}

/// Two-sided p of `seen` under the distribution ways[sum] / all: twice the smaller tail.
double two_sided(std::span<const double> ways, std::size_t seen) {
  double below = 0, above = 0, all = 0;
  for (std::size_t sum = 0; sum < ways.size(); ++sum) {
    all += ways[sum];
    if (sum <= seen) below += ways[sum];
    if (sum >= seen) above += ways[sum];
  }
  return std::min(1.0, 2 * std::min(below, above) / all);
}

double normal_two_sided(double distance, double deviation) {
  if (deviation <= 0) return 1;
  const double z = std::max(0.0, std::abs(distance) - 0.5) / deviation;
  return std::min(1.0, 2 * boost::math::cdf(complement(boost::math::normal(), z)));
}

}  // namespace

RankTest wilcoxon_signed_rank(std::span<const double> differences) {
  std::vector<double> sizes;
  std::vector<bool> positive;
  for (const double d : differences) {
    if (d == 0) continue;
    sizes.push_back(std::abs(d));
    positive.push_back(d > 0);
  }
  const std::size_t n = sizes.size();
  RankTest test{.statistic = 0, .p = 1, .exact = n <= kMostExact, .used = n};
  if (n == 0) return test;
  const std::vector<std::size_t> ranks = doubled_ranks(sizes);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < n; ++i) seen += positive[i] ? ranks[i] : 0;
  test.statistic = 0.5 * static_cast<double>(seen);
  if (!test.exact) {
    const auto m = static_cast<double>(n);
    const double spread = (m * (m + 1) * (2 * m + 1) - 0.5 * tie_sum(sizes)) / 24;
    test.p = normal_two_sided(test.statistic - m * (m + 1) / 4, std::sqrt(spread));
    return test;
  }
  // Each rank is in the sum or not: 2^n ways, counted by sum.
  std::vector<double> ways(n * (n + 1) + 1, 0.0);
  ways[0] = 1;
  std::size_t most = 0;
  for (const std::size_t rank : ranks) {
    most += rank;
    for (std::size_t sum = most; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  }
  test.p = two_sided(ways, seen);
  return test;
}

RankTest mann_whitney_u(std::span<const double> a, std::span<const double> b) {
  std::vector<double> both(a.begin(), a.end());
  both.insert(both.end(), b.begin(), b.end());
  const std::size_t n = both.size();
  RankTest test{.statistic = 0, .p = 1, .exact = n <= kMostExact, .used = n};
  if (a.empty() || b.empty()) return test;
  const std::vector<std::size_t> ranks = doubled_ranks(both);
  std::size_t seen = 0;
  for (std::size_t i = a.size(); i < n; ++i) seen += ranks[i];
  const auto n_a = static_cast<double>(a.size()), n_b = static_cast<double>(b.size());
  test.statistic = 0.5 * static_cast<double>(seen) - n_b * (n_b + 1) / 2;
  if (!test.exact) {
    const double all = n_a + n_b;
    const double spread = n_a * n_b / 12 * (all + 1 - tie_sum(both) / (all * (all - 1)));
    test.p = normal_two_sided(test.statistic - n_a * n_b / 2, std::sqrt(spread));
    return test;
  }
  // ways[k][sum]: choices of k of the ranks with that sum.
  const std::size_t most = n * (n + 1);
  std::vector<std::vector<double>> ways(b.size() + 1, std::vector<double>(most + 1, 0.0));
  ways[0][0] = 1;
  std::size_t done = 0;
  for (const std::size_t rank : ranks) {
    for (std::size_t k = std::min(++done, b.size()); k >= 1; --k) {
      for (std::size_t sum = most; sum >= rank; --sum) ways[k][sum] += ways[k - 1][sum - rank];
    }
  }
  test.p = two_sided(ways[b.size()], seen);
  return test;
}

double smallest_signed_rank_p(std::size_t n) {
  return std::min(1.0, 2 * std::pow(0.5, static_cast<double>(n)));
}

double smallest_mann_whitney_p(std::size_t n_a, std::size_t n_b) {
  // One in so many ways to choose; by logarithms, for those of a thousand are no double.
  const auto log_factorial = [](std::size_t n) { return std::lgamma(static_cast<double>(n) + 1); };
  const double log_ways = log_factorial(n_a + n_b) - log_factorial(n_a) - log_factorial(n_b);
  return std::min(1.0, 2 * std::exp(-log_ways));
}

double normal_score(double p) {
  return boost::math::quantile(complement(boost::math::normal(), 0.5 * p));
}

std::size_t pairs_for(double p) {
  std::size_t n = 1;
  while (n < 64 && smallest_signed_rank_p(n) >= p) ++n;
  return n;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return p[i] < p[j]; });
  std::vector<double> adjusted(p.size());
  double highest = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    highest = std::max(highest, static_cast<double>(p.size() - k) * p[order[k]]);
    adjusted[order[k]] = std::min(1.0, highest);
  }
  return adjusted;
}

}  // namespace jotmill::statistics
