#include "tools/statistics/sample.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>

namespace jotmill::statistics {

double median(std::span<const double> sample) {
  if (sample.empty()) return 0;
  std::vector<double> values(sample.begin(), sample.end());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

double quantile_of_sorted(std::span<const double> sorted, double share) {
  if (sorted.empty()) return 0;
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double quantile(std::span<const double> sample, double share) {
  std::vector<double> sorted(sample.begin(), sample.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile_of_sorted(sorted, share);
}

double mean(std::span<const double> sample) {
  if (sample.empty()) return 0;
  return std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
}

double variance(std::span<const double> sample) {
  if (sample.size() < 2) return 0;
  const double middle = mean(sample);
  double sum = 0;
  for (const double x : sample) sum += (x - middle) * (x - middle);
  return sum / static_cast<double>(sample.size() - 1);
}

namespace {

std::vector<double> in_order(std::span<const double> sample) {
  std::vector<double> sorted(sample.begin(), sample.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// Doubles in their order as whole numbers: between two of them lie no others than in between.
std::int64_t as_ordered(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}
double from_ordered(std::int64_t place) {
  return std::bit_cast<double>(place >= 0 ? place
                                          : std::numeric_limits<std::int64_t>::min() - place);
}

/// The difference y - x that `rank` others (from 0) are not above, of sorted samples. It is
/// searched for between the least and the largest, and never are all of them written down.
double difference_of_rank(const std::vector<double>& a, const std::vector<double>& b,
                          std::size_t rank) {
  const auto not_above = [&](double limit) {
    std::size_t count = 0, upto = 0;
    for (const double x : a) {
      while (upto < b.size() && b[upto] - x <= limit) ++upto;
      count += upto;
    }
    return count;
  };
  std::int64_t low = as_ordered(b.front() - a.back()), high = as_ordered(b.back() - a.front());
  while (low < high) {
    const std::int64_t middle = std::midpoint(low, high);
    if (not_above(from_ordered(middle)) > rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return from_ordered(low);
}

}  // namespace

double hodges_lehmann_shift(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t kMostWritten = 10'000;
  const std::size_t pairs = a.size() * b.size();
  if (pairs > kMostWritten) {
    const std::vector<double> sorted_a = in_order(a), sorted_b = in_order(b);
    const double upper = difference_of_rank(sorted_a, sorted_b, pairs / 2);
    if (pairs % 2 == 1) return upper;
    return 0.5 * (upper + difference_of_rank(sorted_a, sorted_b, pairs / 2 - 1));
  }
  std::vector<double> differences;
  differences.reserve(a.size() * b.size());
  for (const double x : a) {
    for (const double y : b) differences.push_back(y - x);
  }
  return median(differences);
}

double cliffs_delta(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 0;
  const std::vector<double> sorted = in_order(b);
  std::ptrdiff_t balance = 0;
  for (const double x : a) {
    const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), x);
    balance += (sorted.end() - high) - (low - sorted.begin());
  }
  return static_cast<double>(balance) / static_cast<double>(a.size() * b.size());
}

const char* size_of_effect(double delta) {
  const double size = std::abs(delta);
  if (size < 0.147) return "negligible";
  if (size < 0.33) return "small";
  return size < 0.474 ? "medium" : "large";
}

}  // namespace jotmill::statistics
