#ifndef JOTMILL_TOOLS_REPORT_TEXT_H_
#define JOTMILL_TOOLS_REPORT_TEXT_H_

#include <string>

#include "jotmill/stats.h"
#include "tools/report/layout.h"

namespace jotmill::tools {

/// The report for people, 80 columns wide: what came of the tokens and why, who made them, what was
/// not checked, and how fast it went. It shows nothing that the JSON report does not hold. Texts
/// from the input are made harmless for a terminal.
std::string render_text(const RunReport& report, const TextStyle& style);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_REPORT_TEXT_H_
