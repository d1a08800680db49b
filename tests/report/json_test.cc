#include "jotmill/report_json.h"

#include <algorithm>

#include "report/reports.h"
#include "reports/packed.h"
#include "support/catch.h"

namespace jotmill::tools {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

test::Piece sample() {
  test::Piece piece;
  piece.rows.push_back(
      {.token = "a", .kid = "k", .iss = "i", .sub = "s", .exp = true, .iat = 1'699'999'999});
  piece.rows.push_back({.token = "a", .iss = "\"\\\x01\x7F\xC2\x85\xE2\x80\xA8\xE2\x80\xAE"});
  piece.rows.push_back({.token = "b",
                        .verdict = Verdict::kKeyNotFound,
                        .alg = Alg::kNone,
                        .key = kNoKey,
                        .passed = 3,
                        .kid = std::string("\0\n", 2)});
  piece.records = {.records = 4, .blank = 1, .with_tokens = 3, .candidates = 3, .tokens = 3};
  piece.events.push_back({InputEventKind::kInputUnreadable, "gone", 0, 0, "no such file"});
  return piece;
}

std::string sample_json() {
  const test::Piece piece = sample();
  return render_json(test::report_of({&piece}));
}

std::string reason_of(const std::string& json) {
  const auto read = read_json_report(json, "r.json");
  return read ? "" : read.error().reason;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("json: schema first, one member a line, the numbers of the sample") {
  const std::string json = sample_json();
  CHECK(json.starts_with("{\"schema\":\"jotmill.report/1\",\n\"interrupted\":false,\n"));
  CHECK(json.ends_with("}}\n"));
  CHECK(holds(
      json,
      R"("summary":{"tokens":3,"accepted":2,"rejected":1,"distinct":2,"distinct_exact":true,"repeats":1,"not_compared":0,"token_bytes":3,"input_bytes":6})"));
  CHECK(holds(
      json,
      R"("records":{"records":4,"blank":1,"with_tokens":3,"record_without_token":0,"record_not_json":0,"record_too_long":0,"candidates":3,"tokens":3,"truncated":0,"redacted":0,"lookalike":0,"record_without_time":0})"));
  CHECK(holds(json, R"("verdicts":{"accepted":2,"token_empty":0,)"));
  CHECK(holds(json, R"("key_not_found":1,)"));
  CHECK(holds(
      json,
      R"("algorithms":[{"alg":"RS256","tokens":2,"accepted":2},{"alg":"other","tokens":1,"accepted":0}])"));
  CHECK(holds(
      json,
      R"("keys":{"without_key":1,"used":[{"key":"k0","tokens":2,"accepted":2,"algs":["RS256"],"several_algs":false}]})"));
  CHECK(holds(
      json,
      R"("claims":{"verified":2,"unverified":1,"read":2,"without_iss":0,"without_sub":1,"without_iat":1,"accepted_read":2,"accepted_without_exp":1})"));
  CHECK(holds(
      json,
      R"("issuers":{"tokens":2,"exact":true,"distinct":2,"error_at_most":0,"complete_from":1,"top":[)"));
  CHECK(holds(json, R"({"value":"i","tokens":1,"accepted":1,"rejected":0})"));
  CHECK(holds(
      json, R"("sizes":{"count":3,"min":1,"max":1,"p50":1,"p90":1,"p99":1,"buckets":[[1,1,3]]})"));
  CHECK(holds(json, R"("ages":{"count":1,"min":1,"max":1,)"));
  CHECK(holds(
      json,
      R"("listed":[{"event":"input_unreadable","source":"gone","offset":0,"line":0,"reason":"no such file"}])"));
  CHECK(holds(json, R"("not_asked":["audience","exp_required","typ"])"));
  CHECK(holds(json, R"("relaxations":["allow-padding"])"));
  CHECK(holds(
      json,
      R"("first_as_of":{"s":1700000000,"ns":0},"last_as_of":{"s":1700000000,"ns":0},"as_of_record":false,"year":null,"max_age":null,"typ":null)"));
  CHECK(holds(
      json,
      R"("run":{"runs":1,"wall_ns":1000000000,"thread_wall_ns":2000000000,"threads":2,"peak_rss_bytes":67108864,"tokens_per_s":3,"bytes_per_s":6,"tokens_per_s_per_thread":1,"waiting_ns":1900000000,"stage_ns":{)"));
  CHECK(holds(
      json,
      R"("lanes":{"rsa":{"used":90,"total":96},"sha256":{"used":500,"total":500}},"memo":{"hits":3,"misses":1},"headers":{"hits":99,"misses":1},"cross_check":{"checked":7,"disagreed":2},"tables":{"Ed25519 k1":{"window":11,"bytes":1507328,"build_ns":4000000,"signatures":20000},"P-256 base point":{"window":8,"bytes":262144,"build_ns":700000,"signatures":300}})"));
  CHECK(std::count(json.begin(), json.end(), '\n') == 25);
}

TEST_CASE("json: controls, DEL, C1, line separators and bidirectional controls are escaped") {
  const std::string json = sample_json();
  CHECK(holds(json, R"("value":"\"\\\u0001\u007f\u0085\u2028\u202e")"));
  CHECK(holds(json, R"("value":"\u0000\u000a")"));
}

TEST_CASE("json: read back and written again, the bytes are the same") {
  const std::string json = sample_json();
  const auto read = read_json_report(json, "r.json");
  INFO(reason_of(json));
  REQUIRE(read.ok());
  CHECK(render_json(read.value()) == json);
  CHECK(read.value().options.policy.issuers == std::vector<std::string>{"https://issuer.example"});
}

TEST_CASE("json: every option comes back") {
  RunOptions options;
  Policy& policy = options.policy;
  policy = {.algs = {"RS256", "ES256"},
            .issuers = {"i"},
            .audiences = {"a", "b"},
            .subjects = {"s"},
            .require = {"jti", "exp"},
            .leeway_exp = {1, 2},
            .leeway_nbf = {3, 4},
            .leeway_iat = {5, 6},
            .as_of = TimePoint{-7, 8},
            .max_age = Duration{9, 10},
            .typ = "at+jwt",
            .claims = false,
            .allow_padding = true,
            .allow_weak_secret = true,
            .max_token_bytes = 11};
  options.show = {"sub", "iss"};
  options.fields = {"/a", "/b"};
  options.max_record_bytes = 12;
  RunReport report;
  report.options = report_options(options);
  const std::string json = render_json(report);
  const auto read = read_json_report(json, "r.json");
  REQUIRE(read.ok());
  CHECK(render_json(read.value()) == json);
  CHECK_FALSE(why_not_addable(report, read.value()));
  const Policy& back = read.value().options.policy;
  CHECK(back.require == policy.require);
  CHECK(back.leeway_iat.ns == 6);
  CHECK(back.max_age->s == 9);
  CHECK(read.value().options.first_as_of->s == -7);
  CHECK(read.value().options.first_as_of->ns == 8);
}

TEST_CASE("json: times of records come back, and damaged ones are refused") {
  std::mt19937_64 random(4);
  const std::vector<test::Piece> pieces = test::random_pieces(random, 50, 5);
  std::vector<const test::Piece*> all;
  for (const test::Piece& piece : pieces) all.push_back(&piece);
  const RunReport report = test::report_of(all, false, true);
  const std::string json = render_json(report);
  const auto read = read_json_report(json, "r.json");
  INFO(reason_of(json));
  REQUIRE(read.ok());
  CHECK(render_json(read.value()) == json);
  CHECK(read.value().options.policy.as_of_record);
  CHECK(read.value().options.year == 2026);
  const auto with = [&](const std::string& from, const std::string& to) {
    const std::size_t at = json.find(from);
    REQUIRE(at != std::string::npos);
    return reason_of(std::string(json).replace(at, from.size(), to));
  };
  CHECK(holds(with("\"bucket_s\":", "\"bucket_s\":1"), "width"));
  CHECK(holds(with("\"tokens_with\":", "\"tokens_with\":1"), "add up"));
  CHECK(holds(with("\"buckets\":[[", "\"buckets\":[[1"), "bucket"));
  CHECK(holds(with("\"first_as_of\":null", "\"first_as_of\":{\"s\":1,\"ns\":0}"), "go together"));
}

TEST_CASE("json: unknown members are passed over") {
  const std::string json =
      replaced(sample_json(), "\"interrupted\"", "\"new\":{\"a\":[1,2]},\"interrupted\"");
  CHECK(reason_of(json) == "");
}

TEST_CASE("json: what is no report is refused with a reason") {
  CHECK(reason_of("") == "not a jotmill report: the file is empty");
  CHECK(reason_of("hello") == "not a jotmill report, or cut off: the file is not whole JSON");
  CHECK(reason_of("[]") == "not a jotmill report");
  CHECK(reason_of("{}") == "not a jotmill report");
  CHECK(reason_of(R"({"schema":5})") == "schema is not a string");
  CHECK(reason_of(R"({"schema":"other"})") == "not a jotmill report");
  CHECK(reason_of(R"({"schema":"jotmill.report/2"})") ==
        "a report of another version than jotmill.report/1");
  CHECK(reason_of(std::string(100000, '[')) ==
        "not a jotmill report, or cut off: the file is not whole JSON");
}

TEST_CASE("json: members that are missing, of the wrong type or out of range are named") {
  const std::string json = sample_json();
  CHECK(reason_of(replaced(json, "\"token_bytes\"", "\"other\"")) ==
        "summary.token_bytes is missing");
  CHECK(reason_of(replaced(json, "\"interrupted\":false", "\"interrupted\":0")) ==
        "interrupted is not true or false");
  CHECK(reason_of(replaced(json, "\"token_bytes\":3", "\"token_bytes\":-3")) ==
        "summary.token_bytes is not a number in range");
  CHECK(reason_of(replaced(json, "\"token_bytes\":3", "\"token_bytes\":9007199254740992")) ==
        "summary.token_bytes is not a number in range");
  CHECK(reason_of(replaced(json, "\"token_bytes\":3", "\"token_bytes\":3.5")) ==
        "summary.token_bytes is not a number in range");
  CHECK(reason_of(replaced(json, "\"token_empty\"", "\"token_odd\"")) ==
        "verdicts has a code that this build does not know");
  CHECK(reason_of(replaced(json, "{\"alg\":\"RS256\"", "{\"alg\":\"XX256\"")) ==
        "algorithms[0].alg is not one that this build knows");
  CHECK(reason_of(replaced(json, "[[1,1,3]]", "[[1,2,3]]")) ==
        "sizes.buckets[0] is no bucket of such a histogram");
  CHECK(reason_of(
            replaced(json, "\"s\":1700000000,\"ns\":0", "\"s\":1700000000,\"ns\":1000000000")) ==
        "options.first_as_of.ns is not a number in range");
  CHECK(reason_of(
            replaced(json, "\"last_as_of\":{\"s\":1700000000,\"ns\":0}", "\"last_as_of\":null")) ==
        "options.first_as_of and last_as_of do not go together");
}

TEST_CASE("json: times that a sum with a bucket's width would carry past all numbers are refused") {
  const auto with_start = [](const std::string& start) {
    return reason_of(replaced(sample_json(), R"("bucket_s":60,"buckets":[])",
                              R"("bucket_s":60,"buckets":[[)" + start + ",1,1]]"));
  };
  const std::string refused = "record_times.buckets[0] is not a bucket of that width";
  CHECK(with_start("9223372036854775800") == refused);
  CHECK(with_start("-9223372036854775800") == refused);
  CHECK(with_start("1599999961") == refused);
  CHECK(with_start("1599999960") != refused);
}

TEST_CASE("json: numbers that do not add up are refused") {
  const std::string json = sample_json();
  CHECK(reason_of(replaced(json, "\"key_not_found\":1", "\"key_not_found\":2")) ==
        "its numbers do not add up: tokens = 3, but accepted + every reason = 4");
  CHECK(reason_of(replaced(json, "\"blank\":1", "\"blank\":0")) != "");
  CHECK(reason_of(replaced(json, R"("formats":{)", R"("formats":{"nope":1)")) ==
        "formats has a name that this build does not know");
  CHECK(holds(reason_of(replaced(json, R"("input_unreadable":1)", R"("input_unreadable":0)")),
              "input_unreadable events listed = 1, more than those counted = 0"));
  CHECK(holds(reason_of(replaced(json, R"("input_unreadable":1)", R"("input_unreadable":2)")),
              "events listed"));
}

TEST_CASE(
    "json: a report cut off anywhere is refused, and so is every report with a byte changed, or it "
    "reads well") {
  const std::string json = sample_json();
  for (std::size_t length = 0; length + 2 < json.size(); ++length) {
    REQUIRE(reason_of(json.substr(0, length)) != "");
  }
  std::mt19937_64 random(1);
  std::size_t refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string changed = json;
    for (std::uint64_t n = 1 + random() % 3; n > 0; --n) {
      changed[random() % changed.size()] =
          static_cast<char>(random() % 2 == 0 ? random() : "0123456789{}[],:\"\\-"[random() % 19]);
    }
    const auto read = read_json_report(changed, "r.json");
    refused += !read.ok();
    if (!read) continue;
    // What is taken can be written and read again, whatever it was.
    REQUIRE(reason_of(render_json(read.value())) == "");
  }
  CHECK(refused > 10000);
}

/// So many tokens, all rejected before a key was looked for.
RunReport report_of_rejected(std::uint64_t tokens) {
  RunReport report;
  report.tokens = report.without_key = report.claims.unverified = tokens;
  report.records.records = report.records.with_tokens = tokens;
  report.records.candidates = report.records.tokens = tokens;
  report.verdicts[static_cast<std::size_t>(Verdict::kKeyNotFound)] = tokens;
  report.algs[0].tokens = tokens;
  for (TopList* list : {&report.channels, &report.layers, &report.sources})
    list->count("x", {0, tokens, 1});
  report.sizes.count(100, tokens);
  return report;
}

TEST_CASE("json: damaged sketches are refused") {
  RunReport report = report_of_rejected(TopList::kExactValues + 1);
  for (std::size_t i = 0; i <= TopList::kExactValues; ++i) {
    report.rejected_kids.count("k" + std::to_string(i), {0, 1, i * 2654435761u});
    report.distinct.add_hash(i * 0x9E3779B97F4A7C15u);
  }
  report.rejected_kids.settle();
  const std::string json = render_json(report);
  REQUIRE(reason_of(json) == "");
  CHECK(holds(reason_of(replaced(json, "\"rejected\":65537,\"accepted_cells\"",
                                 "\"rejected\":65538,\"accepted_cells\"")),
              "state.rejected_kids.rejected_cells"));
  CHECK(holds(reason_of(replaced(json, "\"accepted_cells\":\"AA", "\"accepted_cells\":\"BA")),
              "state.rejected_kids.accepted_cells"));
  CHECK(holds(reason_of(replaced(json, "\"registers\":\"", "\"registers\":\"A")),
              "state.distinct.registers"));
  std::string high_rank = json;
  high_rank[json.find("\"registers\":\"") + 13] = '/';
  CHECK(holds(reason_of(high_rank), "state.distinct.registers"));
}

TEST_CASE("packed: numbers and ranks come back, and nothing else is taken") {
  std::mt19937_64 random(4);
  for (std::size_t count = 0; count < 50; ++count) {
    std::vector<std::uint64_t> numbers;
    std::vector<std::uint8_t> ranks;
    for (std::size_t i = 0; i < count; ++i) {
      numbers.push_back(random() >> random() % 64);
      ranks.push_back(static_cast<std::uint8_t>(random() % 50));
    }
    const std::string text = pack_numbers(numbers);
    CHECK(unpack_numbers(text, count) == numbers);
    CHECK_FALSE(unpack_numbers(text, count + 1));
    if (count > 0) CHECK_FALSE(unpack_numbers(text, count - 1));
    CHECK(unpack_ranks(pack_ranks(ranks), count, 49) == ranks);
  }
  CHECK(pack_numbers(std::vector<std::uint64_t>{0, 127, 128}) == "AH+AAQ==");
  CHECK(pack_ranks(std::vector<std::uint8_t>{0, 1, 25, 26, 49}) == "ABZax");
  CHECK_FALSE(unpack_numbers("AH+AAQ=", 3));
  CHECK_FALSE(unpack_numbers("AH+AAR==", 3));  // trailing bits
  CHECK_FALSE(unpack_numbers("gAA=", 1));      // zero in two bytes
  CHECK_FALSE(unpack_numbers("/////////////w==", 1));
  CHECK_FALSE(unpack_numbers("A*==", 1));
  CHECK_FALSE(unpack_numbers("====", 0));
  CHECK_FALSE(unpack_ranks("y", 1, 49));
  CHECK_FALSE(unpack_ranks("=", 1, 49));
}

}  // namespace
}  // namespace jotmill::tools
