#include "tools/bench/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include "jotmill/jotmill.hpp"
#include "tools/bench/counters.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

/// Two windows agree when their medians are this close.
constexpr double kSettled = 0.05;
/// What is measured whatever the budget, and the shares of it after which a phase is cut short.
constexpr unsigned kLeastPairs = 2, kLeastRepetitions = 3;
constexpr double kWarmUpShare = 0.35, kNoiseShare = 0.55;
/// So many batches a run, so that there are quantiles of them and work for every thread.
constexpr std::uint64_t kBatchesPerRun = 16;
constexpr std::size_t kLeastChunkBytes = 16 * 1024, kMostChunkBytes = 1024 * 1024;

std::map<std::string, std::uint64_t> verdicts_of(const RunReport& report) {
  std::map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < report.verdicts.size(); ++i) {
    if (report.verdicts[i] == 0) continue;
    counts[std::string(code(static_cast<Verdict>(i)))] = report.verdicts[i];
  }
  return counts;
}

/// A row while it is measured.
struct Work {
  RunOptions options;
  BenchRow row;
  std::vector<double> batch_ns;  ///< a token
  /// Of each run that was measured. A kernel is listed once it was used; in the runs that did not
  /// use it nothing of it was.
  std::map<std::string, std::vector<double>> lane_use;
  std::vector<double> memo_hit_rates;
  std::vector<std::string> kernels;
};

/// All that is counted of the process, so far.
struct Counted {
  PerfCounters::Counts perf;
  std::optional<double> allocations;
  double cpu_ns = 0;
};

Counted count_all(const PerfCounters& perf) {
  const auto allocations = allocations_so_far();
  return {perf.read(),
          allocations ? std::optional(static_cast<double>(*allocations)) : std::nullopt,
          process_cpu_ns()};
}

std::optional<double> difference(const std::optional<double>& before,
                                 const std::optional<double>& after) {
  return before && after ? std::optional(*after - *before) : std::nullopt;
}

/// Lane use by kernel, and how often the memo knew the answer, of the run behind those that are in
/// the samples already.
void note_work(Work& work, const RunFacts& facts) {
  for (const auto& [kernel, use] : facts.lanes) {
    if (use.total == 0) continue;
    std::vector<double>& runs = work.lane_use[kernel];
    runs.resize(work.row.samples.size());
    runs.push_back(static_cast<double>(use.used) / static_cast<double>(use.total));
  }
  const auto asked = static_cast<double>(facts.memo.hits + facts.memo.misses);
  if (asked > 0) work.memo_hit_rates.push_back(static_cast<double>(facts.memo.hits) / asked);
}

statistics::Interval range_of(const std::vector<double>& values) {
  const auto [low, high] = std::ranges::minmax(values);
  return {low, high};
}

void tell_work(Work& work) {
  for (auto& [kernel, runs] : work.lane_use) {
    runs.resize(work.row.samples.size());
    work.row.lane_use[kernel] = statistics::median(runs);
    work.row.lane_use_range[kernel] = range_of(runs);
  }
  if (work.memo_hit_rates.empty()) return;
  work.row.memo_hit_rate = statistics::median(work.memo_hit_rates);
  work.row.memo_hit_rate_range = range_of(work.memo_hit_rates);
}

void note_report(Work& work, const RunReport& report) {
  BenchRow& row = work.row;
  row.tokens = report.tokens;
  row.bytes = report.input_bytes;
  row.verdicts = verdicts_of(report);
  for (std::size_t alg = 0; alg < kReportAlgs; ++alg) {
    if (report.algs[alg].tokens == 0) continue;
    row.mix[std::string(report_alg_name(alg))] =
        static_cast<double>(report.algs[alg].tokens) / static_cast<double>(report.tokens);
  }
  row.repeat_share = report.tokens == 0 ? 0
                                        : static_cast<double>(report.repeats()) /
                                              static_cast<double>(report.tokens);
  for (std::size_t i = 0; i < report.events.counts.size(); ++i) {
    const std::uint64_t count = report.events.counts[i];
    if (count > 0) row.input_events[std::string(code(static_cast<InputEventKind>(i)))] = count;
  }
  work.kernels.assign(report.run.kernels.begin(), report.run.kernels.end());
}

