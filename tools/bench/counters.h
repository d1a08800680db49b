#ifndef JOTMILL_TOOLS_BENCH_COUNTERS_H_
#define JOTMILL_TOOLS_BENCH_COUNTERS_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace jotmill::tools {

/// Instructions and cycles of all threads of this process, and of processes that it starts
/// meanwhile and sees end, in user mode, by perf_event_open. Where
/// the system does not permit it (perf_event_paranoid, a virtual machine without counters), there
/// are none.
class PerfCounters {
 public:
  PerfCounters();
  ~PerfCounters();
  PerfCounters(const PerfCounters&) = delete;
  PerfCounters& operator=(const PerfCounters&) = delete;
  struct Counts {
    std::optional<double> instructions, cycles;
  };
  /// Counts of everything from construction to now.
  Counts read() const;

 private:
  std::vector<int> instructions_, cycles_;  ///< one file per thread
};

/// Allocations of C++ (operator new) in this process so far, of all threads. Nothing where the
/// build does not count them (sanitizers).
std::optional<std::uint64_t> allocations_so_far();
/// An environment variable with the number of an open file: the program writes its allocations
/// there when it ends.
inline constexpr const char* kAllocationsFd = "JOTMILL_ALLOCATIONS_FD";

/// Starts the high-water mark of memory anew, and reads it. Where that is not permitted it stays
/// that of the process.
void reset_peak_rss();
double peak_rss_bytes_now();

/// CPU time of this process, all threads.
double process_cpu_ns();

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_COUNTERS_H_
