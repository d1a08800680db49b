// Rows of a bench -> what one kind of token costs.

#include <algorithm>

#include "tools/plan/parts.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

/// The share of the time that a token whose signature is known does not take. Its hash is made all
/// the same, for the memo is asked by it; and of HMAC, which is a hash and no more, the memo is not
/// asked at all.
double signature_share(const BenchRow& row) {
  if (!row.mix.empty() &&
      std::ranges::all_of(row.mix, [](const auto& one) { return is_hmac(one.first); })) {
    return 0;
  }
  double all = 0, part = 0;
  for (const auto& [stage, ns] : stage_ns_per_token(row)) {
    all += ns;
    part += stage == "signature" ? ns : 0;
  }
  return all > 0 ? part / all : 0;
}

/// Whether all its tokens are of one algorithm, whichever.
bool is_single(const BenchRow& row) {
  return std::ranges::any_of(row.mix, [](const auto& one) { return one.second > 0.999; });
}

void add_row(TokenCost& cost, const BenchRow& row) {
  for (const double rate : rates_of(row)) {
    cost.rates.push_back({static_cast<double>(row.threads), rate});
  }
  cost.noise_floor = std::max(cost.noise_floor, row.noise_floor);
  if (cost.bytes != 0 && row.threads != 1) return;  // one thread tells most about a single token
  cost.scv = row.batch.scv;
  cost.contains = row.mix;
  cost.known_share = row.memo_hit_rate.value_or(0);
  cost.signature_share = signature_share(row);
  cost.bytes = static_cast<double>(row.bytes) / static_cast<double>(row.tokens);
}

}  // namespace

TokenCost cost_of_workload(const BenchFile& file, const std::string& workload) {
  TokenCost cost;
  cost.name = workload;
  for (const BenchRow& row : file.rows) {
    if (row.workload == workload) add_row(cost, row);
  }
  return cost;
}

TokenCost cost_alone(const BenchFile& file, const std::string& workload, const std::string& name) {
  TokenCost cost = cost_of_workload(file, workload);
  cost.name = name;
  cost.contains.clear();
  cost.known_share = 0;
  return cost;
}

std::optional<TokenCost> cost_of(const BenchFile& file, const std::string& name) {
  const auto alone = [&](const BenchRow& row) {
    const auto at = row.mix.find(name);
    return at != row.mix.end() && at->second > 0.999 && row.repeat_share < 0.01 &&
           row.workload.find('/') == std::string::npos;
  };
  std::string workload;
  for (const BenchRow& row : file.rows) {
    const bool named = row.workload == name && is_single(row);
    if (named || (workload.empty() && alone(row))) workload = row.workload;
    if (named) break;
  }
  if (workload.empty()) return std::nullopt;
  return cost_alone(file, workload, name);
}

std::vector<double> ns_of(const TokenCost& cost) {
  std::vector<double> all;
  for (const statistics::Observation& one : cost.rates) all.push_back(one.n);
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<double> rates_at(const TokenCost& cost, double n) {
  std::vector<double> rates;
  for (const statistics::Observation& one : cost.rates) {
    if (one.n == n) rates.push_back(one.rate);
  }
  return rates;
}

double token_time_s(const TokenCost& cost) {
  const double least_n = ns_of(cost).front();
  std::vector<double> times;
  for (const double rate : rates_at(cost, least_n)) times.push_back(least_n / rate);
  return statistics::median(times);
}

}  // namespace jotmill::tools
