#include "tools/bench/bench_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "jotmill/jotmill.hpp"
#include "tools/bench/bench_text.h"
#include "tools/bench/machine.h"
#include "tools/signals.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

Result<std::vector<Workload>> make_all(const BenchRequest& request, StatusLine& line) {
  std::vector<Workload> workloads;
  for (const WorkloadSource& source : request.sources) {
    const auto progress = [&](std::uint64_t tokens) {
      line.show(
          fmt::format("making tokens  {}  {} of {}", source.name, tokens, source.recipe.count));
    };
    auto made = make_workload(source, progress, interrupted);
    if (!made && made.error().kind == ErrorKind::kInterrupted)
      return Error{ErrorKind::kInterrupted, "bench", "interrupted"};
    if (!made) return made.error();
    workloads.push_back(std::move(made).value());
  }
  if (request.log) {
    auto log = log_workload(*request.log, request.log_options);
    if (!log) return log.error();
    workloads.push_back(std::move(log).value());
  }
  for (Workload& workload : workloads) {
    workload.options.kernels = request.kernels;
    workload.options.cpu_mask = request.cpu_mask;
    if (request.memo_entries) workload.options.memo_entries = *request.memo_entries;
  }
  return workloads;
}

std::string noise_text(const std::vector<BenchRow>& rows) {
  double least = 1e9, most = 0;
  for (const BenchRow& row : rows) {
    least = std::min(least, row.noise_floor);
    most = std::max(most, row.noise_floor);
  }
  return fmt::format("A/A check: the same work twice differs by up to {} ({} rows, best {})",
                     in_percent(most), rows.size(), in_percent(least));
}

/// Names the first of them; the file counts all.
void say_events(StatusLine& line, const InputEvents& events) {
  constexpr std::size_t kMostSaid = 20;
  std::size_t said = 0;
  for (const InputEvent& event : events.listed) {
    if (said == kMostSaid) break;
    line.say(in_words(event));
    ++said;
  }
  if (events.total() > said) line.say(fmt::format("{} more such events", events.total() - said));
  line.say("measured is what could be read of it");
}

MeasureHooks hooks_for(StatusLine& line) {
  MeasureHooks hooks;
  hooks.on_progress = [&line, start = now_s()](const BenchProgress& p) {
    const double share = p.of > 0 ? static_cast<double>(p.done) / static_cast<double>(p.of) : 0;
    const double spent = now_s() - start;
    std::string text = fmt::format("{}  {} of {} runs  {}", p.phase, p.done, p.of, p.row);
    if (share > 0.02) text += fmt::format("  {:.0f} s left", spent * (1 - share) / share);
    line.show(text);
  };
  hooks.on_noise_floor = [&line](const std::vector<BenchRow>& rows) { line.say(noise_text(rows)); };
  hooks.on_input_events = [&line](const InputEvents& events) { say_events(line, events); };
  hooks.interrupted = interrupted;
  return hooks;
}

}  // namespace

Result<BenchFile> run_bench(const BenchRequest& request, StatusLine& line) {
  BenchFile file;
  file.machine = describe_machine();
  file.date = utc_now();
  const BuildInfo& build = build_info();
  file.version = build.version;
  file.commit = build.commit;
  file.compiler = build.compiler;
  file.flags = build.flags;
  file.libraries = build.libraries;
  file.options = request.options;
  const double start = now_s();
  const Result<std::vector<Workload>> workloads = make_all(request, line);
  if (!workloads) return workloads.error();
  MeasureOptions options = request.measure;
  if (options.budget_s > 0) options.budget_s = std::max(1.0, options.budget_s - (now_s() - start));
  const CpuJiffies before = cpu_jiffies();
  Result<Measured> measured = measure(workloads.value(), options, hooks_for(line));
  if (!measured) return measured.error();
  const CpuJiffies after = cpu_jiffies();
  if (after.all > before.all) {
    file.machine.steal_share = (after.stolen - before.stolen) / (after.all - before.all);
  }
  file.rows = std::move(measured.value().rows);
  file.kernels = std::move(measured.value().kernels);
  line.wipe();
  return file;
}

}  // namespace jotmill::tools
