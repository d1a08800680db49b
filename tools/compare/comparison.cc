#include "tools/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tools/bench/bench_text.h"
#include "tools/safe_text.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

double time_in(const StageTable& table, const std::string& stage) {
  for (const auto& [name, ns] : table) {
    if (name == stage) return ns;
  }
  return 0;  // a stage that a build does not have takes it no time
}

std::vector<std::string> verdict_differences(const ComparedRow& row) {
  std::vector<std::string> out;
  std::set<std::string> codes;
  for (const auto& [code, count] : row.base_verdicts) codes.insert(code);
  for (const auto& [code, count] : row.fresh_verdicts) codes.insert(code);
  const auto count_in = [](const auto& verdicts, const std::string& code) {
    const auto at = verdicts.find(code);
    return at == verdicts.end() ? std::uint64_t{0} : at->second;
  };
  for (const std::string& code : codes) {
    const std::uint64_t base = count_in(row.base_verdicts, code);
    const std::uint64_t fresh = count_in(row.fresh_verdicts, code);
    if (base == fresh) continue;
    out.push_back(
        fmt::format("{}: {} {} in BASE, {} in NEW", row.evidence.name, code, base, fresh));
  }
  return out;
}

const BenchRow* row_named(const BenchFile& file, const std::string& name) {
  for (const BenchRow& row : file.rows) {
    if (row.name() == name) return &row;
  }
  return nullptr;
}

Error different(std::string reason) {
  return {ErrorKind::kUsage, "compare", "different workloads: " + std::move(reason)};
}

/// A file without ranges has the values of one run, and with several threads another run of the
/// same program gives others: there a kernel that was used may have had any.
LaneUses lanes_of(const BenchRow& row) {
  LaneUses out;
  for (const auto& [kernel, share] : row.lane_use) {
    const auto at = row.lane_use_range.find(kernel);
    const statistics::Interval alone =
        row.threads == 1 ? statistics::Interval{share, share} : statistics::Interval{1e-9, 1};
    out[kernel] = {share, at == row.lane_use_range.end() ? alone : at->second};
  }
  return out;
}

ComparedRow both_sides(const BenchRow& base, const BenchRow& fresh) {
  ComparedRow row;
  row.evidence = {.name = base.name(),
                  .base = log_ns_per_token(base),
                  .fresh = log_ns_per_token(fresh),
                  .block_ratios = {},
                  .noise_floor = std::max(base.noise_floor, fresh.noise_floor)};
  row.threads = base.threads;
  row.base_stages = stage_ns_per_token(base);
  row.fresh_stages = stage_ns_per_token(fresh);
  row.base_verdicts = base.verdicts;
  row.fresh_verdicts = fresh.verdicts;
  add_runs(row.counters, "instructions", all_per_token(base, &Sample::instructions),
           all_per_token(fresh, &Sample::instructions));
  add_runs(row.counters, "allocations", all_per_token(base, &Sample::allocations),
           all_per_token(fresh, &Sample::allocations));
  add_lane_use(row.counters, lanes_of(base), lanes_of(fresh));
  return row;
}

bool overlap(const statistics::Interval& a, const statistics::Interval& b) {
  return a.low <= b.high && b.low <= a.high;
}

/// How much longer all threads together take for a token.
double change_ns(const ComparedRow& row) {
  const auto ns = [&](const std::vector<double>& logs) {
    return std::exp(statistics::median(logs));
  };
  return static_cast<double>(row.threads) * (ns(row.evidence.fresh) - ns(row.evidence.base));
}

std::string words_of(const BenchFile& file) {
  std::string words =
      fmt::format("jotmill {} {}, {}, {}", file.version, file.commit, file.compiler, file.date);
  for (const auto& [name, value] : file.options) words += fmt::format(" --{} {}", name, value);
  return printable(words, 300);
}

}  // namespace

void add_lane_use(std::vector<CounterPair>& counters, const LaneUses& base, const LaneUses& fresh) {
  if (base.empty() || fresh.empty()) return;  // a build that tells none
  std::set<std::string> kernels;
  for (const auto& [kernel, use] : base) kernels.insert(kernel);
  for (const auto& [kernel, use] : fresh) kernels.insert(kernel);
  const auto in = [](const LaneUses& uses, const std::string& kernel) {
    const auto at = uses.find(kernel);
    return at == uses.end() ? LaneUseOfRuns{} : at->second;
  };
  for (const std::string& kernel : kernels) {
    const LaneUseOfRuns before = in(base, kernel), now = in(fresh, kernel);
    counters.push_back(
        {"lane use " + kernel, before.median, now.median, overlap(before.range, now.range)});
  }
}

