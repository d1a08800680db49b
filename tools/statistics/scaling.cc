#include "tools/statistics/scaling.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "tools/statistics/sample.h"

namespace jotmill::statistics {
namespace {

constexpr std::size_t kMostTerms = 3;

std::size_t terms_of(ScalingLaw law) { return static_cast<std::size_t>(law) + 1; }

/// Solves a symmetric positive system by elimination with pivots; false when it is singular.
bool solve(std::array<std::array<double, kMostTerms + 1>, kMostTerms>& rows, std::size_t n) {
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t i = column + 1; i < n; ++i) {
      if (std::abs(rows[i][column]) > std::abs(rows[pivot][column])) pivot = i;
    }
    if (std::abs(rows[pivot][column]) < 1e-300) return false;
    std::swap(rows[pivot], rows[column]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == column) continue;
      const double factor = rows[i][column] / rows[column][column];
      for (std::size_t j = column; j <= kMostTerms; ++j) rows[i][j] -= factor * rows[column][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) rows[i][kMostTerms] /= rows[i][i];
  return true;
}

/// Alpha within its bounds, at the lower or at the upper one.
enum class Alpha : std::uint8_t { kZero, kFree, kOne };

/// n / X = c0 + c1 (n - 1) + c2 n (n - 1), each equation divided by n / X; c1 is 0, free or c0, c2
/// is 0 or free.
std::optional<ScalingParameters> least_squares(std::span<const Observation> seen, Alpha alpha,
                                               bool beta) {
  const std::array<bool, kMostTerms> use = {true, alpha == Alpha::kFree, beta};
  std::array<std::array<double, kMostTerms + 1>, kMostTerms> rows{};
  std::array<std::size_t, kMostTerms> term{};
  std::size_t terms = 0;
  for (std::size_t t = 0; t < kMostTerms; ++t) {
    if (use[t]) term[terms++] = t;
  }
  for (const Observation& one : seen) {
    const double scale = one.rate / one.n;
    const double constant = alpha == Alpha::kOne ? one.n : 1;
    const std::array<double, kMostTerms> x = {scale * constant, scale * (one.n - 1),
                                              scale * one.n * (one.n - 1)};
    for (std::size_t i = 0; i < terms; ++i) {
      for (std::size_t j = 0; j < terms; ++j) rows[i][j] += x[term[i]] * x[term[j]];
      rows[i][kMostTerms] += x[term[i]];
    }
  }
  if (!solve(rows, terms)) return std::nullopt;
  std::array<double, kMostTerms> c{};
  for (std::size_t i = 0; i < terms; ++i) c[term[i]] = rows[i][kMostTerms];
  if (!(c[0] > 0)) return std::nullopt;
  if (alpha == Alpha::kOne) c[1] = c[0];
  return ScalingParameters{1 / c[0], c[1] / c[0], c[2] / c[0]};
}

double relative_squares(const ScalingParameters& at, std::span<const Observation> seen) {
  double sum = 0;
  for (const Observation& one : seen) {
    const double error = std::log(one.rate / at.rate(one.n));
    sum += error * error;
  }
  return sum;
}

double r_squared(const ScalingParameters& at, std::span<const Observation> seen) {
  std::vector<double> rates;
  for (const Observation& one : seen) rates.push_back(one.rate);
  const double middle = mean(rates);
  double left = 0, all = 0;
  for (const Observation& one : seen) {
    left += (one.rate - at.rate(one.n)) * (one.rate - at.rate(one.n));
    all += (one.rate - middle) * (one.rate - middle);
  }
  return all > 0 ? 1 - left / all : 1;
}

/// Percentiles of the bootstrap, widened about the estimate for what a small sample hides:
/// residuals of k fitted parameters have (n - k) / n of the errors' variance, and Student's t
/// stands for the normal distribution.
Interval widened(double estimate, std::vector<double> replicates, std::size_t observations,
                 std::size_t terms) {
  std::sort(replicates.begin(), replicates.end());
  double factor = 1;
  if (observations > terms) {
    const auto freedom = static_cast<double>(observations - terms);
    const boost::math::students_t student(freedom);
    factor = boost::math::quantile(student, 0.975) / 1.959964 *
             std::sqrt(static_cast<double>(observations) / freedom);
  }
  const double low = quantile_of_sorted(replicates, 0.025);
  const double high = quantile_of_sorted(replicates, 0.975);
  return {std::max(0.0, estimate - factor * (estimate - low)),
          estimate + factor * (high - estimate)};
}

}  // namespace

