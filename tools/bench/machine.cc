#include "tools/bench/machine.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

namespace jotmill::tools {
namespace {

std::string first_line(const std::string& path, std::string otherwise = "") {
  std::ifstream in(path);
  std::string line;
  return std::getline(in, line) && !line.empty() ? line : otherwise;
}

/// The value behind "name : " in a file of such lines.
std::string field_of(const std::string& path, std::string_view name) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (!line.starts_with(name) || colon == std::string::npos) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

std::string virtualisation() {
  const std::string flags = " " + field_of("/proc/cpuinfo", "flags") + " ";
  const std::string vendor = first_line("/sys/class/dmi/id/sys_vendor");
  const std::string type = first_line("/sys/hypervisor/type");
  if (flags.find(" hypervisor ") == std::string::npos) return "none seen";
  std::string words = "virtual machine";
  if (!type.empty()) return words + " (" + type + ")";
  return vendor.empty() ? words : words + " (" + vendor + ")";
}

std::vector<std::string> caches() {
  std::vector<std::string> found;
  for (int i = 0; i < 8; ++i) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", i);
    const std::string level = first_line(folder + "level");
    if (level.empty()) break;
    found.push_back(
        fmt::format("L{} {} {}", level, first_line(folder + "type"), first_line(folder + "size")));
  }
  return found;
}

/// A file of this process's control group (second version), or "none".
std::string cgroup_file(const std::string& name) {
  std::ifstream membership("/proc/self/cgroup");
  for (std::string line; std::getline(membership, line);) {
    if (!line.starts_with("0::")) continue;
    const std::string limit = first_line("/sys/fs/cgroup" + line.substr(3) + "/" + name);
    if (!limit.empty()) return limit;
  }
  return "none";
}

/// The folder of this process in a hierarchy of the first version, or "".
std::string cgroup_v1_folder(std::string_view controller) {
  std::ifstream membership("/proc/self/cgroup");
  for (std::string line; std::getline(membership, line);) {
    // 4:cpu,cpuacct:/path
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string all = "," + line.substr(first + 1, second - first - 1) + ",";
    if (all.find("," + std::string(controller) + ",") == std::string::npos) continue;
    return "/sys/fs/cgroup/" + std::string(controller) + line.substr(second + 1);
  }
  return "";
}

/// "QUOTA PERIOD" in microseconds as cpu.max of the second version has it; "none": no limit.
std::string cgroup_cpu() {
  if (const std::string limit = cgroup_file("cpu.max"); limit != "none") return limit;
  const std::string folder = cgroup_v1_folder("cpu");
  if (folder.empty()) return "none";
  const std::string quota = first_line(folder + "/cpu.cfs_quota_us", "-1");
  const std::string period = first_line(folder + "/cpu.cfs_period_us", "100000");
  return quota.starts_with('-') ? "none" : quota + " " + period;
}

/// Bytes; "max" or "none": no limit.
std::string cgroup_memory() {
  if (const std::string limit = cgroup_file("memory.max"); limit != "none") return limit;
  const std::string folder = cgroup_v1_folder("memory");
  const std::string limit = folder.empty() ? "" : first_line(folder + "/memory.limit_in_bytes", "");
  // No limit is written as the greatest number of whole pages.
  return limit.empty() || limit.size() >= 19 ? "none" : limit;
}

}  // namespace

unsigned cores_here() {
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    cores = std::max(1U, static_cast<unsigned>(CPU_COUNT(&set)));
  }
  std::istringstream limit(cgroup_cpu());
  double quota_us = 0, period_us = 0;
  if (limit >> quota_us >> period_us && quota_us > 0 && period_us > 0) {
    cores = std::min(cores, std::max(1U, static_cast<unsigned>(quota_us / period_us + 0.5)));
  }
  return cores;
}

CpuJiffies cpu_jiffies() {
  std::ifstream in("/proc/stat");
  std::string cpu;
  CpuJiffies out;
  in >> cpu;
  // user nice system idle iowait irq softirq steal
  for (int i = 0; i < 8; ++i) {
    double jiffies = 0;
    if (!(in >> jiffies)) break;
    out.all += jiffies;
    if (i == 7) out.stolen = jiffies;
  }
  return out;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

Machine describe_machine() {
  Machine machine;
  utsname name{};
  if (::uname(&name) == 0) machine.kernel_release = std::string(name.sysname) + " " + name.release;
  const std::string model = field_of("/proc/cpuinfo", "model name");
  machine.cpu = model.empty() ? "unknown" : model;
  machine.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "unknown");
  machine.virtualisation = virtualisation();
  machine.cgroup_cpu = cgroup_cpu();
  machine.cgroup_memory = cgroup_memory();
  machine.caches = caches();
  machine.cores = cores_here();
  machine.cores_online = std::max(1U, std::thread::hardware_concurrency());
  machine.memory_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  double load = 0;
  if (std::ifstream("/proc/loadavg") >> load) machine.load_before = load;
  return machine;
}

}  // namespace jotmill::tools
