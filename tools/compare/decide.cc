#include "tools/compare/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/bench/bench_text.h"
#include "tools/statistics/rank_tests.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

using statistics::Bootstrap;
using statistics::Interval;

Bootstrap bootstrap_of(const Evidence& row) {
  if (row.paired()) {
    return Bootstrap(row.block_ratios,
                     [](std::span<const double> x) { return statistics::median(x); });
  }
  return Bootstrap(row.base, row.fresh, [](std::span<const double> a, std::span<const double> b) {
    return statistics::hodges_lehmann_shift(a, b);
  });
}

Interval as_shares(const Interval& logs) { return {std::expm1(logs.low), std::expm1(logs.high)}; }

double delta_min_of(double noise_floor) {
  return std::max(kLeastDelta, kDeltaPerNoise * noise_floor);
}

double smallest_p(const Evidence& row) {
  return row.paired() ? statistics::smallest_signed_rank_p(row.block_ratios.size())
                      : statistics::smallest_mann_whitney_p(row.base.size(), row.fresh.size());
}

std::size_t runs_of(const Evidence& row) {
  return row.paired() ? row.block_ratios.size() : std::min(row.base.size(), row.fresh.size());
}

/// +-delta_min as logarithms. The change that is told is a share of BASE's time, and 21 % less is
/// further away in logs than 21 % more: with one limit for both sides, -17.4 % would count as
/// beyond 21 %.
Interval limits_of(double delta_min) { return {std::log1p(-delta_min), std::log1p(delta_min)}; }

struct Numbers {
  double estimate = 0;
  Interval log95, log90;
};

/// Times as many runs until the interval can be on one side of the limit that is nearer: widths go
/// with the square root. Not finite where the estimate lies on the limit itself.
double times_until_narrow(const Numbers& n, const Interval& limits) {
  const double beyond = std::max(n.estimate - limits.high, limits.low - n.estimate);
  const Interval& interval = beyond > 0 ? n.log95 : n.log90;
  return std::pow(0.5 * (interval.high - interval.low) / beyond, 2);
}

/// Times as many runs until p is under the threshold of so many rows, if they go on like this: its
/// normal score grows with the square root. Not finite where they say nothing at all.
double times_until_significant(double p, double threshold) {
  const double score = statistics::normal_score(p);
  return std::pow(statistics::normal_score(threshold) / score, 2);
}

/// The fewest runs of each side whose smallest p is under the threshold of so many rows.
std::size_t least_runs(bool paired, std::size_t rows) {
  if (paired) return least_blocks(rows);
  const double threshold = kSignificance / static_cast<double>(rows);
  std::size_t runs = 2;
  while (statistics::smallest_mann_whitney_p(runs, runs) >= threshold) ++runs;
  return runs;
}

/// The runs that a row without a decision would take. Nothing where the number would tell nobody
/// anything.
std::optional<std::size_t> runs_until_decided(const RowDecision& row, const Numbers& n,
                                              const Interval& limits, double threshold,
                                              std::size_t least) {
  double times = times_until_narrow(n, limits);
  const bool beyond = n.estimate > limits.high || n.estimate < limits.low;
  if (beyond) times = std::max(times, times_until_significant(row.p, threshold));
  const double needed = std::ceil(static_cast<double>(row.runs) * times);
  if (!(needed <= static_cast<double>(kMostRunsTold))) return std::nullopt;
  return std::max({row.runs + 1, static_cast<std::size_t>(needed), least});
}

