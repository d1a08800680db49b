#ifndef JOTMILL_TOOLS_BENCH_READ_REPORT_H_
#define JOTMILL_TOOLS_BENCH_READ_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jotmill/result.h"

namespace jotmill::tools {

/// The few numbers of a report of verify that a comparison needs, whichever build wrote it: a build
/// of another day may have members more or fewer.
struct ReportNumbers {
  std::uint64_t tokens = 0;
  double wall_ns = 0;
  std::map<std::string, std::uint64_t> verdicts;  ///< those that occurred
  std::vector<std::pair<std::string, double>> stage_ns;
  std::map<std::string, double> lane_use = {};  ///< kernel -> share; empty: a build that tells none
  /// Of the whole process, which no report tells; nothing where it was not told otherwise.
  std::optional<double> instructions = {}, allocations = {};
};
Result<ReportNumbers> read_report_numbers(std::string_view json, const std::string& name);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_READ_REPORT_H_
