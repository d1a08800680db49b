#include <fmt/format.h>

#include <algorithm>

#include "tools/bench/bench_text.h"
#include "tools/bench/json_out.h"
#include "tools/compare/comparison.h"
#include "tools/help.h"
#include "tools/report/layout.h"
#include "tools/safe_text.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

/// One end of an interval, in percent.
std::string end_words(double share) {
  return share > 10 ? "over +1,000" : fmt::format("{:+.1f}", 100 * share);
}

std::string range_words(const statistics::Interval& range) {
  return fmt::format("[{}, {}]", end_words(range.low), end_words(range.high));
}

std::string p_words(double p) { return p < 0.0001 ? "<0.0001" : fmt::format("{:.4f}", p); }

std::string why_words(const ComparedResult& row) {
  std::string words = row.decision.why;
  const bool changed =
      row.decision.decision == Decision::kRegressed || row.decision.decision == Decision::kImproved;
  if (changed) words = stage_words(row);
  return words;
}

std::string effect_words(const RowDecision& row) {
  return fmt::format("{:+.2f} {}", row.cliffs_delta, statistics::size_of_effect(row.cliffs_delta));
}

std::string counter_words(const CounterPair& counter) {
  return fmt::format("{} {:.3f} -> {:.3f}{}", counter.name, counter.base, counter.fresh,
                     counter.changed() ? " CHANGED" : "");
}

/// "lane use rsa 0.936 -> 0.500 CHANGED; ..."; empty where none has.
std::string changed_counters(const ComparedResult& row) {
  std::string words;
  for (const CounterPair& counter : row.counters) {
    if (!counter.changed()) continue;
    words += (words.empty() ? "" : "; ") + counter_words(counter);
  }
  return words;
}

std::string joined(std::string words, const std::string& more) {
  if (!words.empty() && !more.empty()) words += "; ";
  return words + more;
}

/// What is said of a row, below it.
std::string below(const std::string& text) { return "    " + wrapped(text, 4) + '\n'; }

std::size_t count(const Comparison& comparison, Decision decision) {
  return static_cast<std::size_t>(std::ranges::count_if(
      comparison.rows,
      [decision](const ComparedResult& row) { return row.decision.decision == decision; }));
}

std::string summary(const Comparison& comparison) {
  if (!comparison.verdict_differences.empty()) {
    return "VERDICTS DIFFER: speed is not compared";
  }
  std::string words;
  for (const Decision decision : {Decision::kRegressed, Decision::kImproved, Decision::kEquivalent,
                                  Decision::kInconclusive, Decision::kUnmeasurable}) {
    if (const std::size_t n = count(comparison, decision); n > 0) {
      words += fmt::format("{}{} {}", words.empty() ? "" : ", ", n, name_of(decision));
    }
  }
  return words;
}

