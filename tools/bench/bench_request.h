#ifndef JOTMILL_TOOLS_BENCH_BENCH_REQUEST_H_
#define JOTMILL_TOOLS_BENCH_BENCH_REQUEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/bench/measure.h"
#include "tools/bench/result.h"
#include "tools/bench/status_line.h"
#include "tools/bench/workload.h"

namespace jotmill::tools {

/// What to bench, wherever the wish comes from.
struct BenchRequest {
  std::vector<WorkloadSource> sources;
  std::optional<std::string> log;  ///< --from-log
  RunOptions log_options;
  std::map<std::string, std::string> kernels;
  std::vector<std::string> cpu_mask;
  std::optional<std::size_t> memo_entries;
  MeasureOptions measure;
  std::map<std::string, std::string> options;  ///< as given, for the file
};

/// Makes the workloads and measures them; making them counts towards a budget. `line` shows
/// progress.
Result<BenchFile> run_bench(const BenchRequest& request, StatusLine& line);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_BENCH_REQUEST_H_
