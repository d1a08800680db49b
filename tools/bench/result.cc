#include "tools/bench/result.h"

#include <algorithm>
#include <cmath>

#include "tools/statistics/sample.h"

namespace jotmill::tools {

std::string BenchRow::name() const { return workload + "/threads:" + std::to_string(threads); }

std::vector<double> rates_of(const BenchRow& row) {
  std::vector<double> rates;
  for (const Sample& sample : row.samples) {
    rates.push_back(static_cast<double>(row.tokens) * 1e9 / sample.wall_ns);
  }
  return rates;
}

std::vector<double> log_ns_per_token(const BenchRow& row) {
  std::vector<double> logs;
  for (const Sample& sample : row.samples) {
    logs.push_back(std::log(sample.wall_ns / static_cast<double>(row.tokens)));
  }
  return logs;
}

std::vector<double> values_of(const BenchRow& row, double Sample::*member) {
  std::vector<double> values;
  for (const Sample& sample : row.samples) values.push_back(sample.*member);
  return values;
}

std::vector<double> all_per_token(const BenchRow& row, std::optional<double> Sample::*member) {
  std::vector<double> values;
  for (const Sample& sample : row.samples) {
    if (!(sample.*member)) return {};
    values.push_back(*(sample.*member) / static_cast<double>(row.tokens));
  }
  return values;
}

std::optional<double> per_token(const BenchRow& row, std::optional<double> Sample::*member) {
  const std::vector<double> values = all_per_token(row, member);
  if (values.empty()) return std::nullopt;
  return statistics::median(values);
}

std::vector<std::pair<std::string, double>> stage_ns_per_token(const BenchRow& row) {
  std::vector<std::pair<std::string, std::vector<double>>> seen;
  for (const Sample& sample : row.samples) {
    for (const auto& [stage, ns] : sample.stage_ns) {
      auto at = std::ranges::find(seen, stage, [](const auto& one) { return one.first; });
      if (at == seen.end()) at = seen.insert(seen.end(), {stage, {}});
      at->second.push_back(ns / static_cast<double>(row.tokens));
    }
  }
  std::vector<std::pair<std::string, double>> out;
  for (auto& [stage, values] : seen) {
    // A stage that a run does not list took it no time.
    values.resize(row.samples.size(), 0.0);
    out.emplace_back(stage, statistics::median(values));
  }
  return out;
}

namespace {
Estimate with_interval(const std::vector<double>& values) {
  const statistics::Bootstrap bootstrap(
      values, [](std::span<const double> sample) { return statistics::median(sample); });
  return {bootstrap.estimate(), bootstrap.interval(0.95)};
}
}  // namespace

Estimate tokens_per_second(const BenchRow& row) { return with_interval(rates_of(row)); }

Estimate bytes_per_second(const BenchRow& row) {
  Estimate out = tokens_per_second(row);
  const double bytes = static_cast<double>(row.bytes) / static_cast<double>(row.tokens);
  return {out.value * bytes, {out.range.low * bytes, out.range.high * bytes}};
}

double noise_floor_of(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> logs;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    logs.push_back(std::log(b[i] / a[i]));
  if (logs.empty()) return 0;
  const Estimate estimate = with_interval(logs);
  return std::expm1(std::max(std::abs(estimate.range.low), std::abs(estimate.range.high)));
}

}  // namespace jotmill::tools