void add_runs(std::vector<CounterPair>& counters, const char* name, const std::vector<double>& base,
              const std::vector<double>& fresh) {
  if (base.empty() || fresh.empty()) return;
  const auto range_of = [](const std::vector<double>& runs) {
    const auto [low, high] = std::ranges::minmax(runs);
    return statistics::Interval{low, high};
  };
  counters.push_back({name, statistics::median(base), statistics::median(fresh),
                      overlap(range_of(base), range_of(fresh))});
}

std::optional<StageShare> explaining_stage(const StageTable& base, const StageTable& fresh,
                                           double change_ns) {
  if (change_ns == 0) return std::nullopt;
  std::set<std::string> names;
  for (const auto& [stage, ns] : base) names.insert(stage);
  for (const auto& [stage, ns] : fresh) names.insert(stage);
  StageShare best{kOutsideStages, 1};
  std::optional<StageShare> of_stages;
  for (const std::string& stage : names) {
    const double share = (time_in(fresh, stage) - time_in(base, stage)) / change_ns;
    best.share -= share;
    if (!of_stages || share > of_stages->share) of_stages = StageShare{stage, share};
  }
  return of_stages && of_stages->share >= best.share ? of_stages : best;
}

Comparison compare_rows(std::vector<ComparedRow> rows) {
  Comparison out;
  for (const ComparedRow& row : rows) {
    for (std::string& difference : verdict_differences(row)) {
      out.verdict_differences.push_back(std::move(difference));
    }
  }
  out.paired = !rows.empty() && rows.front().evidence.paired();
  if (!out.verdict_differences.empty()) return out;
  std::vector<Evidence> evidence;
  for (const ComparedRow& row : rows) evidence.push_back(row.evidence);
  std::vector<RowDecision> decisions = decide(evidence);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.rows.push_back(
        {std::move(decisions[i]),
         explaining_stage(rows[i].base_stages, rows[i].fresh_stages, change_ns(rows[i])),
         std::move(rows[i].counters)});
  }
  return out;
}

Result<Comparison> compare_files(const BenchFile& base, const BenchFile& fresh,
                                 const std::vector<std::string>& only) {
  const auto wanted = [&](const BenchRow& row) {
    return only.empty() || std::ranges::find(only, row.workload) != only.end();
  };
  for (const std::string& name : only) {
    // A gate whose pattern matches nothing would pass for ever.
    if (std::ranges::find(base.rows, name, &BenchRow::workload) != base.rows.end()) continue;
    return Error{ErrorKind::kUsage, "--workload", in_quotes(name) + " is not in BASE"};
  }
  std::vector<ComparedRow> rows;
  for (const BenchRow& row : base.rows) {
    if (!wanted(row)) continue;
    const BenchRow* other = row_named(fresh, row.name());
    if (other == nullptr) return different(in_quotes(row.name()) + " is in BASE alone");
    if (row.dataset != other->dataset || row.tokens != other->tokens) {
      return different(in_quotes(row.name()) + " was measured over other tokens");
    }
    rows.push_back(both_sides(row, *other));
  }
  for (const BenchRow& row : fresh.rows) {
    if (wanted(row) && row_named(base, row.name()) == nullptr) {
      return different(in_quotes(row.name()) + " is in NEW alone");
    }
  }
  Comparison out = compare_rows(std::move(rows));
  out.base = words_of(base);
  out.fresh = words_of(fresh);
  out.notes.push_back("unpaired: drift is not controlled");
  if (base.machine.cpu != fresh.machine.cpu || base.machine.cores != fresh.machine.cores) {
    out.notes.push_back(fmt::format("different machines: {}, {} cores; {}, {} cores",
                                    printable(base.machine.cpu, 80), base.machine.cores,
                                    printable(fresh.machine.cpu, 80), fresh.machine.cores));
  }
  return out;
}

int exit_code_of(const Comparison& comparison, bool lenient) {
  if (!comparison.verdict_differences.empty()) return kExitVerdictsDiffer;
  bool undecided = false;
  for (const ComparedResult& row : comparison.rows) {
    if (row.decision.decision == Decision::kRegressed) return kExitRegressed;
    undecided = undecided || row.decision.decision == Decision::kInconclusive ||
                row.decision.decision == Decision::kUnmeasurable;
  }
  return undecided && !lenient ? kExitInconclusive : 0;
}

std::string stage_words(const ComparedResult& row) {
  if (!row.stage) return "";
  return fmt::format(
      "{:.0f} % of {} is {}{}", 100 * row.stage->share, in_percent(row.decision.change, true),
      row.stage->stage == kOutsideStages ? "" : "in ", printable(row.stage->stage, 40));
}

}  // namespace jotmill::tools
