#include "tools/compare/blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>

#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

using Clock = std::chrono::steady_clock;

/// What one side of a row has shown so far.
struct SideRuns {
  std::vector<double> logs;
  std::vector<std::pair<std::string, std::vector<double>>> stages;  ///< ns a token of each run
  std::map<std::string, std::uint64_t> verdicts;
  std::map<std::string, double> lane_use;
  bool lanes_vary = false;                        ///< then they are no exact counter
  std::vector<double> instructions, allocations;  ///< a token of each run that tells them

  void add(const ReportNumbers& report) {
    const auto tokens = static_cast<double>(report.tokens);
    logs.push_back(std::log(report.wall_ns / tokens));
    for (const auto& [stage, ns] : report.stage_ns) {
      auto at = std::ranges::find(stages, stage, [](const auto& one) { return one.first; });
      if (at == stages.end()) at = stages.insert(at, {stage, {}});
      at->second.push_back(ns / tokens);
    }
    verdicts = report.verdicts;
    lanes_vary = lanes_vary || (logs.size() > 1 && lane_use != report.lane_use);
    lane_use = report.lane_use;
    if (report.instructions) instructions.push_back(*report.instructions / tokens);
    if (report.allocations) allocations.push_back(*report.allocations / tokens);
  }
  /// Where they do not vary.
  LaneUses lanes() const {
    LaneUses out;
    for (const auto& [kernel, share] : lane_use) out[kernel] = {share, {share, share}};
    return out;
  }
  StageTable table() const {
    StageTable out;
    for (const auto& [stage, ns] : stages) out.emplace_back(stage, statistics::median(ns));
    return out;
  }
};

struct RowRuns {
  std::size_t workload = 0;
  unsigned threads = 1;
  std::string name;
  std::array<SideRuns, 2> sides;  ///< BASE, NEW
  std::vector<double> ratios, contrasts;
  bool narrow = false;
};

class Blocks {
 public:
  Blocks(const BlockOptions& options, const RunSide& run, const BlockHooks& hooks)
      : options_(options), run_(run), hooks_(hooks), random_(options.seed) {}

  Result<Comparison> go(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (const unsigned threads : options_.threads) {
        rows_.push_back({i, threads, fmt::format("{}/threads:{}", names[i], threads), {}, {}, {}});
      }
    }
    for (RowRuns& row : rows_) {
      // Warm-up; and builds that do not agree on the verdicts need no measuring.
      for (const bool fresh : {false, true}) {
        const auto report = run_once(row, fresh);
        if (!report) return report.error();
        row.sides[fresh].verdicts = report.value().verdicts;
      }
    }
    if (!verdicts_agree()) return result();
    const std::size_t least = std::max(options_.blocks, least_blocks(rows_.size()));
    for (std::size_t block = 0; block < std::max(least, options_.most_blocks); ++block) {
      const bool needed = block < least;
      if (!needed && (seconds() > options_.budget_s || all_narrow())) break;
      for (const std::size_t at : shuffled()) {
        if (!needed && rows_[at].narrow) continue;
        if (Status status = one_block(rows_[at], block); !status) return status.error();
      }
    }
    return result();
  }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }

  std::vector<std::size_t> shuffled() {
    std::vector<std::size_t> order(rows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[statistics::index_below(random_, i)]);
    }
    return order;
  }

  Result<ReportNumbers> run_once(const RowRuns& row, bool fresh) {
    if (hooks_.interrupted && hooks_.interrupted()) {
      return Error{ErrorKind::kInterrupted, "compare", "interrupted"};
    }
    if (hooks_.on_progress) {
      hooks_.on_progress(fmt::format("block {}  {}  {}  {:.0f} s", row.ratios.size() + 1, row.name,
                                     fresh ? "NEW" : "BASE", seconds()));
    }
    return run_(fresh, row.workload, row.threads);
  }

  Status one_block(RowRuns& row, std::size_t block) {
    const bool outer = block % 2 == 1;  // which side stands outside: A B B A, then B A A B
    std::array<std::vector<double>, 2> logs;
    for (const bool fresh : {outer, !outer, !outer, outer}) {
      const auto report = run_once(row, fresh);
      if (!report) return report.error();
      if (report.value().verdicts != row.sides[fresh].verdicts) {
        return Error{ErrorKind::kInternal, row.name,
                     "two runs of one program over the same tokens gave different verdicts"};
      }
      row.sides[fresh].add(report.value());
      logs[fresh].push_back(row.sides[fresh].logs.back());
    }
    row.ratios.push_back(0.5 * (logs[1][0] + logs[1][1] - logs[0][0] - logs[0][1]));
    row.contrasts.push_back(0.5 * (logs[0][0] - logs[0][1] + logs[1][1] - logs[1][0]));
    row.narrow = narrow_enough(row.ratios, noise_floor_of_contrasts(row.contrasts), rows_.size());
    return Unit{};
  }

  bool all_narrow() const {
    return std::ranges::all_of(rows_, [](const RowRuns& row) { return row.narrow; });
  }
  bool verdicts_agree() const {
    return std::ranges::all_of(
        rows_, [](const RowRuns& row) { return row.sides[0].verdicts == row.sides[1].verdicts; });
  }

  Comparison result() const {
    std::vector<ComparedRow> rows;
    for (const RowRuns& row : rows_) {
      ComparedRow one;
      one.evidence = {.name = row.name,
                      .base = row.sides[0].logs,
                      .fresh = row.sides[1].logs,
                      .block_ratios = row.ratios,
                      .noise_floor = noise_floor_of_contrasts(row.contrasts)};
      one.threads = row.threads;
      add_runs(one.counters, "instructions", row.sides[0].instructions, row.sides[1].instructions);
      add_runs(one.counters, "allocations", row.sides[0].allocations, row.sides[1].allocations);
      if (!row.sides[0].lanes_vary && !row.sides[1].lanes_vary) {
        add_lane_use(one.counters, row.sides[0].lanes(), row.sides[1].lanes());
      }
      one.base_stages = row.sides[0].table();
      one.fresh_stages = row.sides[1].table();
      one.base_verdicts = row.sides[0].verdicts;
      one.fresh_verdicts = row.sides[1].verdicts;
      rows.push_back(std::move(one));
    }
    Comparison out = compare_rows(std::move(rows));
    out.paired = true;  // also where the verdicts differ, and no block was run
    return out;
  }

  const BlockOptions& options_;
  const RunSide& run_;
  const BlockHooks& hooks_;
  statistics::Random random_;
  std::vector<RowRuns> rows_;
  Clock::time_point started_ = Clock::now();
};

}  // namespace

Result<Comparison> compare_in_blocks(const std::vector<std::string>& names,
                                     const BlockOptions& options, const RunSide& run,
                                     const BlockHooks& hooks) {
  return Blocks(options, run, hooks).go(names);
}

}  // namespace jotmill::tools
