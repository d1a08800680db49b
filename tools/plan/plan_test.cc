#include "tools/plan/plan.h"

#include <fmt/format.h>

#include <cmath>

#include "support/catch.h"
#include "tools/bench/made_up_bench_test.h"
#include "tools/plan/on_the_spot.h"

namespace jotmill::tools {
namespace {

/// A bench of RS256 (30 us) and ES256 (100 us), each on 1 to `most` threads along one curve.
BenchFile bench(unsigned most, double alpha, double beta, double noise = 0.002) {
  statistics::Random random(3);
  std::vector<BenchRow> rows;
  for (const auto& [name, ns] : {std::pair("RS256", 30'000.0), std::pair("ES256", 100'000.0)}) {
    for (unsigned n = 1; n <= most; ++n) {
      const statistics::ScalingParameters law{1e9 / ns, alpha, beta};
      rows.push_back(made_up_row(name, n, 1e9 / law.rate(n), noise, 12, random));
    }
  }
  return made_up_file(std::move(rows));
}

TokenMix mix_of(const BenchFile& file, const std::string& text) {
  const auto shares = parse_mix(text);
  REQUIRE(shares.ok());
  auto mix = mix_from_bench(file, shares.value());
  if (!mix) FAIL(mix.error().reason);
  return std::move(mix).value();
}

CapacityPlan plan_of(const BenchFile& file, const std::string& text) {
  auto plan = begin_plan(mix_of(file, text));
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

std::string reason_for(const std::string& mix) {
  const auto shares = parse_mix(mix);
  REQUIRE_FALSE(shares.ok());
  CHECK(shares.error().kind == ErrorKind::kUsage);
  return shares.error().reason;
}

TEST_CASE("a mix must add up") {
  CHECK(parse_mix("RS256=65,ES256=30,HS256=5").value()[0].second == Approx(0.65));
  CHECK(parse_mix("RS256=65%, ES256 = 30 % ,HS256=5").value()[1].second == Approx(0.3));
  CHECK(parse_mix("RS256=65, ES256=35").value()[1].first == "ES256");
  CHECK(parse_mix("RS256=33.33,ES256=33.33,HS256=33.33").ok());
  CHECK(parse_mix("RS256=0.65,ES256=0.35").value()[1].second == Approx(0.35));
  for (const char* wrong : {"RS256=0.65,ES256=0.3", "HS256=1", "HS256=99.98",
                            "HS256=50,RS256=50.02", "HS256=50%%,RS256=50"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_mix(wrong).ok());
  }
  CHECK(parse_mix("RS256=100").ok());
  CHECK(reason_for("RS256=65,ES256=30").find("does not add up") != std::string::npos);
  CHECK(reason_for("RS256=65,RS256=35").find("twice") != std::string::npos);
  CHECK(reason_for("RS256=50,RS256=50").find("twice") != std::string::npos);
  CHECK_FALSE(parse_mix("RS256=100,").ok());
  CHECK_FALSE(parse_mix("").ok());
  for (const char* bad : {"RS256", "=100", "RS256=x", "RS256=-5,ES256=105", "RS256=0,ES256=100",
                          "RS256=100x", "RS256=nan", "RS256=inf"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_mix(bad).ok());
  }
}

TEST_CASE("a mix is one of algorithms, each once, whatever the letters") {
  CHECK(parse_mix("rs256=65,eddsa=35").value()[1].first == "EdDSA");
  CHECK(parse_mix("rs256/4096=100").value()[0].first == "RS256/4096");
  CHECK(reason_for("rs256=50,RS256=50").find("twice") != std::string::npos);
  for (const char* name : {"log", "api", "RS256/1024", "HS256/2048", "from-log"}) {
    const std::string reason = reason_for(std::string(name) + "=100");
    CAPTURE(reason);
    CHECK(reason.find("is no algorithm") != std::string::npos);
    CHECK(reason.find("--workload") != std::string::npos);
  }
  // A workload may have the name of an algorithm and be none of it alone.
  BenchFile file = bench(2, 0, 0);
  for (BenchRow& row : file.rows) {
    if (row.workload == "RS256") row.mix = {{"RS256", 0.5}, {"HS256", 0.5}};
  }
  CHECK_FALSE(mix_from_bench(file, {{"RS256", 1.0}}).ok());
}

TEST_CASE("the rate of a mix is that of its parts, one after the other") {
  const TokenMix mix = mix_of(bench(2, 0, 0, 0), "RS256=50,ES256=50");
  for (const statistics::Observation& one : rates_of(mix)) {
    CHECK(one.rate == Approx(one.n * 1e9 / 65'000));
  }
}

TEST_CASE("what was not measured is named") {
  const auto mix = mix_from_bench(bench(2, 0, 0), {{"PS512", 1.0}});
  REQUIRE_FALSE(mix.ok());
  CHECK(mix.error().reason.find("PS512") != std::string::npos);
  CHECK(mix.error().reason.find("was not measured alone") != std::string::npos);
  // Nothing could measure it, here or elsewhere.
  const auto unknown = mix_from_bench(bench(2, 0, 0), {{"XX", 1.0}});
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().reason.find("is no algorithm") != std::string::npos);
  CHECK_FALSE(mix_from_workload(bench(2, 0, 0), "nothing").ok());
  CHECK(mix_from_workload(bench(2, 0, 0), "RS256").ok());
}

TEST_CASE("online: rate and headroom alone are a division") {
  // 1 / 51 us = 19,608 tokens/s a core, linear: 250k/s at 30 % headroom takes 18.2 cores.
  CapacityPlan plan = plan_of(bench(8, 0, 0), "RS256=70,ES256=30");
  const Status answered = answer_online(plan, {.rate = 250'000, .headroom = 0.3, .spare = 1}, {});
  REQUIRE(answered.ok());
  CHECK(plan.online->cores == 19 + 1);
  CHECK(plan.online->low <= plan.online->cores);
  REQUIRE(plan.online->high);
  CHECK(*plan.online->high >= plan.online->cores);
  CHECK(*plan.online->high - plan.online->low <= 2);
  CHECK(plan.online->binds == "rate and headroom");
  CHECK(plan.online->utilisation == Approx(250'000 * 51e-6 / 19).epsilon(0.01));
  // 19 is more than twice 8.
  CHECK(plan.extrapolated);
  CHECK(render_plan_text(plan).find("20 cores [") == 0);
  CHECK(render_plan_text(plan).find("extrapolation") != std::string::npos);
}

TEST_CASE("online: p99 takes more cores, and the simulation agrees") {
  CapacityPlan plan = plan_of(bench(8, 0.01, 0), "RS256=70,ES256=30");
  REQUIRE(answer_online(plan, {.rate = 60'000}, {}).ok());
  const std::uint64_t for_rate = plan.online->cores;
  REQUIRE(answer_online(plan, {.rate = 60'000, .p99_s = 0.00016}, {}).ok());
  CHECK(plan.online->cores > for_rate);
  CHECK(plan.online->binds == "p99");
  CHECK(plan.online->p99_s <= 0.00016);
  CHECK(plan.online->simulated_p99_s == Approx(plan.online->p99_s).epsilon(0.1));
  CHECK_FALSE(plan.extrapolated);
}

TEST_CASE("what no number of cores meets is an error that says why") {
  CapacityPlan plan = plan_of(bench(8, 0.1, 0.02), "RS256=70,ES256=30");
  const Status rate = answer_online(plan, {.rate = 1e9}, {});
  REQUIRE_FALSE(rate.ok());
  CHECK(rate.error().kind == ErrorKind::kUsage);
  CHECK(rate.error().reason.find("throughput peaks") != std::string::npos);
  const Status p99 = answer_online(plan, {.rate = 1000, .p99_s = 1e-6}, {});
  REQUIRE_FALSE(p99.ok());
  CHECK(p99.error().reason.find("the best p99 at this rate is ") != std::string::npos);
  CHECK(p99.error().reason.find("with 1 core (") != std::string::npos);
  // A straight line has no peak: it ends where we end.
  CapacityPlan line = plan_of(bench(8, 0, 0, 0), "RS256=100");
  const Status end = answer_online(line, {.rate = 1e12}, {});
  REQUIRE_FALSE(end.ok());
  CHECK(end.error().reason.find("peaks") == std::string::npos);
  CHECK(end.error().reason.find("4096 cores") != std::string::npos);
}

TEST_CASE("an impossibility that noise may have made says so") {
  // Two numbers of threads and a noise floor over the limit: Amdahl's curve ends near the wish.
  BenchFile file = bench(2, 0.6, 0, 0.05);
  file.rows[0].noise_floor = 0.3;
  CapacityPlan plan = plan_of(file, "RS256=100");
  REQUIRE(plan.fits.front().law == statistics::ScalingLaw::kAmdahl);
  const Status rate =
      answer_online(plan, {.rate = 1.01 * plan.fits.front().at.rate(kMostCores)}, {});
  REQUIRE_FALSE(rate.ok());
  CAPTURE(rate.error().reason);
  const auto says = [](const Status& status, const std::string& part) {
    CAPTURE(status.error().reason, part);
    CHECK(status.error().reason.find(part) != std::string::npos);
  };
  says(rate, "not for sure: by ");
  says(rate, "an extrapolation, from 2 numbers of threads up to 2");
  says(rate, "doubt: the measurements do not agree with themselves (noise floor 30.0 %");
  const double best_s = 1e6 / plan.fits.front().at.rate(kMostCores);
  const Status heap =
      answer_offline(plan, {.tokens = 1e6, .bytes = 1e6, .within_s = 0.99 * best_s}, {});
  REQUIRE_FALSE(heap.ok());
  says(heap, "doubt: ");
  says(heap, "an extrapolation");
  // What is certain is said without any of it.
  CapacityPlan sure = plan_of(bench(8, 0.1, 0.02), "RS256=100");
  const Status never = answer_online(sure, {.rate = 1e9}, {});
  REQUIRE_FALSE(never.ok());
  for (const char* part : {"not for sure", "extrapolation", "doubt"}) {
    CHECK(never.error().reason.find(part) == std::string::npos);
  }
}

TEST_CASE("a range that may have no end says so") {
  // So near the peak that noise decides whether any number of cores gets there.
  CapacityPlan plan = plan_of(bench(8, 0.2, 0.01, 0.03), "RS256=100");
  double peak = 0;
  for (int c = 1; c <= 4096; ++c) peak = std::max(peak, plan.fits.front().at.rate(c));
  REQUIRE(answer_online(plan, {.rate = 0.99 * peak}, {}).ok());
  CHECK_FALSE(plan.online->high);
  CHECK(plan.extrapolated);
  CHECK(render_plan_text(plan).find(", no end]") != std::string::npos);
  CHECK(render_plan_json(plan).find("\"high\":null") != std::string::npos);
}

TEST_CASE("a workload as it was measured: its own algorithms, and its own repeats") {
  BenchFile file = bench(2, 0, 0, 0);
  for (BenchRow& row : file.rows) {
    if (row.workload != "RS256") continue;
    row.workload = "api";
    row.mix = {{"RS256", 1.0}};
    row.repeat_share = 0.9;
    row.memo_hit_rate = 0.5;
  }
  auto mix = mix_from_workload(file, "api");
  REQUIRE(mix.ok());
  auto plan = begin_plan(std::move(mix).value());
  REQUIRE(plan.ok());
  REQUIRE(answer_online(plan.value(), {.rate = 100'000}, {}).ok());
  CHECK(plan.value().online->cores == 4);  // 30 us: 3.0 cores, noise aside
  const auto& moves = plan.value().online->moves;
  CHECK(moves[1].time_change == Approx(0.7 * 3).epsilon(0.01));
  // The half that the memo did not know took 70 % of the time; so does the other half now.
  CHECK(moves[2].time_change == Approx(0.7).epsilon(0.01));
  CHECK(moves[2].note.find("assumed") != std::string::npos);
  for (BenchRow& row : file.rows) {
    if (row.workload == "api") row.mix = {{"RS256", 0.5}, {"ES256", 0.5}};
  }
  auto other = begin_plan(mix_from_workload(file, "api").value());
  REQUIRE(answer_online(other.value(), {.rate = 100'000}, {}).ok());
  CHECK_FALSE(other.value().online->moves[1].answered);
  CHECK(other.value().online->moves[1].note.find("several algorithms") != std::string::npos);
}

/// HS256 (1.1 us), RS256 (12 us, 120 us with 4096 bits), and "api", nine of ten the one and one the
/// other of `rsa_ns`, whose batches hardly vary.
BenchFile with_api(double rsa_ns, double factor = 1) {
  statistics::Random random(11);
  std::vector<BenchRow> rows;
  for (unsigned n = 1; n <= 8; ++n) {
    for (const auto& [name, ns] : {std::pair("HS256", 1'100.0), std::pair("RS256", 12'000.0),
                                   std::pair("RS256/4096", 120'000.0)}) {
      rows.push_back(made_up_row(name, n, ns / n, 0, 12, random));
      rows.back().mix = {{std::string(name).substr(0, 5), 1.0}};
    }
    rows.push_back(made_up_row("api", n, factor * (0.9 * 1'100 + 0.1 * rsa_ns) / n, 0, 12, random));
    rows.back().mix = {{"HS256", 0.9}, {"RS256", 0.1}};
    rows.back().batch.scv = 0.0005;
  }
  return made_up_file(std::move(rows));
}

CapacityPlan workload_plan(const BenchFile& file, const std::string& workload) {
  auto mix = mix_from_workload(file, workload);
  REQUIRE(mix.ok());
  auto plan = begin_plan(std::move(mix).value());
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

TEST_CASE("a workload's tokens differ as its algorithms do, not as its batches") {
  const OnlineWish wish{.rate = 100'000, .p99_s = 0.001};
  for (const auto& [rsa_ns, same] :
       {std::pair(12'000.0, "HS256=90,RS256=10"), std::pair(120'000.0, "HS256=90,RS256/4096=10")}) {
    CAPTURE(rsa_ns);
    CapacityPlan whole = workload_plan(with_api(rsa_ns), "api");
    CapacityPlan parts = plan_of(with_api(rsa_ns), same);
    REQUIRE(answer_online(whole, wish, {}).ok());
    REQUIRE(answer_online(parts, wish, {}).ok());
    const double mean = 0.9 * 1'100 + 0.1 * rsa_ns;
    const double square = 1.01 * (0.9 * 1'100 * 1'100 + 0.1 * rsa_ns * rsa_ns);
    CHECK(whole.online->service_scv == Approx(square / mean / mean - 1).epsilon(0.001));
    CHECK(whole.online->service_scv == Approx(parts.online->service_scv).epsilon(0.001));
    CHECK(whole.online->cores == parts.online->cores);
    CHECK(whole.online->p99_s == Approx(parts.online->p99_s).epsilon(0.001));
    CHECK(whole.online->simulated_p99_s == Approx(parts.online->simulated_p99_s).epsilon(0.01));
    CHECK(whole.online->p99_s >= 0.9e-9 * rsa_ns);  // one in ten takes that long
  }
  // Tokens a tenth longer than those of the parts: the mean is the workload's own.
  CapacityPlan longer = workload_plan(with_api(12'000, 1.1), "api");
  REQUIRE(answer_online(longer, wish, {}).ok());
  CHECK(longer.online->service_s == Approx(1.1e-9 * 2'190).epsilon(0.001));
  CHECK(render_plan_text(longer).find("(HS256 90 %, RS256 10 %)") != std::string::npos);
}

TEST_CASE("longer RSA keys in a workload of several algorithms: its RSA parts alone grow") {
  const OnlineWish wish{.rate = 100'000};
  CapacityPlan plan = workload_plan(with_api(12'000), "api");
  REQUIRE(answer_online(plan, wish, {}).ok());
  // The signature is 0.7 of the time: 84 us with 4096 bits, as measured, and not 8.4 us.
  CHECK(plan.online->moves[1].time_change == Approx(0.1 * (84 - 8.4) / 2.19).epsilon(0.001));
  CHECK(plan.online->moves[1].note.empty());
  BenchFile unmeasured = with_api(12'000);
  std::erase_if(unmeasured.rows, [](const BenchRow& row) { return row.workload == "RS256/4096"; });
  plan = workload_plan(unmeasured, "api");
  REQUIRE(answer_online(plan, wish, {}).ok());
  CHECK(plan.online->moves[1].time_change == Approx(0.1 * 3 * 8.4 / 2.19).epsilon(0.001));
  CHECK(plan.online->moves[1].note.find("assumed") == 0);
  CapacityPlan large = workload_plan(with_api(120'000), "api");
  REQUIRE(answer_online(large, wish, {}).ok());
  CHECK_FALSE(large.online->moves[1].answered);
}

/// The service times that `api` is taken to have, in us: HS256's and the other's.
std::pair<double, double> parts_us(const CapacityPlan& plan) {
  const auto& parts = plan.mix.costs[0].parts;
  REQUIRE(parts.size() == 2);
  const bool first = parts[0].name == "HS256";
  return {1e6 * parts[first ? 0 : 1].time_s, 1e6 * parts[first ? 1 : 0].time_s};
}

TEST_CASE("what was not measured alone has its usual time, and a doubt says so") {
  BenchFile unmeasured = with_api(12'000);
  for (BenchRow& row : unmeasured.rows) {
    if (row.workload == "api") row.mix = {{"HS256", 0.9}, {"ES384", 0.1}};
  }
  // HS256 alone is 1.1 us and ES384 usually 770 times that; the whole is 2.19 us a token.
  CapacityPlan plan = workload_plan(unmeasured, "api");
  REQUIRE(answer_online(plan, {.rate = 100'000, .p99_s = 0.001}, {}).ok());
  const auto [hs256, es384] = parts_us(plan);
  CHECK(0.9 * hs256 + 0.1 * es384 == Approx(2.19).epsilon(0.01));
  CHECK(es384 / hs256 == Approx(1000 / 1.3).epsilon(0.01));
  CHECK(plan.online->service_scv > 5);
  CHECK(render_plan_text(plan).find("of ES384 usual times are") != std::string::npos);
  CHECK(longest_line(render_plan_text(plan)) <= 80);
  // Half of the RSA keys are longer: the mean is the workload's own, and p99 that of long tokens.
  CapacityPlan longer = workload_plan(with_api(60'000), "api");
  REQUIRE(answer_online(longer, {.rate = 100'000, .p99_s = 0.001}, {}).ok());
  const auto [same, rsa] = parts_us(longer);
  CHECK(0.9 * same + 0.1 * rsa == Approx(6.99).epsilon(0.01));
  CHECK(rsa > 50);
  CHECK(longer.online->p99_s > 50e-6);
  CHECK(render_plan_text(longer).find("doubt: the algorithms of") != std::string::npos);
  // Longer than any row: the dearest part gets the difference.
  CapacityPlan longest = workload_plan(with_api(400'000), "api");
  const auto [least, most] = parts_us(longest);
  CHECK(least == Approx(1.1).epsilon(0.01));
  CHECK(most == Approx(400).epsilon(0.01));
}

TEST_CASE("where the parts are not known p99 is refused, and the rate alone is answered") {
  BenchFile unnamed = with_api(12'000), without = unnamed;
  for (BenchRow& row : unnamed.rows) {
    if (row.workload == "api") row.mix = {{"HS256", 0.9}, {"other", 0.1}};
  }
  for (BenchRow& row : without.rows) {
    if (row.workload == "api") row.mix.clear();
  }
  for (const BenchFile& file : {unnamed, without}) {
    CapacityPlan plan = workload_plan(file, "api");
    const Status p99 = answer_online(plan, {.rate = 100'000, .p99_s = 0.001}, {});
    REQUIRE_FALSE(p99.ok());
    CHECK(p99.error().kind == ErrorKind::kUsage);
    CAPTURE(p99.error().reason);
    CHECK(p99.error().subject == "--p99");
    CHECK(p99.error().reason.find("not known") != std::string::npos);
    REQUIRE(answer_online(plan, {.rate = 100'000}, {}).ok());
    CHECK(plan.online->cores >= 1);
    const std::string text = render_plan_text(plan);
    CAPTURE(text);
    CHECK(text.find("waiting and p99: how much the tokens of") != std::string::npos);
    CHECK(text.find("simulated") == std::string::npos);
    CHECK(render_plan_json(plan).find("\"p99_s\":null") != std::string::npos);
    CHECK(longest_line(text) <= 80);
  }
}

TEST_CASE("the memo makes the tokens of a workload differ too") {
  BenchFile file = with_api(12'000);
  for (BenchRow& row : file.rows) {
    if (row.workload != "api") continue;
    row.mix = {{"RS256", 1.0}};
    row.memo_hit_rate = 0.5;
  }
  CapacityPlan plan = workload_plan(file, "api");
  REQUIRE(answer_online(plan, {.rate = 100'000, .p99_s = 0.001}, {}).ok());
  // 0.3 of the mean for those that are known, 1.7 for the others.
  CHECK(plan.online->service_scv == Approx(0.7 * 0.7).epsilon(0.01));
}

TEST_CASE("longer RSA keys: measured where they were, else by the square of their length") {
  statistics::Random random(5);
  BenchFile file = made_up_file({made_up_row("RS256/3072", 1, 60'000, 0, 12, random)});
  auto plan = begin_plan(mix_of(file, "RS256/3072=100"));
  REQUIRE(answer_online(plan.value(), {.rate = 1000}, {}).ok());
  CHECK(plan.value().online->moves[1].time_change ==
        Approx(0.7 * (4096.0 * 4096 / 3072 / 3072 - 1)).epsilon(0.01));
  file.rows.push_back(made_up_row("RS256/4096", 1, 80'000, 0, 12, random));
  auto measured = begin_plan(mix_of(file, "RS256/3072=100"));
  REQUIRE(answer_online(measured.value(), {.rate = 1000}, {}).ok());
  CHECK(measured.value().online->moves[1].time_change == Approx(1.0 / 3).epsilon(0.01));
  CHECK(measured.value().online->moves[1].note.empty());
}

TEST_CASE("a change that no number of cores bears is told from one that is not known") {
  // 0.33 of the work in series: the curve ends near three times one core's rate.
  CapacityPlan plan = plan_of(bench(8, 0.33, 0), "RS256=100");
  const double peak = plan.fits.front().at.rate(4096);
  REQUIRE(answer_online(plan, {.rate = 0.9 * peak}, {}).ok());
  const std::string text = render_plan_text(plan);
  CAPTURE(text);
  CHECK(text.find("RSA-4096     no number of cores   assumed: four times") != std::string::npos);
  CapacityPlan other = plan_of(bench(8, 0, 0), "ES256=100");
  REQUIRE(answer_online(other, {.rate = 10'000}, {}).ok());
  CHECK(render_plan_text(other).find("RSA-4096     -                    no RSA") !=
        std::string::npos);
}

TEST_CASE("machines, cost and what moves the answer") {
  CapacityPlan plan = plan_of(bench(8, 0, 0), "RS256=100");
  PlanSettings settings;
  settings.machine_sizes = {1, 4};
  settings.price_core_hour = 0.05;
  REQUIRE(answer_online(plan, {.rate = 100'000, .spare = 1}, settings).ok());
  REQUIRE(plan.online->machines.size() == 2);
  const MachineLine& four = plan.online->machines[1];
  CHECK(four.machines == 1 + 1);
  CHECK(*four.cost_per_hour == Approx(0.05 * 8));
  CHECK(four.low <= four.machines);
  REQUIRE(four.high);
  CHECK(*four.high >= four.machines);
  CHECK(four.low >= 1 + 1);
  // 100,000 tokens/s are 3.0 of these: noise decides between three and four of them.
  const MachineLine& one = plan.online->machines[0];
  CHECK(one.machines - 1 >= 3);
  CHECK(one.low - 1 == 3);
  CHECK(*one.high - 1 == 4);
  const std::string text = render_plan_text(plan);
  CAPTURE(text);
  CHECK(text.find(fmt::format("{} [4, 5]", one.machines)) != std::string::npos);
  CHECK(render_plan_json(plan).find(fmt::format("\"machines\":{},\"low\":4,\"high\":5",
                                                one.machines)) != std::string::npos);
  // A price of a thousandth is one.
  settings.price_core_hour = 0.0001;
  REQUIRE(answer_online(plan, {.rate = 100'000, .spare = 1}, settings).ok());
  CHECK(render_plan_text(plan).find(" 0.0008\n") != std::string::npos);
  CapacityPlan heap = plan_of(bench(8, 0, 0), "RS256=100");
  REQUIRE(answer_offline(heap, {.tokens = 1e6, .bytes = 4e8}, settings).ok());
  CHECK(render_plan_text(heap).find(" 0.00\n") == std::string::npos);
  const auto& moves = plan.online->moves;
  REQUIRE(moves.size() == 3);
  CHECK(moves[0].what == "+10 % ES256");
  CHECK(*moves[0].cores == 4 + 1);  // 37 us a token: 3.7 cores
  CHECK(moves[1].what == "RSA-4096");
  CHECK(*moves[1].cores == 10 + 1);  // 70 % of 30 us four times: 93 us a token, 9.3 cores
  CHECK(moves[1].note.find("assumed") != std::string::npos);
  CHECK(moves[2].what == "memo off");
}

TEST_CASE("machines: their number keeps p99, and may have no end") {
  CapacityPlan plan = plan_of(bench(8, 0, 0), "RS256=70,ES256=30");
  PlanSettings settings;
  settings.machine_sizes = {4};
  REQUIRE(answer_online(plan, {.rate = 50'000, .p99_s = 0.00016}, settings).ok());
  const double capacity = plan.online->machines[0].capacity;
  REQUIRE(answer_online(plan, {.rate = 10 * capacity, .p99_s = 0.00016}, settings).ok());
  CHECK(plan.online->machines[0].machines == 10);
  CHECK(plan.online->machines[0].low <= 10);
  CHECK(plan.online->machines[0].high.value_or(10) >= 10);
  // Near the shortest p99 that there is, noise decides whether any number of machines does it.
  CapacityPlan noisy = plan_of(bench(8, 0.01, 0, 0.02), "RS256=70,ES256=30");
  REQUIRE(answer_online(noisy, {.rate = 10'000}, settings).ok());
  const double least = noisy.online->machines[0].least_p99_s;
  REQUIRE(answer_online(noisy, {.rate = 10'000, .p99_s = 1.001 * least}, settings).ok());
  CHECK_FALSE(noisy.online->machines[0].high);
  CHECK(render_plan_text(noisy).find(", no end]") != std::string::npos);
}

TEST_CASE("repeats spare signatures, and without the memo they do not") {
  TokenMix mix = mix_of(bench(8, 0, 0), "RS256=100");
  mix.repeat_share = 0.9;
  auto plan = begin_plan(std::move(mix));
  REQUIRE(plan.ok());
  REQUIRE(answer_online(plan.value(), {.rate = 110'000}, {}).ok());
  CHECK(plan.value().online->cores == 2);  // 30 us less 0.9 of 70 %: 11.1 us
  CHECK(*plan.value().online->moves[2].cores == 4);
}

TEST_CASE("repeats spare the signature alone, and of HMAC nothing") {
  statistics::Random random(13);
  BenchFile file = made_up_file({made_up_row("RS256", 1, 30'000, 0, 12, random),
                                 made_up_row("HS256", 1, 1'000, 0, 12, random)});
  // A quarter of the signature's time is that of the hash: the memo is asked by it.
  for (BenchRow& row : file.rows) {
    for (Sample& sample : row.samples) {
      const double signature = sample.stage_ns[1].second;
      sample.stage_ns[1].second = 0.75 * signature;
      sample.stage_ns.emplace_back("hash", 0.25 * signature);
    }
  }
  const auto with_repeats = [&](const char* mix) {
    TokenMix made = mix_of(file, mix);
    made.repeat_share = 0.9;
    auto plan = begin_plan(std::move(made));
    REQUIRE(answer_online(plan.value(), {.rate = 1'000}, {}).ok());
    return std::move(plan).value();
  };
  const CapacityPlan rsa = with_repeats("RS256=100"), hmac = with_repeats("HS256=100");
  const double spared = 0.9 * 0.7 * 0.75;
  CHECK(rsa.online->service_s == Approx(30e-6 * (1 - spared)));
  CHECK(rsa.online->moves[2].time_change == Approx(1 / (1 - spared) - 1));
  CHECK(hmac.online->service_s == Approx(1e-6));
  CHECK(hmac.online->moves[2].time_change == Approx(0).margin(1e-9));
}

TEST_CASE("offline: the slowest of three, and which it is") {
  CapacityPlan plan = plan_of(bench(8, 0, 0), "RS256=100");
  PlanSettings settings;
  settings.machine_sizes = {1, 8};
  const OfflineWish wish{.tokens = 1e6, .bytes = 4e8, .read_rate = 5e7, .decompress_rate = 1e9};
  REQUIRE(answer_offline(plan, wish, settings).ok());
  REQUIRE(plan.offline->lines.size() == 2);
  CHECK(plan.offline->lines[0].seconds == Approx(30).epsilon(0.02));
  CHECK(plan.offline->lines[0].binds == "verification");
  CHECK(plan.offline->lines[1].seconds == Approx(8));
  CHECK(plan.offline->lines[1].binds == "reading");
  OfflineWish within = wish;
  within.within_s = 11;
  REQUIRE(answer_offline(plan, within, settings).ok());
  CHECK(*plan.offline->cores == 3);
  within.within_s = 5;
  const Status never = answer_offline(plan, within, settings);
  REQUIRE_FALSE(never.ok());
  CHECK(never.error().reason.find("reading takes 8.00 s at least, however many") !=
        std::string::npos);
  // What moves it: within a time in cores, else in time.
  CHECK(*plan.offline->moves[1].cores == 9);  // 93 us a token: 8.5 cores
  CHECK(render_plan_text(plan).find("9 cores (+6)") != std::string::npos);
  CapacityPlan open = plan_of(bench(8, 0, 0), "RS256=100");
  REQUIRE(answer_offline(open, wish, settings).ok());
  CHECK(render_plan_text(open).find("% verification") != std::string::npos);
  CHECK(render_plan_json(open).find("\"time_change\":2.") != std::string::npos);
}

TEST_CASE("two numbers of threads: Amdahl and linear, an extrapolation, and still an answer") {
  CapacityPlan plan = plan_of(bench(2, 0.05, 0), "RS256=100");
  CHECK(plan.fits.size() == 2);
  CHECK(plan.fits.front().law == statistics::ScalingLaw::kAmdahl);
  CHECK_FALSE(plan.fits.front().aicc);
  REQUIRE(answer_online(plan, {.rate = 50'000}, {}).ok());
  CHECK(plan.extrapolated);
  CHECK(render_plan_text(plan).find("no AICc") != std::string::npos);
  CHECK(longest_line(render_plan_text(plan)) <= 80);
}

TEST_CASE("measurements that disagree with themselves are not answered from without a word") {
  CapacityPlan quiet = plan_of(bench(8, 0.02, 0, 0.002), "RS256=100");
  REQUIRE(answer_online(quiet, {.rate = 50'000}, {}).ok());
  CHECK(render_plan_text(quiet).find("doubt") == std::string::npos);
  BenchFile noisy = bench(8, 0.02, 0, 0.002);
  noisy.rows[3].noise_floor = 0.2;
  CapacityPlan plan = plan_of(noisy, "RS256=100");
  REQUIRE(answer_online(plan, {.rate = 50'000}, {}).ok());
  CHECK(render_plan_text(plan).find("doubt: ") != std::string::npos);
  CHECK(render_plan_text(plan).find("20.0 %") != std::string::npos);
  CHECK(render_plan_json(plan).find("\"noise_floor\":0.2") != std::string::npos);
  CapacityPlan offline = plan_of(noisy, "RS256=100");
  REQUIRE(answer_offline(offline, {.tokens = 1e6, .bytes = 1e9}, {}).ok());
  CHECK(render_plan_text(offline).find("doubt: ") != std::string::npos);
}

TEST_CASE("a machine that is of no use says why, long times are in hours, and lines are short") {
  // A token takes longer on many cores that contend: 32 of them cannot keep the p99, however few
  // tokens come.
  CapacityPlan plan = plan_of(bench(8, 0.15, 0), "RS256=70,ES256=30");
  plan.source =
      std::string("/a/folder/with/a/long/name/") + "and/a/file, measured long ago on this and that";
  REQUIRE(answer_online(plan, {.rate = 9'000, .p99_s = 0.0003}, {}).ok());
  const std::string text = render_plan_text(plan);
  CAPTURE(text);
  CHECK(text.find("      64*  none: p99 ") != std::string::npos);
  CHECK(text.find("       8 ") != std::string::npos);
  CHECK(text.find("* extrapolation: more than twice the 8 that") != std::string::npos);
  CHECK(longest_line(text) <= 80);
  CapacityPlan offline = plan_of(bench(8, 0.01, 0.0001), "RS256=70,ES256=30");
  REQUIRE(answer_offline(offline, {.tokens = 5e9, .bytes = 2e12, .within_s = 86400}, {}).ok());
  const std::string heap = render_plan_text(offline);
  CAPTURE(heap);
  CHECK(heap.find(" h") != std::string::npos);
  CHECK(heap.find("00 s") == std::string::npos);
  CHECK(longest_line(heap) <= 80);
}

TEST_CASE("measured on the spot: as much as a minute has room for, and a word on the rest") {
  using Numbers = std::vector<unsigned>;
  const SpotPlan few = plan_on_the_spot({{"RS256", 0.7}, {"HS256", 0.3}}, 4);
  CHECK(few.names == std::vector<std::string>{"RS256", "HS256", "ES256", "RS256/4096"});
  CHECK(few.threads == Numbers{1, 2, 3, 4});
  CHECK(few.left_out.empty());
  CHECK(plan_on_the_spot({{"HS256", 1}}, 1).threads == Numbers{1});
  std::vector<std::pair<std::string, double>> all;
  for (const char* name : {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384",
                           "PS512", "ES256", "ES384", "ES512", "ES256K", "EdDSA"}) {
    all.emplace_back(name, 1.0 / 14);
  }
  all[5].second += 0.1;
  const SpotPlan many = plan_on_the_spot(all, 64);
  CHECK(many.names.size() == 14 + 2);
  CHECK(many.names[14] == "RS512/4096");  // the largest share
  CHECK(many.threads == Numbers{1, 32, 64});
  REQUIRE(many.left_out.size() == 2);
  CHECK(many.left_out[0] == "RS384/4096, PS256/4096, PS384/4096, PS512/4096, which are assumed");
  CHECK(many.left_out[1] == "numbers of threads but 1, 32, 64");
  CapacityPlan plan = plan_of(bench(2, 0, 0), "RS256=100");
  plan.left_out = many.left_out[0];
  REQUIRE(answer_online(plan, {.rate = 1000}, {}).ok());
  CHECK(render_plan_text(plan).find("left out, to be done within a minute: RS384/4096") !=
        std::string::npos);
  CHECK(longest_line(render_plan_text(plan)) <= 80);
}

TEST_CASE("the plan as JSON and as a picture") {
  CapacityPlan plan = plan_of(bench(8, 0.02, 0.001), "RS256=70,ES256=30");
  plan.source = "numbers \"made\" up";
  REQUIRE(answer_online(plan, {.rate = 60'000, .p99_s = 0.001}, {}).ok());
  CHECK(plan.fits.front().law == statistics::ScalingLaw::kUsl);
  const std::string json = render_plan_json(plan);
  CHECK(json.find("\"schema\":\"jotmill.plan/1\"") != std::string::npos);
  CHECK(json.find("numbers \\\"made\\\" up") != std::string::npos);
  CHECK(json.find("\"simulation_gap\":") != std::string::npos);
  const std::string svg = render_plan_plot(plan);
  CHECK(svg.find(">cores<") != std::string::npos);
  CHECK(svg.find(">answer<") != std::string::npos);
  CHECK(svg.find(">USL<") != std::string::npos);
}

}  // namespace
}  // namespace jotmill::tools
