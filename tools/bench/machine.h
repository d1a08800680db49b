#ifndef JOTMILL_TOOLS_BENCH_MACHINE_H_
#define JOTMILL_TOOLS_BENCH_MACHINE_H_

#include <string>

#include "tools/bench/result.h"

namespace jotmill::tools {

/// What /proc and /sys say about this machine and about this process's share of it. Whatever they
/// do not say is "unknown" or "none". No host name, no path.
Machine describe_machine();

/// Cores that this process may use by its affinity and its control group's quota.
unsigned cores_here();

/// Jiffies of all CPUs since boot: stolen by the hypervisor, and all.
struct CpuJiffies {
  double stolen = 0, all = 0;
};
CpuJiffies cpu_jiffies();

/// "2026-11-25T20:00:00Z"
std::string utc_now();

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_MACHINE_H_
