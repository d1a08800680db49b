// The decisions, over numbers that were never measured: how often they are wrong, and that what
// they say is what there was.

#include "tools/compare/decide.h"

#include <array>
#include <cmath>

#include "support/catch.h"
#include "tools/bench/made_up_bench_test.h"
#include "tools/compare/blocks.h"
#include "tools/compare/comparison.h"

namespace jotmill::tools {
namespace {

std::vector<double> logs(std::size_t runs, double shift, double spread,
                         statistics::Random& random) {
  std::vector<double> out;
  for (std::size_t i = 0; i < runs; ++i) out.push_back(shift + std::log(noisy(random, spread)));
  return out;
}

/// A row of paired blocks, with the noise floor as it would be measured beside them.
Evidence paired(std::size_t blocks, double effect, double spread, statistics::Random& random) {
  Evidence row{.name = "row", .base = {}, .fresh = {}, .block_ratios = {}, .noise_floor = 0};
  std::vector<double> contrasts;
  for (std::size_t i = 0; i < blocks; ++i) {
    const auto a = logs(2, 0, spread, random), b = logs(2, std::log1p(effect), spread, random);
    row.base.insert(row.base.end(), a.begin(), a.end());
    row.fresh.insert(row.fresh.end(), b.begin(), b.end());
    row.block_ratios.push_back(0.5 * (b[0] + b[1] - a[0] - a[1]));
    contrasts.push_back(0.5 * (a[0] - a[1] + b[1] - b[0]));
  }
  row.noise_floor = noise_floor_of_contrasts(contrasts);
  return row;
}

Decision decision_of(const Evidence& row) { return decide({row}).front().decision; }

TEST_CASE("identical code is not called slower: 300 comparisons of a thing with itself") {
  statistics::Random random(41);
  int wrong_paired = 0, wrong_unpaired = 0, equivalent = 0;
  constexpr int kTries = 150;
  for (int i = 0; i < kTries; ++i) {
    const double spread = 0.002 + 0.04 * statistics::uniform(random);
    const RowDecision one = decide({paired(12, 0, spread, random)}).front();
    wrong_paired += one.decision == Decision::kRegressed || one.decision == Decision::kImproved;
    equivalent += one.decision == Decision::kEquivalent;
    const Evidence apart{.name = "row",
                         .base = logs(12, 0, spread, random),
                         .fresh = logs(12, 0, spread, random),
                         .block_ratios = {},
                         .noise_floor = spread};
    const Decision other = decision_of(apart);
    wrong_unpaired += other == Decision::kRegressed || other == Decision::kImproved;
  }
  // At most one in a hundred is allowed; what is seen is far less.
  CHECK(wrong_paired <= kTries / 100);
  CHECK(wrong_unpaired <= kTries / 100);
  CHECK(equivalent > kTries / 4);
}

TEST_CASE("5 % slower is REGRESSED where the noise floor is at most 1.3 %") {
  statistics::Random random(43);
  int seen = 0, tries = 0;
  while (tries < 100) {
    const Evidence row = paired(12, 0.05, 0.003 + 0.009 * statistics::uniform(random), random);
    if (row.noise_floor > 0.013) continue;
    ++tries;
    seen += decision_of(row) == Decision::kRegressed ? 1 : 0;
  }
  CHECK(seen >= 0.95 * tries);
}

TEST_CASE("elsewhere four times the noise floor is REGRESSED") {
  statistics::Random random(47);
  int seen = 0, tries = 0;
  while (tries < 100) {
    const double spread = 0.02 + 0.04 * statistics::uniform(random);
    const double floor = paired(16, 0, spread, random).noise_floor;
    if (floor < 0.013 || floor > 0.1) continue;
    ++tries;
    Evidence row = paired(16, 4 * floor, spread, random);
    row.noise_floor = floor;
    seen += decision_of(row) == Decision::kRegressed ? 1 : 0;
  }
  CHECK(seen >= 0.95 * tries);
}

TEST_CASE("faster is IMPROVED, by the same rules") {
  statistics::Random random(53);
  CHECK(decision_of(paired(12, -0.1, 0.005, random)) == Decision::kImproved);
  CHECK(decision_of(paired(12, 0.1, 0.005, random)) == Decision::kRegressed);
}

TEST_CASE("a difference that is certain but small is no regression") {
  // p is as small as it can be; the effect is below what counts. A p-value without an effect size
  // would stop the release.
  statistics::Random random(59);
  const RowDecision one = decide({paired(16, 0.01, 0.0005, random)}).front();
  CHECK(one.p < 0.001);
  CHECK(one.cliffs_delta > 0.9);
  CHECK(one.decision == Decision::kEquivalent);
}

TEST_CASE("too few runs say so, and are never EQUIVALENT") {
  statistics::Random random(61);
  const RowDecision one = decide({paired(4, 0, 0.0001, random)}).front();
  CHECK(one.decision == Decision::kInconclusive);
  CHECK(one.too_few);
  CHECK(one.why.find("too few runs") != std::string::npos);
  CHECK(one.runs_needed == 8U);
  const Evidence apart{.name = "row",
                       .base = logs(3, 0, 0.001, random),
                       .fresh = logs(3, 0, 0.001, random),
                       .block_ratios = {},
                       .noise_floor = 0.001};
  CHECK(decide({apart}).front().too_few);
  // The more rows, the smaller the p that each needs.
  CHECK(least_blocks(1) == 8);
  CHECK(least_blocks(16) == 12);
  CHECK(least_blocks(100) == 15);
}

TEST_CASE("a side of few runs is too few, however many the other has") {
  statistics::Random random(62);
  for (const auto& [few, many] :
       {std::pair<std::size_t, std::size_t>{1, 200}, {1, 1200}, {4, 12}, {2, 2000}}) {
    CAPTURE(few, many);
    for (const double effect : {0.0, 0.5}) {
      const Evidence row{.name = "row",
                         .base = std::vector<double>(few, 0.0),
                         .fresh = logs(many, effect, 0.0001, random),
                         .block_ratios = {},
                         .noise_floor = 0.001};
      const RowDecision one = decide({row}).front();
      CHECK(one.decision == Decision::kInconclusive);
      CHECK(one.too_few);
      CHECK(one.why.find("too few runs: " + std::to_string(few)) == 0);
      CHECK(one.runs_needed == 5U);
    }
  }
}

TEST_CASE("the runs that are told are enough for p too, not for the interval alone") {
  // All but two blocks 5 % slower, and these two far off: the interval of the median is beyond the
  // limit, the ranks say nothing yet (p 0.23, a normal score of 1.2 of the 2.58 that 0.01 takes).
  Evidence row{.name = "row", .base = {}, .fresh = {}, .block_ratios = {}, .noise_floor = 0};
  for (int i = 0; i < 12; ++i) {
    const double log = i < 2 ? -0.3 - 1e-5 * i : 0.05 + 1e-5 * i;
    row.base.push_back(0);
    row.fresh.push_back(log);
    row.block_ratios.push_back(log);
  }
  const RowDecision one = decide({row}).front();
  REQUIRE(one.decision == Decision::kInconclusive);
  REQUIRE(one.range95.low > 0.02);
  CHECK(one.p == Approx(0.23).margin(0.02));
  REQUIRE(one.runs_needed);
  CHECK(*one.runs_needed > 12 * 4);
  CHECK(*one.runs_needed < 12 * 6);
  // And of several rows each needs a smaller p.
  const RowDecision of_many = decide(std::vector<Evidence>(8, row)).front();
  REQUIRE(of_many.runs_needed);
  CHECK(*of_many.runs_needed > *one.runs_needed + 20);
}

TEST_CASE("INCONCLUSIVE names the runs that it would take, and they are enough") {
  statistics::Random random(67);
  const RowDecision one = decide({paired(12, 0.03, 0.02, random)}).front();
  REQUIRE(one.decision == Decision::kInconclusive);
  REQUIRE(one.runs_needed);
  CHECK(*one.runs_needed > 12);
}

TEST_CASE("a machine too noisy for anything is UNMEASURABLE, whatever it shows") {
  statistics::Random random(71);
  Evidence row = paired(12, 0.5, 0.01, random);
  row.noise_floor = 0.16;
  CHECK(decision_of(row) == Decision::kUnmeasurable);
  row.noise_floor = 0.14;
  CHECK(decision_of(row) == Decision::kRegressed);
}

TEST_CASE("delta_min is 2 %, or 1.5 noise floors") {
  statistics::Random random(73);
  Evidence row = paired(12, 0, 0.001, random);
  row.noise_floor = 0.01;
  CHECK(decide({row}).front().delta_min == Approx(0.02));
  row.noise_floor = 0.04;
  CHECK(decide({row}).front().delta_min == Approx(0.06));
}

/// A row without spread: what is decided is where `change` lies.
Decision exactly(double change, double noise_floor) {
  Evidence row{.name = "row", .base = {}, .fresh = {}, .block_ratios = {}, .noise_floor = 0};
  for (int i = 0; i < 12; ++i) {
    const double wobble = 1e-7 * i;
    row.base.push_back(wobble);
    row.fresh.push_back(std::log1p(change) + wobble);
    row.block_ratios.push_back(std::log1p(change) + wobble);
  }
  row.noise_floor = noise_floor;
  return decide({row}).front().decision;
}

TEST_CASE("+-delta_min is what it says on either side, as a share of the time") {
  using D = Decision;
  // The logarithm of 1 + delta is that of 1 - 1.96 % the other way round, and of 1 - 17.4 %.
  CHECK(exactly(-0.0197, 0) == D::kEquivalent);
  CHECK(exactly(-0.0203, 0) == D::kImproved);
  CHECK(exactly(0.0197, 0) == D::kEquivalent);
  CHECK(exactly(0.0203, 0) == D::kRegressed);
  CHECK(exactly(-0.195, 0.14) == D::kEquivalent);  // delta is 21 %
  CHECK(exactly(-0.215, 0.14) == D::kImproved);
  CHECK(exactly(0.195, 0.14) == D::kEquivalent);
  CHECK(exactly(0.215, 0.14) == D::kRegressed);
  CHECK(exactly(-0.22, 0.15) == D::kEquivalent);  // 22.5 %, the most there is
}

TEST_CASE("the runs that are told are those to the limit on that side") {
  // 20 % less with +-21 %: 1.0 point of room, and not 2.6 beyond a limit at 17.4 %.
  Evidence row{.name = "row", .base = {}, .fresh = {}, .block_ratios = {}, .noise_floor = 0.14};
  for (int i = 0; i < 12; ++i) {
    const double log = std::log1p(-0.20) + (i % 2 == 0 ? 0.03 : -0.03);
    row.base.push_back(0);
    row.fresh.push_back(log);
    row.block_ratios.push_back(log);
  }
  const RowDecision one = decide({row}).front();
  REQUIRE(one.decision == Decision::kInconclusive);
  REQUIRE(one.runs_needed);
  // The 90 % interval is 0.03 to either side, the limit log(0.8 / 0.79) away.
  CHECK(*one.runs_needed > 12 * 4);
}

/// Two programs on a machine that gets slower all the time, run by compare_in_blocks.
RunSide drifting(double effect, double drift, statistics::Random& random, double& time) {
  return [=, &random, &time](bool fresh, std::size_t, unsigned) -> Result<ReportNumbers> {
    time += drift;
    ReportNumbers report;
    report.tokens = 1000;
    report.wall_ns = 1e6 * std::exp(time) * (fresh ? 1 + effect : 1) * noisy(random, 0.003);
    report.verdicts = {{"accepted", 1000}};
    const double extra = fresh ? report.wall_ns * effect / (1 + effect) : 0;
    report.stage_ns = {{"signature", 0.8 * (report.wall_ns - extra)},
                       {"payload", 0.2 * (report.wall_ns - extra) + extra}};
    return report;
  };
}

TEST_CASE("drift falls on both sides of a block; a baseline of an hour ago would carry it all") {
  statistics::Random random(79);
  double time = 0;
  constexpr double kDrift = 0.002;  // 0.2 % a run: 10 % over the whole comparison
  const auto same =
      compare_in_blocks({"rs256"}, {.most_blocks = 12}, drifting(0, kDrift, random, time), {});
  REQUIRE(same.ok());
  CHECK(same.value().rows.front().decision.decision == Decision::kEquivalent);
  CHECK(std::abs(same.value().rows.front().decision.change) < 0.005);
  // The same two, one after the other.
  std::vector<double> before, after;
  time = 0;
  const RunSide run = drifting(0, kDrift, random, time);
  for (int i = 0; i < 48; ++i) {
    const double wall = run(false, 0, 1).value().wall_ns;
    (i < 24 ? before : after).push_back(std::log(wall));
  }
  const Evidence apart{
      .name = "r", .base = before, .fresh = after, .block_ratios = {}, .noise_floor = 0.003};
  CHECK(decision_of(apart) == Decision::kRegressed);
}

TEST_CASE("a slower stage is named, with its share") {
  statistics::Random random(83);
  double time = 0;
  const auto slower =
      compare_in_blocks({"rs256"}, {.most_blocks = 12}, drifting(0.05, 0, random, time), {});
  REQUIRE(slower.ok());
  const ComparedResult& row = slower.value().rows.front();
  CHECK(row.decision.decision == Decision::kRegressed);
  REQUIRE(row.stage);
  CHECK(row.stage->stage == "payload");
  CHECK(row.stage->share > 0.9);
  CHECK(stage_words(row).find("is in payload") != std::string::npos);
  CHECK(exit_code_of(slower.value(), true) == 1);
  const StageTable before = {{"a", 10}, {"b", 20}};
  const auto stage = explaining_stage(before, {{"a", 10}, {"hash", 3}, {"b", 19}}, 2);
  REQUIRE(stage);
  CHECK(stage->stage == "hash");
  CHECK(stage->share == Approx(1.5));
  CHECK_FALSE(explaining_stage({{"a", 1}}, {{"a", 1}}, 0));
  // Ten more, of which the stages know of one, or go the other way.
  const auto outside = explaining_stage(before, {{"a", 11}, {"b", 20}}, 10);
  REQUIRE(outside);
  CHECK(outside->stage == kOutsideStages);
  CHECK(outside->share == Approx(0.9));
  CHECK(explaining_stage(before, {{"a", 9}, {"b", 20}}, 10)->stage == kOutsideStages);
  // Less: the stage that became faster.
  CHECK(explaining_stage(before, {{"a", 4}, {"b", 20}}, -6)->stage == "a");
  const ComparedResult told{.decision = row.decision, .stage = outside, .counters = {}};
  CHECK(stage_words(told).find("90 % of") == 0);
  CHECK(stage_words(told).ends_with(" is outside the stages"));
}

TEST_CASE("lane use is an exact counter of a comparison of programs too, unless it varies") {
  statistics::Random random(89);
  double time = 0, wobble = 0;
  const RunSide timed = drifting(0, 0, random, time);
  const RunSide run = [&](bool fresh, std::size_t at, unsigned threads) {
    auto report = timed(fresh, at, threads);
    report.value().lane_use = {{"rsa", fresh ? 0.5 : 0.9}, {"sha256", 1}};
    if (fresh) report.value().lane_use["p256"] = 0.25 + wobble++;
    return report;
  };
  const auto varying = compare_in_blocks({"x"}, {.most_blocks = 12}, run, {});
  REQUIRE(varying.ok());
  CHECK(varying.value().rows[0].counters.empty());
  const RunSide steady = [&](bool fresh, std::size_t at, unsigned threads) {
    wobble = 0;
    return run(fresh, at, threads);
  };
  const auto found = compare_in_blocks({"x"}, {.most_blocks = 12}, steady, {});
  REQUIRE(found.ok());
  const std::string words =
      "lane use p256 0.000 -> 0.250 CHANGED; lane use rsa 0.900 -> 0.500 CHANGED";
  for (const std::string& text :
       {render_comparison_markdown(found.value()), render_comparison_junit(found.value())}) {
    CAPTURE(text);
    CHECK((text.find(words) != std::string::npos ||
           text.find("0.900 -&gt; 0.500 CHANGED") != std::string::npos));
  }
  CHECK(render_comparison_json(found.value(), 0).find("\"lane use sha256\":[1,1]") !=
        std::string::npos);
}

TEST_CASE("instructions and allocations of programs: told by both, changed beyond their runs") {
  statistics::Random random(91);
  double time = 0;
  const RunSide timed = drifting(0, 0, random, time);
  int number = 0;
  const auto counters_with = [&](double more_instructions, bool base_tells) {
    const RunSide run = [&, more_instructions, base_tells](bool fresh, std::size_t at,
                                                           unsigned threads) {
      auto report = timed(fresh, at, threads);
      // Two runs of one program differ a little.
      report.value().instructions = 5e6 + (number++ % 3) * 1e3 + (fresh ? more_instructions : 0);
      if (fresh || base_tells) report.value().allocations = 2000;
      return report;
    };
    const auto found = compare_in_blocks({"x"}, {.most_blocks = 12}, run, {});
    REQUIRE(found.ok());
    return found.value().rows[0].counters;
  };
  const auto same = counters_with(0, true);
  REQUIRE(same.size() == 2);
  CHECK(same[0].name == "instructions");
  CHECK_FALSE(same[0].changed());
  CHECK(same[1].base == 2);
  CHECK_FALSE(same[1].changed());
  const auto more = counters_with(1e4, false);
  REQUIRE(more.size() == 1);  // a build that does not tell its allocations
  CHECK(more[0].changed());
  CHECK(more[0].fresh - more[0].base == Approx(10).margin(2));
}

TEST_CASE("both programs run equally often and alternate in who is first") {
  std::string order;
  const RunSide run = [&](bool fresh, std::size_t, unsigned) -> Result<ReportNumbers> {
    order += fresh ? 'B' : 'A';
    return ReportNumbers{
        .tokens = 1, .wall_ns = 100, .verdicts = {{"accepted", 1}}, .stage_ns = {}};
  };
  REQUIRE(compare_in_blocks({"x"}, {.blocks = 8, .most_blocks = 8}, run, {}).ok());
  CHECK(order ==
        "AB"
        "ABBABAABABBABAABABBABAABABBABAAB");
}

TEST_CASE("programs that disagree on the verdicts are not compared for speed") {
  const RunSide run = [](bool fresh, std::size_t, unsigned) -> Result<ReportNumbers> {
    ReportNumbers report{.tokens = 10, .wall_ns = 100, .verdicts = {}, .stage_ns = {}};
    report.verdicts = {{"accepted", fresh ? 10U : 9U}};
    if (!fresh) report.verdicts["expired"] = 1;
    return report;
  };
  const auto result = compare_in_blocks({"x"}, {}, run, {});
  REQUIRE(result.ok());
  CHECK(result.value().rows.empty());
  CHECK(result.value().verdict_differences.size() == 2);
  CHECK(result.value().paired);
  const std::string junit = render_comparison_junit(result.value());
  CAPTURE(junit);
  CHECK(junit.find("tests=\"1\" failures=\"1\"") != std::string::npos);
  CHECK(junit.find("name=\"verdicts\"") == junit.rfind("name=\"verdicts\""));
  CHECK(junit.find("expired") != std::string::npos);
  CHECK(exit_code_of(result.value(), true) == 5);
}

TEST_CASE("blocks are added until the interval is narrow, or the budget is spent") {
  // What differs from block to block is the same for both runs of a block: no noise floor, and an
  // interval that stays wide.
  int runs = 0;
  const RunSide run = [&](bool fresh, std::size_t, unsigned) -> Result<ReportNumbers> {
    const int block = (runs++ - 2) / 4;
    return ReportNumbers{.tokens = 1,
                         .wall_ns = 1e6 * (fresh ? std::exp(0.05 * std::sin(1.7 * block)) : 1),
                         .verdicts = {{"accepted", 1}},
                         .stage_ns = {}};
  };
  REQUIRE(compare_in_blocks({"x"}, {.most_blocks = 20}, run, {}).ok());
  CHECK(runs == 2 + 4 * 20);
  runs = 0;
  REQUIRE(compare_in_blocks({"x"}, {.most_blocks = 20, .budget_s = 0}, run, {}).ok());
  CHECK(runs == 2 + 4 * 12);
  CHECK(narrow_enough(std::vector<double>(12, 0.01), 0, 1));
  CHECK_FALSE(narrow_enough({-0.05, 0.05, -0.04, 0.04, -0.03, 0.03, 0.02, -0.02}, 0, 1));
  // A floor that widens delta_min is a reason for more blocks, not for fewer.
  CHECK(narrow_enough(std::vector<double>(12, 0.01), 0.013, 1));
  CHECK_FALSE(narrow_enough(std::vector<double>(12, 0.01), 0.014, 1));
  // Four blocks far off do not move the median, but no test of ranks would find a change in them.
  std::vector<double> struck(12, 0.01);
  std::fill_n(struck.begin(), 4, -0.3);
  CHECK_FALSE(narrow_enough(struck, 0, 1));
  // 4.9e-4, the p of twelve equal blocks, is small enough for twenty rows.
  CHECK(narrow_enough(std::vector<double>(12, 0.01), 0, 20));
  CHECK_FALSE(narrow_enough(std::vector<double>(12, 0.01), 0, 21));
}

BenchFile file_of(double factor, double payload_factor, statistics::Random& random) {
  return made_up_file({made_up_row("rs256", 1, 30'000 * factor, 0.003, 20, random, payload_factor),
                       made_up_row("hs256", 1, 1'000, 0.003, 20, random)});
}

TEST_CASE("nothing in a bench file is a mark of Markdown or XML") {
  statistics::Random random(98);
  BenchFile base = file_of(1, 1, random), fresh = file_of(1, 1, random);
  const std::string hostile = R"(a\|b \<img src=x> ![p](http://x/p.png) [x](javascript:y) `c` "&)"
                              "\xEF\xBF\xBE\xEF\xBF\xBF";
  for (BenchFile* file : {&base, &fresh}) file->rows[0].workload = hostile;
  const auto result = compare_files(base, fresh, {});
  REQUIRE(result.ok());
  const std::string markdown = render_comparison_markdown(result.value());
  CAPTURE(markdown);
  CHECK(
      markdown.find(R"(a\\\|b \\\<img src=x> !\[p\](http://x/p.png) \[x\](javascript:y) \`c\`)") !=
      std::string::npos);
  const std::string junit = render_comparison_junit(result.value());
  CAPTURE(junit);
  CHECK(junit.find("&lt;img src=x&gt;") != std::string::npos);
  CHECK(junit.find("\xEF\xBF\xBE") == std::string::npos);
  CHECK(junit.find("\xEF\xBF\xBF") == std::string::npos);
  CHECK(junit.find("&quot;&amp;") != std::string::npos);
}

TEST_CASE("two files: a regression is exit 1, with the stage, in every form of output") {
  statistics::Random random(97);
  const auto result = compare_files(file_of(1, 1, random), file_of(1, 1.5, random), {});
  REQUIRE(result.ok());
  const Comparison& comparison = result.value();
  CHECK(exit_code_of(comparison, false) == 1);
  CHECK(exit_code_of(comparison, true) == 1);
  REQUIRE(comparison.rows.size() == 2);
  CHECK(comparison.rows[0].decision.decision == Decision::kRegressed);
  CHECK(comparison.rows[0].stage->stage == "payload");
  const auto has = [](const std::string& text, const std::string& part) {
    CAPTURE(text, part);
    CHECK(text.find(part) != std::string::npos);
  };
  for (const std::string& text :
       {render_comparison_text(comparison), render_comparison_markdown(comparison),
        render_comparison_json(comparison, 1), render_comparison_junit(comparison)}) {
    has(text, "REGRESSED");
    has(text, "EQUIVALENT");
    has(text, "payload");
  }
  has(render_comparison_text(comparison), "unpaired: drift is not controlled");
  CHECK(longest_line(render_comparison_text(comparison)) <= 80);
  has(render_comparison_text(comparison), "adj. p");
  has(render_comparison_text(comparison), "effect (Cliff)");
  has(render_comparison_markdown(comparison), "| rs256/threads:1 | **REGRESSED** |");
  has(render_comparison_junit(comparison), "<failure message=\"REGRESSED");
  has(render_comparison_junit(comparison), "failures=\"1\"");
  has(render_comparison_junit(comparison),
      "<property name=\"note\" value=\"unpaired: drift is not controlled\"/>");
  has(render_comparison_junit(comparison), "Cliff's delta +1.00 large; ");
  has(render_comparison_json(comparison, 1), "\"schema\":\"jotmill.compare/1\"");
  has(render_comparison_json(comparison, 1), "\"cliffs_delta\":");
}

TEST_CASE("two files of different workloads are an error, whichever way they differ") {
  statistics::Random random(101);
  const BenchFile base = file_of(1, 1, random);
  BenchFile other = base;
  other.rows[1].dataset = "d2";
  CHECK_FALSE(compare_files(base, other, {}).ok());
  other = base;
  other.rows.pop_back();
  CHECK_FALSE(compare_files(base, other, {}).ok());
  CHECK_FALSE(compare_files(other, base, {}).ok());
  other = base;
  other.rows[0].threads = 2;
  CHECK_FALSE(compare_files(base, other, {}).ok());
}

TEST_CASE("a pattern that matches nothing is an error, not a pass") {
  statistics::Random random(103);
  const BenchFile file = file_of(1, 1, random);
  CHECK(compare_files(file, file, {"rs256"}).value().rows.size() == 1);
  const auto none = compare_files(file, file, {"rs265"});
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().reason.find("rs265") != std::string::npos);
}

TEST_CASE("verdict counts of two files must be equal") {
  statistics::Random random(107);
  const BenchFile base = file_of(1, 1, random);
  BenchFile other = base;
  other.rows[0].verdicts["accepted"] = 991;
  const auto result = compare_files(base, other, {});
  REQUIRE(result.ok());
  CHECK(result.value().rows.empty());
  CHECK(exit_code_of(result.value(), true) == 5);
  CHECK(render_comparison_text(result.value()).find("VERDICTS DIFFER") != std::string::npos);
}

TEST_CASE("exact counters are compared without a test") {
  statistics::Random random(109);
  BenchFile base = file_of(1, 1, random), other = base;
  for (Sample& sample : base.rows[0].samples) sample.allocations = 1000;
  for (Sample& sample : other.rows[0].samples) sample.allocations = 2000;
  const auto result = compare_files(base, other, {});
  REQUIRE(result.ok());
  REQUIRE(result.value().rows[0].counters.size() == 1);
  CHECK(result.value().rows[0].counters[0].base == 1);
  CHECK(result.value().rows[0].counters[0].fresh == 2);
  CHECK(render_comparison_text(result.value()).find("allocations 1.000 -> 2.000 CHANGED") !=
        std::string::npos);
}

TEST_CASE(
    "counters of two files: changed where the runs of the one are beyond those of the other") {
  statistics::Random random(113);
  BenchFile base = file_of(1, 1, random), other = base;
  // With several threads it is chance which tokens share a batch: the same code gives both.
  base.rows[0].threads = other.rows[0].threads = 2;
  base.rows[0].lane_use = {{"p256", 0.92}, {"rsa", 0.90}};
  base.rows[0].lane_use_range = {{"p256", {0.90, 0.95}}, {"rsa", {0.88, 0.91}}};
  other.rows[0].lane_use = {{"p256", 0.94}, {"rsa", 0.80}};
  other.rows[0].lane_use_range = {{"p256", {0.93, 0.96}}, {"rsa", {0.70, 0.87}}};
  for (std::size_t i = 0; i < base.rows[0].samples.size(); ++i) {
    base.rows[0].samples[i].allocations = 1000 + static_cast<double>(i);
    other.rows[0].samples[i].allocations = 1010 + static_cast<double>(i);
  }
  const auto changed = [&] {
    const auto result = compare_files(base, other, {"rs256"});
    REQUIRE(result.ok());
    std::string names;
    for (const CounterPair& counter : result.value().rows[0].counters) {
      if (counter.changed()) names += counter.name + ";";
    }
    return names;
  };
  CHECK(changed() == "lane use rsa;");
  // A file of before there were ranges: of one run, which with one thread all runs are like.
  base.rows[0].lane_use_range.clear();
  CHECK(changed().empty());
  base.rows[0].threads = other.rows[0].threads = 1;
  CHECK(changed() == "lane use p256;lane use rsa;");
  base.rows[0].lane_use = {{"p256", 0.92}};
  base.rows[0].threads = other.rows[0].threads = 2;
  CHECK(changed() == "lane use rsa;");  // a kernel that was not used at all
}

TEST_CASE("exit codes: regressed before inconclusive before none") {
  Comparison comparison;
  const auto with = [&](std::vector<Decision> decisions) {
    comparison.rows.clear();
    for (const Decision decision : decisions) {
      ComparedResult row;
      row.decision.decision = decision;
      comparison.rows.push_back(row);
    }
    return std::array<int, 2>{exit_code_of(comparison, false), exit_code_of(comparison, true)};
  };
  using D = Decision;
  CHECK(with({D::kEquivalent, D::kImproved}) == std::array<int, 2>{0, 0});
  CHECK(with({D::kEquivalent, D::kInconclusive}) == std::array<int, 2>{3, 0});
  CHECK(with({D::kUnmeasurable}) == std::array<int, 2>{3, 0});
  CHECK(with({D::kInconclusive, D::kRegressed}) == std::array<int, 2>{1, 1});
}

}  // namespace
}  // namespace jotmill::tools
