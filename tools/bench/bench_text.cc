#include "tools/bench/bench_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "tools/help.h"
#include "tools/report/layout.h"
#include "tools/safe_text.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

std::string three_digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

std::string or_na(const std::optional<double>& value) {
  return value ? in_si(*value) : std::string("n/a");
}

std::size_t name_width(const BenchFile& file) {
  std::size_t width = 8;
  for (const BenchRow& row : file.rows) width = std::max(width, row.workload.size());
  return std::min<std::size_t>(width, 18);
}

/// A line "  name      text", wrapped below itself.
std::string about(std::string_view name, const std::string& text) {
  return fmt::format("  {:<9} {}\n", name, wrapped(text, 12));
}

void write_machine(std::string& out, const BenchFile& file) {
  const Machine& m = file.machine;
  out += fmt::format("jotmill bench {} {}\n", file.version, file.commit);
  out += about("cpu", fmt::format("{}, {} of {} cores; {}", printable(m.cpu), m.cores,
                                  m.cores_online, printable(m.virtualisation)));
  if (!m.caches.empty()) out += about("caches", fmt::format("{}", fmt::join(m.caches, ", ")));
  out += about("system",
               fmt::format("{}; governor {}; cgroup cpu {}, memory {}", printable(m.kernel_release),
                           m.governor, m.cgroup_cpu, m.cgroup_memory));
  out += about("memory", in_bytes(m.memory_bytes));
  out += about("noise", fmt::format("steal {}, load {} before",
                                    m.steal_share ? in_percent(*m.steal_share) : "n/a",
                                    m.load_before ? fmt::format("{:.2f}", *m.load_before) : "n/a"));
  out += about("build", fmt::format("{}; {}", file.compiler, fmt::join(file.libraries, ", ")));
  if (!file.flags.empty()) out += about("flags", printable(file.flags));
  if (!file.kernels.empty()) {
    out += about("kernels", fmt::format("{}", fmt::join(file.kernels, ", ")));
  }
}

std::string range_words(const Estimate& rate) {
  return fmt::format("[{}, {}]", in_si(rate.range.low), in_si(rate.range.high));
}

/// What was measured: tokens, their algorithms, and the hash that tells other tokens apart.
void write_data(std::string& out, const BenchFile& file, std::size_t width) {
  out += "\nwhat was measured\n";
  std::string before;
  for (const BenchRow& row : file.rows) {
    if (row.workload == std::exchange(before, row.workload)) continue;
    std::string mix;
    for (const auto& [alg, share] : row.mix) {
      mix += fmt::format("{}{} {}", mix.empty() ? "" : ", ", alg, in_percent(share));
    }
    std::string events;
    for (const auto& [event, count] : row.input_events) {
      events += fmt::format("{}{} {}", events.empty() ? "\nnot read whole: " : ", ", event, count);
    }
    const std::string words =
        fmt::format("{} tokens, {}, {} repeat, data set {}\n{}{}", with_commas(row.tokens),
                    in_bytes(row.bytes), in_percent(row.repeat_share),
                    printable(row.dataset.substr(0, 16)), printable(mix, 400), events);
    out += fmt::format("  {} {}\n", fitted(row.workload, width), wrapped(words, width + 3));
  }
}

void write_bytes(std::string& out, const BenchFile& file, std::size_t width) {
  out += fmt::format("\n{:<{}} {:>3} {:>10} {:>21} {:>13}\n", "input", width, "thr", "bytes/s",
                     "95 % interval", "bytes a token");
  for (const BenchRow& row : file.rows) {
    const Estimate rate = bytes_per_second(row);
    out += fmt::format("{} {:>3} {:>10} {:>21} {:>13.0f}\n", fitted(row.workload, width),
                       row.threads, in_si(rate.value), range_words(rate),
                       static_cast<double>(row.bytes) / static_cast<double>(row.tokens));
  }
}

void write_throughput(std::string& out, const BenchFile& file, std::size_t width) {
  out += fmt::format("\n{:<{}} {:>3} {:>10} {:>21} {:>6} {:>5}\n", "workload", width, "thr",
                     "tokens/s", "95 % interval", "noise", "runs");
  bool all_settled = true;
  for (const BenchRow& row : file.rows) {
    const Estimate rate = tokens_per_second(row);
    out +=
        fmt::format("{} {:>3} {:>10} {:>21} {:>6} {:>5}{}\n", fitted(row.workload, width),
                    row.threads, in_si(rate.value), range_words(rate), in_percent(row.noise_floor),
                    row.samples.size(), row.warm_up_settled ? "" : "*");
    all_settled = all_settled && row.warm_up_settled;
  }
  if (!all_settled) out += "* the warm-up ended before two of its windows agreed\n";
}

