#ifndef JOTMILL_TOOLS_OUTCOME_H_
#define JOTMILL_TOOLS_OUTCOME_H_

#include "jotmill/jotmill.hpp"

namespace jotmill::tools {

/// Says on standard error whatever the exit code of a run alone does not tell: the first inputs
/// that something happened to, nothing found, interrupted, an output that failed, a broken
/// invariant.
void say_what_failed(const RunOutcome& outcome);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OUTCOME_H_