void settle(RowDecision& out, const Numbers& n, const Evidence& row, std::size_t rows) {
  const double threshold = kSignificance / static_cast<double>(rows);
  if (out.noise_floor > kMostNoise) {
    out.decision = Decision::kUnmeasurable;
    out.why = fmt::format("two runs of the same work differ by {}; the limit is {:.0f} %",
                          in_percent(out.noise_floor), 100 * kMostNoise);
    return;
  }
  // Also of one side alone: a run has no spread, however many there are to hold it against.
  const std::size_t least = least_runs(row.paired(), rows);
  if (out.runs < least) {
    out.too_few = true;
    out.runs_needed = least;
    out.why =
        smallest_p(row) >= threshold
            ? fmt::format("too few runs: {} can give no p under {:.2g}, {} can", out.runs,
                          threshold, least)
            : fmt::format("too few runs: {} of one side, {} of each can decide", out.runs, least);
    return;
  }
  // Here the noise is at most kMostNoise, so delta_min is far below 1.
  const Interval limits = limits_of(out.delta_min);
  const bool significant = out.adjusted_p < kSignificance;
  if (significant && n.log95.low > limits.high) {
    out.decision = Decision::kRegressed;
  } else if (significant && n.log95.high < limits.low) {
    out.decision = Decision::kImproved;
  } else if (n.log90.low > limits.low && n.log90.high < limits.high) {
    out.decision = Decision::kEquivalent;
  } else {
    out.runs_needed = runs_until_decided(out, n, limits, threshold, least);
    out.why = out.runs_needed ? fmt::format("would take some {} runs", *out.runs_needed)
                              : fmt::format("more than {} runs would not decide it", kMostRunsTold);
  }
}

}  // namespace

const char* name_of(Decision decision) {
  switch (decision) {
    case Decision::kRegressed: return "REGRESSED";
    case Decision::kImproved: return "IMPROVED";
    case Decision::kEquivalent: return "EQUIVALENT";
    case Decision::kInconclusive: return "INCONCLUSIVE";
    case Decision::kUnmeasurable: return "UNMEASURABLE";
  }
  return "";
}

std::vector<RowDecision> decide(const std::vector<Evidence>& rows) {
  std::vector<RowDecision> out;
  std::vector<Numbers> numbers;
  std::vector<double> p;
  for (const Evidence& row : rows) {
    const Bootstrap bootstrap = bootstrap_of(row);
    const Numbers n{bootstrap.estimate(), bootstrap.interval(0.95), bootstrap.interval(0.90)};
    RowDecision one;
    one.name = row.name;
    one.change = std::expm1(n.estimate);
    one.range95 = as_shares(n.log95);
    one.range90 = as_shares(n.log90);
    one.p = row.paired() ? statistics::wilcoxon_signed_rank(row.block_ratios).p
                         : statistics::mann_whitney_u(row.base, row.fresh).p;
    one.cliffs_delta = statistics::cliffs_delta(row.base, row.fresh);
    one.noise_floor = row.noise_floor;
    one.delta_min = delta_min_of(row.noise_floor);
    one.runs = runs_of(row);
    p.push_back(one.p);
    numbers.push_back(n);
    out.push_back(std::move(one));
  }
  const std::vector<double> adjusted = statistics::holm(p);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].adjusted_p = adjusted[i];
    settle(out[i], numbers[i], rows[i], rows.size());
  }
  return out;
}

double noise_floor_of_contrasts(const std::vector<double>& contrasts) {
  if (contrasts.empty()) return 0;
  const Interval interval = Bootstrap(contrasts, [](std::span<const double> x) {
                              return statistics::median(x);
                            }).interval(0.95);
  return std::expm1(std::max(std::abs(interval.low), std::abs(interval.high)));
}

bool narrow_enough(const std::vector<double>& block_ratios, double noise_floor, std::size_t rows) {
  if (delta_min_of(noise_floor) > kLeastDelta) return false;
  const Bootstrap bootstrap(
      block_ratios, [](std::span<const double> x) { return statistics::median(x); }, 2000);
  const Interval interval = bootstrap.interval(0.95);
  // The upper limit is the nearer one in logs: narrow enough for it is so for both.
  const double limit = std::log1p(kLeastDelta);
  if (0.5 * (interval.high - interval.low) > 0.5 * limit) return false;
  // A few blocks beyond all bounds leave the median's interval alone, but not the ranks.
  std::vector<double> as_if = block_ratios;
  for (double& ratio : as_if) ratio += limit - bootstrap.estimate();
  return statistics::wilcoxon_signed_rank(as_if).p < kSignificance / static_cast<double>(rows);
}

std::size_t least_blocks(std::size_t rows) {
  return statistics::pairs_for(kSignificance / static_cast<double>(std::max<std::size_t>(rows, 1)));
}

}  // namespace jotmill::tools