class Bench {
 public:
  Bench(const MeasureOptions& options, const MeasureHooks& hooks)
      : options_(options), hooks_(hooks), random_(options.seed) {}

  void add(const Workload& workload, unsigned threads) {
    Work work;
    work.options = workload.options;
    work.options.threads = threads;
    if (options_.records) work.options.verdicts_path = "/dev/null";
    work.options.chunk_bytes = static_cast<std::size_t>(std::clamp<std::uint64_t>(
        workload.bytes / kBatchesPerRun, kLeastChunkBytes, kMostChunkBytes));
    work.row.workload = workload.name;
    work.row.threads = threads;
    work.row.dataset = workload.dataset;
    works_.push_back(std::move(work));
  }

  Status go() {
    const std::uint64_t windows = std::uint64_t{options_.window_runs} * options_.most_windows;
    steps_ = works_.size() * (windows + 2 * options_.aa_pairs + options_.repetitions);
    if (Status status = warm_up(); !status) return status;
    if (Status status = check_noise(); !status) return status;
    if (hooks_.on_noise_floor) hooks_.on_noise_floor(rows());
    for (unsigned i = 0; i < options_.repetitions; ++i) {
      if (i >= kLeastRepetitions && spent(1)) break;
      for (const std::size_t at : shuffled()) {
        Work& work = works_[at];
        Result<Sample> sample = run_once(work, "measuring", true);
        if (!sample) return sample.error();
        work.row.samples.push_back(std::move(sample).value());
      }
    }
    for (Work& work : works_) finish(work);
    return Unit{};
  }

  std::vector<BenchRow> rows() const {
    std::vector<BenchRow> rows;
    for (const Work& work : works_) rows.push_back(work.row);
    return rows;
  }
  std::vector<std::string> kernels() const {
    return works_.empty() ? std::vector<std::string>() : works_.front().kernels;
  }

