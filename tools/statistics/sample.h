#ifndef JOTMILL_TOOLS_STATISTICS_SAMPLE_H_
#define JOTMILL_TOOLS_STATISTICS_SAMPLE_H_

#include <span>
#include <vector>

/// Numbers about numbers. This room knows nothing of tokens, of clocks, or of what it is asked for.
namespace jotmill::statistics {

/// The middle of a sample; the mean of the two middle ones of an even number. 0 of none.
double median(std::span<const double> sample);

/// Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, the
/// default of R). `share` from 0 to 1. 0 of none.
double quantile(std::span<const double> sample, double share);

/// The same of a sample that is sorted already.
double quantile_of_sorted(std::span<const double> sorted, double share);

double mean(std::span<const double> sample);

/// Unbiased variance, divided by n - 1; 0 of fewer than two.
double variance(std::span<const double> sample);

/// How much greater `b` is than `a`: the median of all differences b - a (Hodges and Lehmann 1963).
double hodges_lehmann_shift(std::span<const double> a, std::span<const double> b);

/// Cliff's delta (1993): P(b > a) - P(b < a) over all pairs, from -1 to 1.
double cliffs_delta(std::span<const double> a, std::span<const double> b);

/// What people call a delta of this size (Romano et al. 2006): "negligible" below 0.147, "small"
/// below 0.33, "medium" below 0.474, else "large".
const char* size_of_effect(double cliffs_delta);

}  // namespace jotmill::statistics

#endif  // JOTMILL_TOOLS_STATISTICS_SAMPLE_H_
