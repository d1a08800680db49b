#ifndef JOTMILL_TOOLS_REPORT_SECTIONS_H_
#define JOTMILL_TOOLS_REPORT_SECTIONS_H_

#include "jotmill/stats.h"
#include "tools/report/layout.h"

/// The parts of the text report, in the order in which they stand. Each ends with its last line; a
/// part that has nothing to say writes nothing.
namespace jotmill::tools {

void write_headline(Page& page, const RunReport& report);
void write_verdicts(Page& page, const RunReport& report);
void write_algorithms(Page& page, const RunReport& report);
void write_keys(Page& page, const RunReport& report);
/// Issuers, subjects, kids of rejected tokens.
void write_claimants(Page& page, const RunReport& report);
void write_sizes(Page& page, const RunReport& report);
void write_ages(Page& page, const RunReport& report);
/// When the records of the tokens were written, where that was asked for.
void write_times(Page& page, const RunReport& report);
/// Records, channels, sources, events.
void write_inputs(Page& page, const RunReport& report);
void write_checks_not_asked(Page& page, const RunReport& report);
void write_options(Page& page, const RunReport& report);
void write_run(Page& page, const RunReport& report);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_REPORT_SECTIONS_H_
