#ifndef JOTMILL_REPORT_JSON_H_
#define JOTMILL_REPORT_JSON_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"
#include "jotmill/stats.h"

namespace jotmill {

inline constexpr std::string_view kReportSchema = "jotmill.report/1";

/// The report as JSON: the members of tools/report/README.md in that order, one a line, ASCII
/// controls and bidirectional ones escaped, a line feed at the end. Every byte in front of `run` is
/// a function of the report outside RunReport::run.
std::string render_json(const RunReport& report);

/// Reads what render_json() has written, from anyone: members that are missing, of the wrong type,
/// out of range, or that do not add up are an Error (kFormat, `name` its subject); unknown members
/// are passed over. Linear in time and memory.
Result<RunReport> read_json_report(std::string_view json, const std::string& name);

}  // namespace jotmill

#endif  // JOTMILL_REPORT_JSON_H_
