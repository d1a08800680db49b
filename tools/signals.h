#ifndef JOTMILL_TOOLS_SIGNALS_H_
#define JOTMILL_TOOLS_SIGNALS_H_

namespace jotmill::tools {

/// From now on the first SIGINT, SIGTERM or SIGHUP only sets a flag, so that a run can end cleanly
/// with a partial report; the second ends the process at once with exit code 130.
void catch_interrupts();

/// Whether one of them has come.
bool interrupted();

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_SIGNALS_H_
