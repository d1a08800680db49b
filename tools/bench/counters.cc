#include "tools/bench/counters.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace jotmill::tools {
namespace {

int open_counter(std::uint64_t what, pid_t thread) {
  perf_event_attr attr{};
  attr.type = PERF_TYPE_HARDWARE;
  attr.size = sizeof attr;
  attr.config = what;
  attr.exclude_kernel = 1;
  attr.exclude_hv = 1;
  attr.inherit = 1;  // threads that this one starts later
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attr, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

std::vector<pid_t> threads_of_this_process() {
  std::vector<pid_t> threads;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
    const std::string name = entry.path().filename().string();
    pid_t thread = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc()) {
      threads.push_back(thread);
    }
  }
  return threads;
}

std::optional<double> sum_of(const std::vector<int>& files) {
  if (files.empty()) return std::nullopt;
  double sum = 0;
  for (const int fd : files) {
    std::uint64_t count = 0;
    if (::read(fd, &count, sizeof count) != sizeof count) return std::nullopt;
    sum += static_cast<double>(count);
  }
  return sum;
}

void close_all(std::vector<int>& files) {
  for (const int fd : files) ::close(fd);
  files.clear();
}

}  // namespace

PerfCounters::PerfCounters() {
  for (const pid_t thread : threads_of_this_process()) {
    const int instructions = open_counter(PERF_COUNT_HW_INSTRUCTIONS, thread);
    const int cycles = open_counter(PERF_COUNT_HW_CPU_CYCLES, thread);
    if (instructions >= 0) instructions_.push_back(instructions);
    if (cycles >= 0) cycles_.push_back(cycles);
    if (instructions < 0 || cycles < 0) {  // half a count is none
      close_all(instructions_);
      close_all(cycles_);
      return;
    }
  }
}

PerfCounters::~PerfCounters() {
  close_all(instructions_);
  close_all(cycles_);
}

PerfCounters::Counts PerfCounters::read() const { return {sum_of(instructions_), sum_of(cycles_)}; }

void reset_peak_rss() {
  const int fd = ::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t ignored = ::write(fd, "5", 1);
  ::close(fd);
}

double peak_rss_bytes_now() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmHWM:")) continue;
    double kib = 0;
    if (std::sscanf(line.c_str(), "VmHWM: %lf", &kib) == 1) return kib * 1024;
  }
  return 0;
}

double process_cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

}  // namespace jotmill::tools
