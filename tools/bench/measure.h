#ifndef JOTMILL_TOOLS_BENCH_MEASURE_H_
#define JOTMILL_TOOLS_BENCH_MEASURE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "jotmill/result.h"
#include "jotmill/stats.h"
#include "tools/bench/result.h"
#include "tools/bench/workload.h"

namespace jotmill::tools {

struct MeasureOptions {
  std::vector<unsigned> threads = {1};
  unsigned repetitions = 20;
  unsigned aa_pairs = 10;     ///< of the A/A check that comes first
  unsigned window_runs = 3;   ///< warm-up ends when the medians of two windows agree within 5 %
  unsigned most_windows = 6;  ///< or here
  std::uint64_t seed = 1;     ///< of the order
  /// Seconds that all of it may take, 0: as long as it takes. The warm-up ends after a third of it,
  /// the A/A check after half, and whole rounds of repetitions as it is spent; but no row has less
  /// than one run of warm-up, two pairs and three repetitions, whatever the time.
  double budget_s = 0;
  bool records = false;  ///< also format the records, and write them to /dev/null
};

/// How far a bench is: steps are runs, their number an upper bound until the warm-up is over.
struct BenchProgress {
  const char* phase;
  std::uint64_t done, of;
  std::string row;
};

struct MeasureHooks {
  std::function<void(const BenchProgress&)> on_progress = {};
  /// After the A/A check, before anything else is measured.
  std::function<void(const std::vector<BenchRow>&)> on_noise_floor = {};
  /// Once a workload, by its first run, where something happened to its input: what could be read
  /// is measured all the same.
  std::function<void(const InputEvents&)> on_input_events = {};
  std::function<bool()> interrupted = {};
};

struct Measured {
  std::vector<BenchRow> rows;
  std::vector<std::string> kernels;  ///< that the engine chose: "rsa=openssl"
};

/// Measures every workload on every number of threads: warm-up, then the A/A check, then the
/// repetitions, all rows interleaved in random order. The tokens' verdicts must be the same in
/// every run, or it is an Error (kInternal): a fast wrong answer is none.
Result<Measured> measure(const std::vector<Workload>& workloads, const MeasureOptions& options,
                         const MeasureHooks& hooks);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_MEASURE_H_
