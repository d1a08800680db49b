#include "tools/statistics/bootstrap.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "tools/statistics/sample.h"

namespace jotmill::statistics {
namespace {

std::vector<double> without(std::span<const double> sample, std::size_t left_out) {
  std::vector<double> rest(sample.begin(), sample.end());
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
  return rest;
}

/// What each value of one sample pulls the statistic up by, relative to the others of that sample:
/// its empirical influence over n, from the statistic with that value left out.
template <typename StatisticOfRest>
void add_influences(std::span<const double> sample, const StatisticOfRest& statistic,
                    std::vector<double>& influences) {
  std::vector<double> jackknife;
  for (std::size_t i = 0; i < sample.size(); ++i)
    jackknife.push_back(statistic(without(sample, i)));
  const double n = static_cast<double>(sample.size()), middle = mean(jackknife);
  for (const double x : jackknife) influences.push_back((middle - x) * (n - 1) / n);
}

void draw(std::span<const double> from, std::vector<double>& into, Random& random) {
  into.resize(from.size());
  for (double& x : into) x = from[index_below(random, from.size())];
}

}  // namespace

Bootstrap::Bootstrap(std::span<const double> sample, const Statistic& statistic, std::size_t rounds,
                     std::uint64_t seed)
    : estimate_(statistic(sample)) {
  if (sample.size() < 2) return;
  Random random(seed);
  std::vector<double> again;
  replicates_.reserve(rounds);
  for (std::size_t i = 0; i < rounds; ++i) {
    draw(sample, again, random);
    replicates_.push_back(statistic(again));
  }
  std::vector<double> influences;
  add_influences(sample, statistic, influences);
  settle(influences);
}

Bootstrap::Bootstrap(std::span<const double> a, std::span<const double> b,
                     const Statistic2& statistic, std::size_t rounds, std::uint64_t seed)
    : estimate_(statistic(a, b)) {
  if (a.size() < 2 || b.size() < 2) return;
  Random random(seed);
  std::vector<double> again_a, again_b;
  replicates_.reserve(rounds);
  for (std::size_t i = 0; i < rounds; ++i) {
    draw(a, again_a, random);
    draw(b, again_b, random);
    replicates_.push_back(statistic(again_a, again_b));
  }
  std::vector<double> influences;
  add_influences(
      a, [&](const auto& rest) { return statistic(rest, b); }, influences);
  add_influences(
      b, [&](const auto& rest) { return statistic(a, rest); }, influences);
  settle(influences);
}

void Bootstrap::settle(std::span<const double> influences) {
  std::sort(replicates_.begin(), replicates_.end());
  // Half of those that equal the estimate count as below it: a median has many ties.
  const auto low = std::lower_bound(replicates_.begin(), replicates_.end(), estimate_);
  const auto high = std::upper_bound(low, replicates_.end(), estimate_);
  const auto rounds = static_cast<double>(replicates_.size());
  const double below =
      (static_cast<double>(low - replicates_.begin()) + 0.5 * static_cast<double>(high - low)) /
      rounds;
  bias_ = boost::math::quantile(boost::math::normal(),
                                std::clamp(below, 0.5 / rounds, 1 - 0.5 / rounds));
  double squares = 0, cubes = 0;
  for (const double d : influences) {
    squares += d * d;
    cubes += d * d * d;
  }
  acceleration_ = squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

Interval Bootstrap::interval(double level) const {
  if (replicates_.empty()) return {estimate_, estimate_};
  const boost::math::normal standard;
  const auto end = [&](double share) {
    const double z = bias_ + boost::math::quantile(standard, share);
    const double stretch = 1 - acceleration_ * z;
    // An acceleration so great that the map turns round: the plain percentile is all that is left.
    if (stretch <= 0) return quantile_of_sorted(replicates_, share);
    return quantile_of_sorted(replicates_, boost::math::cdf(standard, bias_ + z / stretch));
  };
  return {end(0.5 * (1 - level)), end(0.5 * (1 + level))};
}

}  // namespace jotmill::statistics
