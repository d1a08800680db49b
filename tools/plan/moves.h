#ifndef JOTMILL_TOOLS_PLAN_MOVES_H_
#define JOTMILL_TOOLS_PLAN_MOVES_H_

#include <functional>
#include <vector>

#include "tools/plan/plan.h"
#include "tools/statistics/queueing.h"
#include "tools/statistics/scaling.h"

/// What moves an answer: +10 % ES256, RSA with 4096 bits, no memo.
namespace jotmill::tools {

/// What a question about another mix asks for: the curve for it, and the classes of its tokens.
struct Changed {
  statistics::ScalingParameters curve;
  std::vector<statistics::ServiceClass> classes;
};

/// Answers for a changed mix: cores online, cores within the time offline, else the time alone.
using Answer = std::function<void(const Changed&, Sensitivity&)>;

std::vector<Sensitivity> moves_of(const CapacityPlan& plan, const Answer& answer);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_PLAN_MOVES_H_