 private:
  /// Whether that share of the budget is spent; never without one.
  bool spent(double share) const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
    return options_.budget_s > 0 && passed.count() > share * options_.budget_s;
  }

  std::vector<std::size_t> shuffled() {
    std::vector<std::size_t> order(works_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[statistics::index_below(random_, i)]);
    }
    return order;
  }

  /// `measured`: and no warm-up or A/A check, so that what the run tells counts.
  Result<Sample> run_once(Work& work, const char* phase, bool measured) {
    if (hooks_.interrupted && hooks_.interrupted()) {
      return Error{ErrorKind::kInterrupted, "bench", "interrupted"};
    }
    if (hooks_.on_progress) hooks_.on_progress({phase, done_, steps_, work.row.name()});
    RunHooks run_hooks;
    run_hooks.on_batch = [&](const BatchTime& batch) {
      if (!measured || batch.tokens == 0) return;
      work.batch_ns.push_back(static_cast<double>(batch.ns) / static_cast<double>(batch.tokens));
    };
    Sample sample;
    sample.order = done_++;
    reset_peak_rss();
    const PerfCounters perf;
    Counted before, after;
    run_hooks.on_begin = [&] { before = count_all(perf); };
    run_hooks.on_end = [&] { after = count_all(perf); };
    const Result<RunOutcome> outcome = run(work.options, run_hooks);
    if (!outcome) return outcome.error();
    sample.cpu_ns = after.cpu_ns - before.cpu_ns;
    sample.instructions = difference(before.perf.instructions, after.perf.instructions);
    sample.cycles = difference(before.perf.cycles, after.perf.cycles);
    sample.allocations = difference(before.allocations, after.allocations);
    sample.peak_rss_bytes = peak_rss_bytes_now();
    const RunReport& report = outcome.value().report;
    sample.wall_ns = std::max(1.0, static_cast<double>(report.run.wall_ns));
    for (const StageTime& stage : report.run.stages) {
      sample.stage_ns.emplace_back(stage.stage, static_cast<double>(stage.ns));
    }
    if (Status same = check(work, outcome.value()); !same) return same.error();
    if (measured) note_work(work, report.run);
    return sample;
  }

  /// The first run over a workload, whatever the threads.
  void tell_events(const Work& work, const InputEvents& events) {
    if (events.total() == 0 || !hooks_.on_input_events) return;
    if (told_.insert(work.row.workload).second) hooks_.on_input_events(events);
  }

  /// Whether this run found what the ones before it found.
  Status check(Work& work, const RunOutcome& outcome) {
    const std::string& name = work.row.workload;
    if (outcome.broken_invariant) {
      return Error{ErrorKind::kInternal, "workload " + name, *outcome.broken_invariant};
    }
    tell_events(work, outcome.report.events);
    if (outcome.report.tokens == 0) {
      return Error{ErrorKind::kUsage, "workload " + name, "no token was found in it"};
    }
    if (work.row.tokens == 0) note_report(work, outcome.report);
    if (work.row.verdicts != verdicts_of(outcome.report)) {
      return Error{ErrorKind::kInternal, "workload " + name,
                   "two runs over the same tokens gave different verdicts"};
    }
    return Unit{};
  }

  Status warm_up() {
    for (Work& work : works_) {
      std::vector<double> seen;
      const std::size_t window = options_.window_runs;
      work.row.warm_up_settled = false;
      while (seen.size() < window * options_.most_windows && !work.row.warm_up_settled) {
        const Result<Sample> sample = run_once(work, "warming up", false);
        if (!sample) return sample.error();
        seen.push_back(sample.value().wall_ns);
        if (spent(kWarmUpShare)) break;
        if (seen.size() < 2 * window || seen.size() % window != 0) continue;
        const std::span<const double> all(seen);
        const double last = statistics::median(all.last(window));
        const double before = statistics::median(all.last(2 * window).first(window));
        work.row.warm_up_settled = std::abs(std::log(last / before)) < kSettled;
      }
      work.row.warm_up_runs = seen.size();
      steps_ -= window * options_.most_windows - seen.size();
    }
    return Unit{};
  }

  /// The same work twice, one after the other, which is first in turn.
  Status check_noise() {
    for (unsigned pair = 0; pair < options_.aa_pairs; ++pair) {
      if (pair >= kLeastPairs && spent(kNoiseShare)) break;
      for (const std::size_t at : shuffled()) {
        Work& work = works_[at];
        const Result<Sample> first = run_once(work, "A/A check", false);
        if (!first) return first.error();
        const Result<Sample> second = run_once(work, "A/A check", false);
        if (!second) return second.error();
        const bool swap = pair % 2 == 1;
        work.row.aa_a_ns.push_back((swap ? second : first).value().wall_ns);
        work.row.aa_b_ns.push_back((swap ? first : second).value().wall_ns);
      }
    }
    for (Work& work : works_) {
      work.row.noise_floor = noise_floor_of(work.row.aa_a_ns, work.row.aa_b_ns);
    }
    return Unit{};
  }

  static void finish(Work& work) {
    tell_work(work);
    std::vector<double>& ns = work.batch_ns;
    std::sort(ns.begin(), ns.end());
    const double middle = statistics::mean(ns);
    work.row.batch = {.batches = ns.size(),
                      .p50 = statistics::quantile_of_sorted(ns, 0.5),
                      .p90 = statistics::quantile_of_sorted(ns, 0.9),
                      .p99 = statistics::quantile_of_sorted(ns, 0.99),
                      .p999 = statistics::quantile_of_sorted(ns, 0.999),
                      .most = ns.empty() ? 0 : ns.back(),
                      .scv = middle > 0 ? statistics::variance(ns) / (middle * middle) : 0};
  }

  const MeasureOptions& options_;
  const MeasureHooks& hooks_;
  statistics::Random random_;
  std::vector<Work> works_;
  std::set<std::string> told_;  ///< workloads whose input events were told
  std::uint64_t done_ = 0, steps_ = 0;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<Measured> measure(const std::vector<Workload>& workloads, const MeasureOptions& options,
                         const MeasureHooks& hooks) {
  Bench bench(options, hooks);
  for (const Workload& workload : workloads) {
    for (const unsigned threads : options.threads) bench.add(workload, threads);
  }
  if (Status status = bench.go(); !status) return status.error();
  return Measured{bench.rows(), bench.kernels()};
}

}  // namespace jotmill::tools
