#ifndef JOTMILL_TOOLS_OUTCOME_H_
#define JOTMILL_TOOLS_OUTCOME_H_

#include "jotmill/jotmill.hpp"
#include "jotmill/shard.h"

namespace jotmill::tools {

/// run_shard() as a command does it: an interrupt ends it cleanly, warnings are said unless it is
/// `quiet`, and with `show_progress` there is a progress line while it works.
Result<RunOutcome> run_with_progress(const RunOptions& options, Shard shard, bool quiet,
                                     bool show_progress);

/// Says on standard error whatever the exit code of a run alone does not tell: the first inputs
/// that something happened to, nothing found, interrupted, an output that failed, a broken
/// invariant.
void say_what_failed(const RunOutcome& outcome);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OUTCOME_H_