void write_batches(std::string& out, const BenchFile& file, std::size_t width) {
  out += fmt::format("\n{:<{}} {:>3} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "ns/token of batches",
                     std::max<std::size_t>(width, 19), "thr", "p50", "p90", "p99", "p99.9", "max",
                     "batches");
  for (const BenchRow& row : file.rows) {
    const BatchTimes& b = row.batch;
    out += fmt::format("{} {:>3} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
                       fitted(row.workload, std::max<std::size_t>(width, 19)), row.threads,
                       three_digits(b.p50), three_digits(b.p90), three_digits(b.p99),
                       three_digits(b.p999), three_digits(b.most), b.batches);
  }
}

void write_stages(std::string& out, const BenchFile& file) {
  out += "\nwhere the time went: ns of a thread per token, and its share\n";
  for (const BenchRow& row : file.rows) {
    const auto stages = stage_ns_per_token(row);
    double sum = 0;
    for (const auto& [stage, ns] : stages) sum += ns;
    out += "  " + printable(row.name(), 40) + "\n   ";
    std::size_t column = 3;
    for (const auto& [stage, ns] : stages) {
      const std::string cell =
          fmt::format(" {} {} ({:.1f} %)", stage, three_digits(ns), sum > 0 ? 100 * ns / sum : 0);
      if (column + cell.size() > 80) {
        out += "\n   ";
        column = 3;
      }
      out += cell;
      column += cell.size();
    }
    out += '\n';
  }
}

void write_counters(std::string& out, const BenchFile& file, std::size_t width) {
  out += fmt::format("\n{:<{}} {:>3} {:>12} {:>10} {:>11} {:>10} {:>9}\n", "a token", width, "thr",
                     "instructions", "cycles", "allocations", "peak RSS", "memo hits");
  for (const BenchRow& row : file.rows) {
    const auto allocations = per_token(row, &Sample::allocations);
    const auto rss = static_cast<std::uint64_t>(
        statistics::quantile(values_of(row, &Sample::peak_rss_bytes), 1));
    out += fmt::format("{} {:>3} {:>12} {:>10} {:>11} {:>10} {:>9}\n", fitted(row.workload, width),
                       row.threads, or_na(per_token(row, &Sample::instructions)),
                       or_na(per_token(row, &Sample::cycles)),
                       allocations ? fmt::format("{:.3f}", *allocations) : "n/a", in_bytes(rss),
                       row.memo_hit_rate ? in_percent(*row.memo_hit_rate) : "n/a");
  }
}

void write_lanes(std::string& out, const BenchFile& file) {
  out += "\nlanes of the kernels that were filled\n";
  for (const BenchRow& row : file.rows) {
    std::string lanes;
    for (const auto& [kernel, share] : row.lane_use) {
      lanes += fmt::format("{}{} {}", lanes.empty() ? "" : ", ", kernel, in_percent(share));
    }
    const std::string line = printable(row.name(), 40) + ": " + (lanes.empty() ? "n/a" : lanes);
    out += "  " + wrapped(line, 4) + '\n';
  }
}

}  // namespace

std::string in_si(double value) {
  constexpr std::array<std::string_view, 5> kUnits = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  for (; std::abs(value) >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return three_digits(value) + std::string(kUnits[unit]);
}

std::string in_ns(double ns) {
  constexpr std::array<std::string_view, 4> kUnits = {" ns", " us", " ms", " s"};
  std::size_t unit = 0;
  for (; std::abs(ns) >= 999.5 && unit + 1 < kUnits.size(); ++unit) ns /= 1000;
  return three_digits(ns) + std::string(kUnits[unit]);
}

std::string in_percent(double share, bool with_sign) {
  if (share > 10) return with_sign ? "over +1,000 %" : "over 1,000 %";
  return with_sign ? fmt::format("{:+.1f} %", 100 * share) : fmt::format("{:.1f} %", 100 * share);
}

std::string render_bench_text(const BenchFile& file) {
  std::string out;
  const std::size_t width = name_width(file);
  write_machine(out, file);
  write_data(out, file, width);
  write_throughput(out, file, width);
  write_bytes(out, file, width);
  write_batches(out, file, width);
  write_stages(out, file);
  write_counters(out, file, width);
  write_lanes(out, file);
  return out;
}

}  // namespace jotmill::tools
