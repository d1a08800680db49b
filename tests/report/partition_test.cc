#include <algorithm>

#include "jotmill/report_json.h"
#include "report/reports.h"
#include "support/catch.h"

// The law of merge: however a capture is cut into runs, and in whatever order and grouping their
// reports are added, the sum is byte for byte the report of the whole in front of `run`.
namespace jotmill::tools {
namespace {

using test::Piece;

std::string outside_run(const RunReport& report) {
  const std::string json = render_json(report);
  const std::size_t run = json.find("\n\"run\":");
  REQUIRE(run != std::string::npos);
  return json.substr(0, run);
}

RunReport through_json(const RunReport& report) {
  const std::string json = render_json(report);
  auto read = read_json_report(json, "r.json");
  INFO((read ? "" : read.error().reason));
  REQUIRE(read.ok());
  REQUIRE(render_json(read.value()) == json);
  return std::move(read).value();
}

/// Cuts the pieces at random into runs, and adds their reports, each read back from its JSON, in
/// random order and grouping.
RunReport merged_at_random(const std::vector<Piece>& pieces, std::size_t runs,
                           std::mt19937_64& random) {
  std::vector<std::vector<const Piece*>> shares(runs);
  for (const Piece& piece : pieces) shares[random() % runs].push_back(&piece);
  std::vector<RunReport> reports;
  for (auto& share : shares) {
    std::shuffle(share.begin(), share.end(), random);
    reports.push_back(through_json(test::report_of(share)));
  }
  while (reports.size() > 1) {
    std::shuffle(reports.begin(), reports.end(), random);
    REQUIRE_FALSE(why_not_addable(reports.front(), reports.back()));
    reports.front().add(reports.back());
    reports.pop_back();
    if (random() % 2 == 0) reports.front() = through_json(reports.front());
  }
  return std::move(reports.front());
}

void check_law(std::size_t tokens, std::size_t texts, std::size_t rounds, std::uint64_t seed) {
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<Piece> pieces = test::random_pieces(random, tokens, texts);
  const RunReport whole = test::report_of(pieces);
  REQUIRE_FALSE(check_conservation(whole));
  const std::string expected = outside_run(whole);
  for (std::size_t round = 0; round < rounds; ++round) {
    const RunReport sum = merged_at_random(pieces, 1 + random() % 6, random);
    REQUIRE_FALSE(check_conservation(sum));
    // No CHECK of two texts of a megabyte: its message would be as long.
    const bool equal = outside_run(sum) == expected;
    REQUIRE(equal);
  }
}

TEST_CASE("merge: the sum of shards is the report of the whole, exact lists") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) check_law(2000, 300, 4, seed);
}

TEST_CASE("merge: likewise where distinct tokens are estimated in some shards and not in others") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) check_law(12000, 5000, 4, seed);
}

TEST_CASE("merge: likewise beyond 65,536 different issuers, subjects and kids") {
  check_law(200000, 1u << 30, 2, 20261123);
}

TEST_CASE("merge: beyond 65,536 texts only in the sum") {
  // Shards stay exact, their sum does not: the pouring must give what the whole run had.
  std::mt19937_64 random(5);
  const std::vector<Piece> pieces = test::random_pieces(random, 200000, 1u << 30);
  const RunReport whole = test::report_of(pieces);
  REQUIRE_FALSE(whole.subjects.exact());
  std::vector<std::vector<const Piece*>> shares(4);
  for (std::size_t i = 0; i < pieces.size(); ++i) shares[i % 4].push_back(&pieces[i]);
  RunReport sum = through_json(test::report_of(shares[0]));
  REQUIRE(sum.subjects.exact());
  for (std::size_t i = 1; i < 4; ++i) sum.add(through_json(test::report_of(shares[i])));
  const bool equal = outside_run(sum) == outside_run(whole);
  CHECK(equal);
}

TEST_CASE("merge: an empty report changes nothing outside run, an interrupted one is told") {
  std::mt19937_64 random(9);
  const std::vector<Piece> pieces = test::random_pieces(random, 100, 10);
  const RunReport one = test::report_of(pieces);
  RunReport sum = test::report_of(std::vector<const Piece*>{});
  sum.add(one);
  CHECK(outside_run(sum) == outside_run(one));
  sum.add(test::report_of({}, true));
  CHECK(sum.interrupted);
  CHECK(sum.run.runs == 3);
  CHECK(sum.run.wall_ns == 3'000'000'000);
  CHECK(sum.run.threads == 2);
  const auto signature = std::ranges::find(sum.run.stages, "signature", &StageTime::stage);
  REQUIRE(signature != sum.run.stages.end());
  CHECK(signature->ns == 225'000'000);
  CHECK(waiting_ns(sum.run) == 3 * waiting_ns(one.run));
}

TEST_CASE("merge: likewise where every token was judged at the time of its own record") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::mt19937_64 random(seed);
    const std::vector<Piece> pieces = test::random_pieces(random, 6000, 300);
    std::vector<const Piece*> all;
    for (const Piece& piece : pieces) all.push_back(&piece);
    const RunReport whole = test::report_of(all, false, true);
    REQUIRE_FALSE(check_conservation(whole));
    REQUIRE(whole.times.buckets.level > 0);
    std::shuffle(all.begin(), all.end(), random);
    const std::size_t cut = random() % all.size();
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(cut);
    RunReport sum = through_json(test::report_of({all.begin(), middle}, false, true));
    sum.add(through_json(test::report_of({middle, all.end()}, false, true)));
    const bool equal = outside_run(sum) == outside_run(whole);
    CHECK(equal);
    CHECK(why_not_addable(sum, test::report_of(pieces)));
  }
}

}  // namespace
}  // namespace jotmill::tools
