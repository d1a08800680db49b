#include "tools/plan/on_the_spot.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/plan/parts.h"

namespace jotmill::tools {
namespace {

/// Rows of which each gets some eight runs of some tens of milliseconds, at the least.
constexpr std::size_t kMostRows = 60;
constexpr unsigned kMostThreadCounts = 12;
/// Tokens of RSA with 4096 bits take seconds to sign.
constexpr std::size_t kMostLargeRsa = 2;

/// `count` numbers from 1 to `cores`, evenly; all while they are few.
std::vector<unsigned> spread(unsigned cores, unsigned count) {
  std::vector<unsigned> threads;
  if (cores <= count) count = cores;
  for (unsigned i = 0; i < count; ++i) {
    threads.push_back(count == 1 ? 1 : 1 + (cores - 1) * i / (count - 1));
  }
  return threads;
}

}  // namespace

SpotPlan plan_on_the_spot(const std::vector<std::pair<std::string, double>>& shares,
                          unsigned cores) {
  SpotPlan plan;
  std::vector<std::pair<std::string, double>> by_share = shares;
  std::ranges::stable_sort(by_share, std::ranges::greater(),
                           [](const auto& one) { return one.second; });
  for (const auto& [name, share] : shares) plan.names.push_back(name);
  if (std::ranges::find(plan.names, "ES256") == plan.names.end()) plan.names.emplace_back("ES256");
  std::vector<std::string> assumed;
  std::size_t large = 0;
  for (const auto& [name, share] : by_share) {
    const bool has_key_size = name.find('/') != std::string::npos;
    if (!is_rsa(name) || has_key_size) continue;
    const std::string longer = name + "/4096";
    if (std::ranges::find(plan.names, longer) != plan.names.end()) continue;
    large < kMostLargeRsa ? plan.names.push_back(longer) : assumed.push_back(longer);
    ++large;
  }
  if (!assumed.empty()) {
    plan.left_out.push_back(fmt::format("{}, which {} assumed", fmt::join(assumed, ", "),
                                        assumed.size() == 1 ? "is" : "are"));
  }
  const auto counts = static_cast<unsigned>(
      std::clamp<std::size_t>(kMostRows / plan.names.size(), 2, kMostThreadCounts));
  plan.threads = spread(cores, counts);
  if (plan.threads.size() < cores) {
    plan.left_out.push_back(
        fmt::format("numbers of threads but {}", fmt::join(plan.threads, ", ")));
  }
  return plan;
}

}  // namespace jotmill::tools