/// Text of a bench file in Markdown, in a table or not: nothing in it is a mark (GitHub Flavored
/// Markdown, 2.4 and 4.10).
std::string cell(std::string_view text) {
  constexpr std::string_view kMarks = "\\|`<[]*_~&@#";
  std::string out;
  for (const char c : printable(text, 200)) {
    if (kMarks.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// What holds for all cases: the two sides, and how they were measured.
std::string junit_properties(const Comparison& comparison) {
  std::string out = "  <properties>\n";
  const auto add = [&](const char* name, const std::string& value) {
    out += fmt::format("    <property name=\"{}\" value=\"{}\"/>\n", name, xml_text(value));
  };
  add("base", comparison.base);
  add("new", comparison.fresh);
  for (const std::string& note : comparison.notes) add("note", note);
  return out + "  </properties>\n";
}

void write_row(JsonOut& out, const ComparedResult& row) {
  const RowDecision& d = row.decision;
  out.line();
  out.begin('{');
  out.name("name").string(d.name);
  out.name("decision").string(name_of(d.decision));
  out.name("why").string(d.why);
  out.name("too_few_runs").boolean(d.too_few);
  out.name("change").real(d.change);
  out.name("interval_95").interval(d.range95);
  out.name("interval_90").interval(d.range90);
  out.name("p").real(d.p);
  out.name("adjusted_p").real(d.adjusted_p);
  out.name("cliffs_delta").real(d.cliffs_delta);
  out.name("noise_floor").real(d.noise_floor);
  out.name("delta_min").real(d.delta_min);
  out.name("runs").number(d.runs);
  out.name("runs_needed");
  d.runs_needed ? out.number(*d.runs_needed) : out.null();
  out.name("stage");
  row.stage ? out.string(row.stage->stage) : out.null();
  out.name("stage_share");
  row.stage ? out.real(row.stage->share) : out.null();
  out.name("counters").begin('{');
  for (const CounterPair& counter : row.counters) {
    out.name(counter.name).reals({counter.base, counter.fresh});
  }
  out.end('}');
  out.end('}');
}

}  // namespace

std::string render_comparison_text(const Comparison& comparison) {
  std::string out =
      fmt::format("BASE  {}\nNEW   {}\n", printable(comparison.base), printable(comparison.fresh));
  for (const std::string& note : comparison.notes)
    out += "note  " + wrapped(printable(note), 6) + '\n';
  for (const std::string& difference : comparison.verdict_differences) {
    out += "  " + wrapped(printable(difference), 4) + '\n';
  }
  if (!comparison.rows.empty()) {
    out += fmt::format("\n{:<20} {:<13} {:>8} {:>15} {:>7} {:>6} {:>5}\n", "row", "decision",
                       "time", "95 % interval", "adj. p", "delta", "runs");
  }
  for (const ComparedResult& row : comparison.rows) {
    const RowDecision& d = row.decision;
    out += fmt::format("{} {:<13} {:>8} {:>15} {:>7} {:>6} {:>5}\n", fitted(d.name, 20),
                       name_of(d.decision), in_percent(d.change, true), range_words(d.range95),
                       p_words(d.adjusted_p), in_percent(d.delta_min), d.runs);
    const std::string why = why_words(row);
    out += below("effect (Cliff) " + effect_words(d) + (why.empty() ? "" : "; " + why));
    if (const std::string counters = changed_counters(row); !counters.empty()) {
      out += below(printable(counters));
    }
  }
  return out + '\n' + summary(comparison) + '\n';
}

std::string render_comparison_markdown(const Comparison& comparison) {
  std::string out = fmt::format("## jotmill compare: {}\n\n- BASE: {}\n- NEW: {}\n",
                                summary(comparison), cell(comparison.base), cell(comparison.fresh));
  for (const std::string& note : comparison.notes) out += "- " + cell(note) + '\n';
  for (const std::string& difference : comparison.verdict_differences) {
    out += "- " + cell(difference) + '\n';
  }
  if (comparison.rows.empty()) return out;
  out +=
      "\n| row | decision | time per token | 95 % interval | adjusted p | Cliff's delta | least "
      "change | runs | |\n|---|---|---:|---:|---:|---:|---:|---:|---|\n";
  for (const ComparedResult& row : comparison.rows) {
    const RowDecision& d = row.decision;
    out += fmt::format("| {} | **{}** | {} | {} | {} | {} | {} | {} | {} |\n", cell(d.name),
                       name_of(d.decision), in_percent(d.change, true), range_words(d.range95),
                       p_words(d.adjusted_p), effect_words(d), in_percent(d.delta_min), d.runs,
                       cell(joined(why_words(row), changed_counters(row))));
  }
  return out;
}

std::string render_comparison_json(const Comparison& comparison, int exit_code) {
  JsonOut out;
  out.begin('{');
  out.name("schema").string("jotmill.compare/1");
  out.name("base").string(comparison.base);
  out.name("new").string(comparison.fresh);
  out.name("paired").boolean(comparison.paired);
  out.name("notes").begin('[');
  for (const std::string& note : comparison.notes) out.string(note);
  out.end(']');
  out.name("verdicts_differ").begin('[');
  for (const std::string& difference : comparison.verdict_differences) out.string(difference);
  out.end(']');
  out.name("exit_code").number(exit_code);
  out.name("rows").begin('[');
  for (const ComparedResult& row : comparison.rows) write_row(out, row);
  out.end(']');
  out.end('}');
  return std::move(out).take() + "\n";
}

std::string render_comparison_junit(const Comparison& comparison) {
  std::string cases;
  if (!comparison.verdict_differences.empty()) {
    // One case: readers of JUnit tell cases apart by their names.
    cases += "  <testcase classname=\"jotmill.compare\" name=\"verdicts\">\n";
    cases +=
        fmt::format("    <failure message=\"{}\"/>\n  </testcase>\n",
                    xml_text(fmt::format("{}", fmt::join(comparison.verdict_differences, "; "))));
  }
  for (const ComparedResult& row : comparison.rows) {
    const RowDecision& d = row.decision;
    const std::string numbers = fmt::format(
        "{} {} {} adjusted p {} Cliff's delta {}", name_of(d.decision), in_percent(d.change, true),
        range_words(d.range95), p_words(d.adjusted_p), effect_words(d));
    const std::string words = joined(numbers, joined(why_words(row), changed_counters(row)));
    cases +=
        fmt::format("  <testcase classname=\"jotmill.compare\" name=\"{}\">\n", xml_text(d.name));
    if (d.decision == Decision::kRegressed) {
      cases += fmt::format("    <failure message=\"{}\"/>\n", xml_text(words));
    } else if (d.decision == Decision::kInconclusive || d.decision == Decision::kUnmeasurable) {
      cases += fmt::format("    <skipped message=\"{}\"/>\n", xml_text(words));
    }
    cases += fmt::format("    <system-out>{}</system-out>\n  </testcase>\n", xml_text(words));
  }
  const std::size_t skipped =
      count(comparison, Decision::kInconclusive) + count(comparison, Decision::kUnmeasurable);
  const std::size_t of_verdicts = comparison.verdict_differences.empty() ? 0 : 1;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"jotmill compare\" "
      "tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}{}</testsuite>\n",
      comparison.rows.size() + of_verdicts, count(comparison, Decision::kRegressed) + of_verdicts,
      skipped, junit_properties(comparison), cases);
}

}  // namespace jotmill::tools