const char* name_of(ScalingLaw law) {
  switch (law) {
    case ScalingLaw::kLinear: return "linear";
    case ScalingLaw::kAmdahl: return "Amdahl";
    case ScalingLaw::kUsl: return "USL";
  }
  return "";
}

std::size_t different_n(std::span<const Observation> seen) {
  std::vector<double> all;
  for (const Observation& one : seen) all.push_back(one.n);
  std::sort(all.begin(), all.end());
  return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

double aicc(std::size_t n, double sum_of_squares, std::size_t parameters) {
  const auto count = static_cast<double>(n), k = static_cast<double>(parameters + 1);
  if (count - k - 1 <= 0) return std::numeric_limits<double>::infinity();
  return count * std::log(std::max(sum_of_squares, 1e-300) / count) + 2 * k +
         2 * k * (k + 1) / (count - k - 1);
}

std::optional<ScalingParameters> fit_parameters(ScalingLaw law, std::span<const Observation> seen) {
  const std::size_t terms = terms_of(law);
  if (different_n(seen) < terms) return std::nullopt;
  // Least squares under 0 <= alpha <= 1 and beta >= 0: the best of those faces on which no bound is
  // broken. More than all of the work cannot be done one after the other: throughput that falls
  // with n is beta's, and of Amdahl's law it is noise.
  std::optional<ScalingParameters> best;
  for (const bool beta : {false, true}) {
    if (beta && terms < 3) continue;
    for (const Alpha alpha : {Alpha::kZero, Alpha::kFree, Alpha::kOne}) {
      if (alpha != Alpha::kZero && terms < 2) continue;
      const auto at = least_squares(seen, alpha, beta);
      if (!at || at->alpha < 0 || at->alpha > 1 || at->beta < 0) continue;
      if (!best || relative_squares(*at, seen) < relative_squares(*best, seen)) best = at;
    }
  }
  return best;
}

std::optional<ScalingFit> fit(ScalingLaw law, std::span<const Observation> seen, std::size_t rounds,
                              std::uint64_t seed) {
  const auto at = fit_parameters(law, seen);
  if (!at) return std::nullopt;
  ScalingFit out{.law = law,
                 .at = *at,
                 .gamma = {},
                 .alpha = {},
                 .beta = {},
                 .r2 = 0,
                 .aicc = {},
                 .replicates = {}};
  out.r2 = r_squared(*at, seen);
  if (different_n(seen) >= 4)
    out.aicc = aicc(seen.size(), relative_squares(*at, seen), terms_of(law));
  // Relative residuals are drawn, those of all n together: resampling within each n leaves so few
  // degrees of freedom to the ends of the curve that 95 % cover 92.
  std::vector<double> residuals;
  for (const Observation& one : seen) residuals.push_back(one.rate / at->rate(one.n));
  Random random(seed);
  std::array<std::vector<double>, kMostTerms> values;
  std::vector<Observation> again(seen.begin(), seen.end());
  for (std::size_t i = 0; i < rounds; ++i) {
    for (Observation& one : again) {
      one.rate = at->rate(one.n) * residuals[index_below(random, residuals.size())];
    }
    const auto found = fit_parameters(law, again);
    if (!found) continue;
    out.replicates.push_back(*found);
    values[0].push_back(found->gamma);
    values[1].push_back(found->alpha);
    values[2].push_back(found->beta);
  }
  const std::size_t n = seen.size(), terms = terms_of(law);
  out.gamma = widened(at->gamma, std::move(values[0]), n, terms);
  out.alpha = widened(at->alpha, std::move(values[1]), n, terms);
  out.alpha.high = std::min(out.alpha.high, 1.0);
  out.beta = widened(at->beta, std::move(values[2]), n, terms);
  return out;
}

std::vector<ScalingFit> fit_all(std::span<const Observation> seen, std::size_t rounds) {
  std::vector<ScalingFit> fits;
  const bool few = different_n(seen) < 4;
  for (const ScalingLaw law : {ScalingLaw::kAmdahl, ScalingLaw::kLinear, ScalingLaw::kUsl}) {
    if (few && law == ScalingLaw::kUsl) continue;
    if (auto one = fit(law, seen, rounds)) fits.push_back(std::move(*one));
  }
  if (!few) {
    std::stable_sort(fits.begin(), fits.end(), [](const ScalingFit& a, const ScalingFit& b) {
      return a.aicc.value_or(0) < b.aicc.value_or(0);
    });
  }
  return fits;
}

}  // namespace jotmill::statistics
