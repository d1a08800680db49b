#ifndef JOTMILL_TOOLS_PLAN_ON_THE_SPOT_H_
#define JOTMILL_TOOLS_PLAN_ON_THE_SPOT_H_

#include <string>
#include <utility>
#include <vector>

/// What plan measures by itself, so that it is done within a minute.
namespace jotmill::tools {

struct SpotPlan {
  std::vector<std::string> names;  ///< of algorithm_workload()
  std::vector<unsigned> threads;
  std::vector<std::string> left_out;  ///< in words, one thing each
};

/// For a mix on a machine with so many cores: its algorithms; ES256 and RSA with 4096 bits, for the
/// questions what more of them would do, as far as there is room; and numbers of threads from 1 to
/// all cores, fewer the more algorithms there are.
SpotPlan plan_on_the_spot(const std::vector<std::pair<std::string, double>>& shares,
                          unsigned cores);

/// Seconds that making the tokens and measuring them may take.
inline constexpr double kSpotBudget_s = 45;

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_PLAN_ON_THE_SPOT_H_
