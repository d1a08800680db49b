#ifndef JOTMILL_TOOLS_BENCH_BENCH_REQUEST_H_
#define JOTMILL_TOOLS_BENCH_BENCH_REQUEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/bench/measure.h"
#include "tools/bench/result.h"
#include "tools/bench/workload.h"

namespace jotmill::tools {

/// A line on standard error while something takes its time: written over itself on a terminal, at
/// most four times a second.
class StatusLine {
 public:
  explicit StatusLine(bool on) : on_(on) {}
  ~StatusLine() { wipe(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  void show(const std::string& text);
  /// A line that stays, shown also where there is no terminal.
  void say(const std::string& text);
  void wipe();
  bool on() const { return on_; }

 private:
  bool on_, shown_ = false;
  double last_s_ = -1;
};

/// What to bench, wherever the wish comes from.
struct BenchRequest {
  std::vector<WorkloadSource> sources;
  std::optional<std::string> log;  ///< --from-log
  RunOptions log_options;
  std::map<std::string, std::string> kernels;
  std::vector<std::string> cpu_mask;
  MeasureOptions measure;
  std::map<std::string, std::string> options;  ///< as given, for the file
};

/// Makes the workloads and measures them. `line` shows progress.
Result<BenchFile> run_bench(const BenchRequest& request, StatusLine& line);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_BENCH_REQUEST_H_
