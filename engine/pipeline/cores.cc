#include "pipeline/cores.h"

#include <sched.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace jotmill {
namespace {

unsigned cores_by_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return std::thread::hardware_concurrency();
  return static_cast<unsigned>(CPU_COUNT(&set));
}

/// cpu.max of the unified hierarchy is "QUOTA PERIOD" in microseconds, or "max PERIOD". 0: no quota
/// known.
unsigned cores_by_quota() {
  std::ifstream membership("/proc/self/cgroup");
  for (std::string line; std::getline(membership, line);) {
    if (!line.starts_with("0::")) continue;
    std::ifstream file("/sys/fs/cgroup" + line.substr(3) + "/cpu.max");
    double quota_us = 0, period_us = 0;
    if (file >> quota_us >> period_us && period_us > 0) {
      return std::max(1u, static_cast<unsigned>(quota_us / period_us + 0.5));
    }
  }
  return 0;
}

}  // namespace

unsigned usable_cores() {
  unsigned cores = std::max(1u, cores_by_affinity());
  if (const unsigned quota = cores_by_quota(); quota > 0) cores = std::min(cores, quota);
  return cores;
}

unsigned startable_threads(unsigned wanted) {
  // oneTBB gives up the whole run when a worker cannot be started. All must live at once, or one
  // after the other would pass.
  std::latch all(1);
  std::vector<std::thread> started;
  try {
    started.reserve(wanted);
    while (started.size() + 1 < wanted) started.emplace_back([&all] { all.wait(); });
  } catch (const std::exception&) {
    // As many as there are.
  }
  all.count_down();
  for (std::thread& thread : started) thread.join();
  return static_cast<unsigned>(started.size()) + 1;
}

}  // namespace jotmill
