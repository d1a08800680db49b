#include "tools/statistics/sample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
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

double hodges_lehmann_shift(std::span<const double> a, std::span<const double> b) {
  std::vector<double> differences;
  differences.reserve(a.size() * b.size());
  for (const double x : a) {
    for (const double y : b) differences.push_back(y - x);
  }
  return median(differences);
}

double cliffs_delta(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 0;
  std::ptrdiff_t balance = 0;
  for (const double x : a) {
    for (const double y : b) balance += (y > x) - (y < x);
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
