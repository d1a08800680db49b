#ifndef JOTMILL_TOOLS_COMPARE_COMPARISON_H_
#define JOTMILL_TOOLS_COMPARE_COMPARISON_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jotmill/result.h"
#include "tools/bench/result.h"
#include "tools/compare/decide.h"

namespace jotmill::tools {

/// Median nanoseconds a token of every stage.
using StageTable = std::vector<std::pair<std::string, double>>;

/// A number that is the same in every run, or nearly so, and needs no test.
struct CounterPair {
  std::string name;  ///< "instructions", "allocations", "lane use rsa"
  double base = 0, fresh = 0;
  bool overlap = false;  ///< runs of the one side gave what runs of the other gave
  bool changed() const { return base != fresh && !overlap; }
};
/// Of all runs, a token: medians. Nothing where a side has none.
void add_runs(std::vector<CounterPair>& counters, const char* name, const std::vector<double>& base,
              const std::vector<double>& fresh);
/// Lane use of a kernel: the median of a side's runs, and their range.
struct LaneUseOfRuns {
  double median = 0;
  statistics::Interval range;
};
using LaneUses = std::map<std::string, LaneUseOfRuns>;
/// Of both sides; a kernel that one side does not use has 0 there.
void add_lane_use(std::vector<CounterPair>& counters, const LaneUses& base, const LaneUses& fresh);

/// Both sides of one row.
struct ComparedRow {
  Evidence evidence;
  std::uint64_t threads = 1;
  StageTable base_stages, fresh_stages;
  std::vector<CounterPair> counters;
  std::map<std::string, std::uint64_t> base_verdicts, fresh_verdicts;
};

/// The stage in which most of a change lies.
struct StageShare {
  std::string stage;
  double share = 0;  ///< of the change, in its direction; above 1 when others go the other way
};
/// What no stage accounts for: waiting for other threads, or for the machine.
inline constexpr const char* kOutsideStages = "outside the stages";
/// `change_ns`: of the time of all threads, a token. Nothing where there was none.
std::optional<StageShare> explaining_stage(const StageTable& base, const StageTable& fresh,
                                           double change_ns);

struct ComparedResult {
  RowDecision decision;
  std::optional<StageShare> stage;
  std::vector<CounterPair> counters;
};

/// All that is shown, in every form.
struct Comparison {
  std::string base, fresh;  ///< what was compared, in words
  bool paired = false;
  std::vector<std::string> notes;
  std::vector<std::string> verdict_differences;  ///< not empty: speed was not compared
  std::vector<ComparedResult> rows;
};

/// Decides. Rows whose verdicts differ are listed, and then there are no decisions at all.
Comparison compare_rows(std::vector<ComparedRow> rows);

/// Two files of bench, rows matched by workload and threads. Errors (kUsage): rows that only one of
/// them has, the same name over other tokens, or `only` names a workload that neither has.
Result<Comparison> compare_files(const BenchFile& base, const BenchFile& fresh,
                                 const std::vector<std::string>& only);

/// 0 to 5, as in the help of compare.
int exit_code_of(const Comparison& comparison, bool lenient);
inline constexpr int kExitRegressed = 1;
inline constexpr int kExitInconclusive = 3;
inline constexpr int kExitVerdictsDiffer = 5;

std::string render_comparison_text(const Comparison& comparison);
std::string render_comparison_markdown(const Comparison& comparison);
std::string render_comparison_json(const Comparison& comparison, int exit_code);
std::string render_comparison_junit(const Comparison& comparison);

/// "78 % of +4.1 % is in payload"; empty without a stage.
std::string stage_words(const ComparedResult& row);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_COMPARE_COMPARISON_H_
