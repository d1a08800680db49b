#include "stats/count.h"

#include <string>

#include "stats/test_batch.h"
#include "support/catch.h"

namespace jotmill {
namespace {

using test::Row;

/// The report of one batch with these rows, each token on its own line.
RunReport report_of(const std::vector<Row>& rows, const CountContext& context,
                    std::vector<std::string> labels = {"key zero", "key one"}) {
  test::Batch batch(rows);
  BatchStats stats;
  stats.count(batch.columns(), context);
  ReportOptions options;
  options.first_as_of = options.last_as_of = context.as_of;
  options.policy.as_of_record = context.as_of_record;
  RunTotals totals(std::move(options), std::move(labels));
  totals.add(stats);
  RecordCounts records;
  records.records = records.with_tokens = records.tokens = records.candidates = rows.size();
  totals.add_records(records);
  return totals.finish({});
}

const CountContext kContext = {{"a.txt", "b.txt"}, TimePoint{1000, 0}, true};

TEST_CASE("count: verdicts, algorithms, sizes, channels and sources add up") {
  const RunReport report =
      report_of({{.token = "aaaa"},
                 {.token = "aaaa"},
                 {.token = "bb", .verdict = Verdict::kExpired, .alg = Alg::kES256},
                 {.token = "",
                  .verdict = Verdict::kTokenEmpty,
                  .alg = Alg::kNone,
                  .key = kNoKey,
                  .passed = 0,
                  .field = "/t"}},
                kContext);
  CHECK(report.tokens == 4);
  CHECK(report.accepted() == 2);
  CHECK(report.rejected() == 2);
  CHECK(report.token_bytes == 10);
  CHECK(report.verdicts[static_cast<std::size_t>(Verdict::kExpired)] == 1);
  CHECK(report.verdicts[static_cast<std::size_t>(Verdict::kTokenEmpty)] == 1);
  CHECK(report.algs[static_cast<std::size_t>(Alg::kRS256)].tokens == 2);
  CHECK(report.algs[static_cast<std::size_t>(Alg::kRS256)].accepted == 2);
  CHECK(report.algs[static_cast<std::size_t>(Alg::kES256)].accepted == 0);
  CHECK(report.algs[kReportAlgs - 1].tokens == 1);
  CHECK(report_alg_name(kReportAlgs - 1) == "other");
  CHECK(report.without_key == 1);
  CHECK(report.keys.at("key zero").tokens == 3);
  CHECK(report.keys.at("key zero").accepted == 2);
  CHECK(report.keys.size() == 1);
  CHECK(report.sizes.total == 4);
  CHECK(report.sizes.most == 4);
  CHECK(report.channels.top(9).front().text == "bare");
  CHECK(report.channels.values.at("field:/t").rejected == 1);
  CHECK(report.sources.values.at("a.txt").accepted == 2);
  CHECK(report.distinct.estimate() == 3);
  CHECK(report.repeats() == 1);
  CHECK_FALSE(check_conservation(report));
}

TEST_CASE("count: a key that verified under two algorithms is flagged, one that failed is not") {
  const RunReport report = report_of({{.alg = Alg::kRS256, .key = 1},
                                      {.verdict = Verdict::kExpired, .alg = Alg::kPS256, .key = 1},
                                      {.alg = Alg::kRS256, .key = 0},
                                      {.verdict = Verdict::kSignatureMismatch,
                                       .alg = Alg::kPS256,
                                       .key = 0,
                                       .passed = test::kUntilBind}},
                                     kContext);
  CHECK(report.keys.at("key one").several_algs());
  CHECK_FALSE(report.keys.at("key zero").several_algs());
  CHECK(report.keys.at("key zero").tokens == 2);
}

TEST_CASE("count: claims of a token without a good signature are never counted") {
  const RunReport report =
      report_of({{.iss = "i1", .sub = "s1", .exp = true, .iat = 940},
                 {.iss = "i1", .iat = 1005},
                 {.verdict = Verdict::kExpired, .iss = "i2", .sub = "s2", .exp = true},
                 {.verdict = Verdict::kSignatureMismatch,
                  .passed = test::kUntilBind,
                  .iss = "evil",
                  .sub = "evil",
                  .iat = 5},
                 {.verdict = Verdict::kPayloadNotJson, .passed = test::kUntilSignature}},
                kContext);
  CHECK(report.claims.verified == 4);
  CHECK(report.claims.unverified == 1);
  CHECK(report.claims.read == 3);
  CHECK(report.claims.without_sub == 1);
  CHECK(report.claims.without_iat == 1);
  CHECK(report.claims.accepted_read == 2);
  CHECK(report.claims.accepted_without_exp == 1);
  CHECK(report.issuers.values.size() == 2);
  CHECK(report.issuers.values.at("i1").accepted == 2);
  CHECK(report.issuers.values.at("i2").rejected == 1);
  CHECK(report.subjects.values.size() == 2);
  CHECK(report.ages.total == 1);
  CHECK(report.ages.most == 60);
  CHECK(report.ages_ahead.total == 1);
  CHECK(report.ages_ahead.most == 5);
  CHECK_FALSE(check_conservation(report));
}

TEST_CASE("count: no subjects unless asked, no ages without a time") {
  const RunReport report =
      report_of({{.iss = "i", .sub = "s", .iat = 3}}, {{"a.txt"}, std::nullopt, false});
  CHECK(report.subjects.values.empty());
  CHECK(report.ages.total == 0);
  CHECK(report.issuers.values.size() == 1);
}

TEST_CASE("count: ages at the ends of time do not overflow") {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min() + 1;
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const RunReport old = report_of({{.iat = kMin}}, {{"a"}, TimePoint{kMax, 0}, false});
  CHECK(old.ages.most == ~std::uint64_t{0} - 1);
  const RunReport young = report_of({{.iat = kMax}}, {{"a"}, TimePoint{kMin, 0}, false});
  CHECK(young.ages_ahead.most == ~std::uint64_t{0} - 1);
}

TEST_CASE("count: times of records, and ages at them, only under as_of_record") {
  CountContext context = kContext;
  context.as_of = std::nullopt;
  context.as_of_record = true;
  const std::vector<Row> rows = {
      {.iat = 900, .time = TimePoint{1000, 5}},
      {.verdict = Verdict::kExpired, .iat = 1000, .time = TimePoint{990, 0}},
      {.iat = 1, .time = TimePoint{4000, 0}},
      {.iat = 1}};
  const RunReport report = report_of(rows, context);
  const RecordTimes& times = report.times;
  CHECK(times.tokens_with == 3);
  CHECK(times.tokens_without == 1);
  REQUIRE((times.first && times.last));
  CHECK(times.first->s == 990);
  CHECK(times.last->s == 4000);
  CHECK(times.buckets.width_s() == 60);
  REQUIRE(times.buckets.buckets.size() == 2);
  CHECK(times.buckets.buckets.at(960).tokens == 2);
  CHECK(times.buckets.buckets.at(960).accepted == 1);
  CHECK(times.buckets.buckets.at(3960).accepted == 1);
  CHECK(report.ages.total == 2);
  CHECK(report.ages.least == 100);
  CHECK(report.ages.most == 3999);
  CHECK(report.ages_ahead.most == 10);
  CHECK(report_of(rows, kContext).times.tokens_with == 0);
}

TEST_CASE("count: kids of rejected tokens alone, oversize tokens without their bytes") {
  const RunReport report =
      report_of({{.kid = "good"},
                 {.verdict = Verdict::kKeyNotFound, .key = kNoKey, .passed = 3, .kid = "bad\x01"},
                 {.token = "xyz", .verdict = Verdict::kTokenTooLarge, .key = kNoKey, .passed = 0}},
                kContext);
  CHECK(report.rejected_kids.values.size() == 1);
  CHECK(report.rejected_kids.values.at("bad\x01").rejected == 1);
  CHECK(report.not_compared == 1);
  CHECK(report.distinct.estimate() == 1);
  CHECK(report.repeats() == 1);
}

TEST_CASE("count: a cleared BatchStats starts from nothing") {
  test::Batch first({{.verdict = Verdict::kExpired, .key = 1, .kid = "k", .iss = "i"}});
  test::Batch second({{.token = "other"}});
  BatchStats stats;
  stats.count(first.columns(), kContext);
  stats.clear();
  stats.count(second.columns(), kContext);
  RunTotals totals({}, {"zero", "one"});
  totals.add(stats);
  const RunReport report = totals.finish({});
  CHECK(report.tokens == 1);
  CHECK(report.rejected_kids.values.empty());
  CHECK(report.issuers.values.empty());
  CHECK(report.keys.size() == 1);
  CHECK(report.sizes.total == 1);
  CHECK(report.distinct.estimate() == 1);
}

TEST_CASE("count: many texts in one batch survive the growth of the table") {
  std::vector<Row> rows;
  for (int i = 0; i < 3000; ++i) {
    rows.push_back({.token = "t" + std::to_string(i),
                    .verdict = Verdict::kKeyNotFound,
                    .kid = "k" + std::to_string(i % 1000)});
  }
  const RunReport report = report_of(rows, kContext);
  REQUIRE(report.rejected_kids.values.size() == 1000);
  for (const auto& [text, counts] : report.rejected_kids.values) REQUIRE(counts.rejected == 3);
}

TEST_CASE("conservation: every equation is missed when it breaks") {
  const RunReport good = report_of({{.iss = "i"}, {.verdict = Verdict::kExpired}}, kContext);
  REQUIRE_FALSE(check_conservation(good));
  const auto broken = [&](auto change) {
    RunReport report = good;
    change(report);
    return check_conservation(report).value_or("");
  };
  CHECK(broken([](RunReport& r) { ++r.records.records; }) ==
        "records = 3, but blank + with_tokens + record_without_token + record_not_json + "
        "record_too_long = 2");
  CHECK(broken([](RunReport& r) { ++r.records.tokens; }) ==
        "candidates = 2, but tokens found + truncated + redacted + lookalike = 3");
  CHECK(broken([](RunReport& r) { ++r.records.tokens, ++r.records.candidates; }) ==
        "tokens found = 3, but tokens judged = 2");
  CHECK(broken([](RunReport& r) { ++r.records.redacted; }) != "");
  CHECK(broken([](RunReport& r) { ++r.layers.rejected; }) != "");
  CHECK(broken([](RunReport& r) { ++r.verdicts[5]; }) ==
        "tokens = 2, but accepted + every reason = 3");
  CHECK(broken([](RunReport& r) { ++r.algs[0].tokens; }) != "");
  CHECK(broken([](RunReport& r) { ++r.algs[0].accepted; }) != "");
  CHECK(broken([](RunReport& r) { ++r.without_key; }) != "");
  CHECK(broken([](RunReport& r) { ++r.keys["x"].accepted; }) != "");
  CHECK(broken([](RunReport& r) { ++r.channels.accepted; }) != "");
  CHECK(broken([](RunReport& r) { ++r.sources.rejected; }) != "");
  CHECK(broken([](RunReport& r) { r.sizes.count(1); }) != "");
  CHECK(broken([](RunReport& r) { ++r.claims.unverified; }) != "");
  CHECK(broken([](RunReport& r) { ++r.claims.without_iss; }) != "");
  CHECK(broken([](RunReport& r) { r.records.without_time = 3; }) ==
        "records without a time = 3, more than those with tokens or too long = 2");
  CHECK(broken([](RunReport& r) { r.keys["x"].tokens = 2, r.keys["key zero"].tokens = 0; }) ==
        "accepted of a key = 1, more than its tokens = 0");
  CHECK(broken([](RunReport& r) {
          r.rejected_kids.count("k", {0, 2, 1});
        }) == "key ids of rejected tokens = 2, more than rejected = 1");
  CHECK(broken([](RunReport& r) { r.rejected_kids.count("k", {1, 0, 1}); }) != "");
  CHECK(broken([](RunReport& r) { r.claims.verified = 0, r.claims.unverified = 2; }) ==
        "accepted = 1, more than verified = 0");
  CHECK(broken([](RunReport& r) { r.claims.read = 3, r.claims.without_iss += 1; }) ==
        "tokens with readable claims = 3, more than verified = 2");
  CHECK(broken([](RunReport& r) { ++r.claims.accepted_read; }) ==
        "accepted with readable claims = 2, more than accepted = 1");
  CHECK(broken([](RunReport& r) { r.claims.accepted_without_exp = 2; }) ==
        "accepted without exp = 2, more than accepted with readable claims = 1");
  CHECK(broken([](RunReport& r) { r.claims.accepted_read = 0; }) != "");
  CHECK(broken([](RunReport& r) { r.claims.without_sub = 3; }) != "");
  CHECK(broken([](RunReport& r) { r.claims.without_iat = 3; }) != "");
  CHECK(broken([](RunReport& r) { r.subjects.count("s", {0, 3, 1}); }) != "");
  CHECK(broken([](RunReport& r) { r.ages.count(5, 7); }) != "");
  CHECK(broken([](RunReport& r) {
          r.events.count({InputEventKind::kInputUnreadable, "gone", 0, 0, "no such file"});
          std::swap(r.events.counts[0], r.events.counts[1]);
        }) == "input_unreadable events listed = 1, more than those counted = 0");
  CHECK(broken([](RunReport& r) { ++r.times.tokens_without; }) != "");
  CHECK(broken([](RunReport& r) { r.options.policy.as_of_record = true; }) != "");
  CHECK(broken([](RunReport& r) {
          r.options.policy.as_of_record = true;
          r.times.tokens_with = 2;
        }) != "");
  CHECK(broken([](RunReport& r) {
          r.options.policy.as_of_record = true;
          r.times.tokens_without = 2;
        }) ==
        "whether tokens have no record time = 1, but whether records with tokens have none = 0");
}

TEST_CASE("events: counted always, the first thousand listed in order of their place") {
  RunTotals totals({}, {});
  for (std::uint64_t i = 0; i < 1500; ++i) {
    totals.add_event({InputEventKind::kRecordTooLong, "b", 1500 - i, 1500 - i, "long"});
  }
  totals.add_event({InputEventKind::kInputUnreadable, "a\xFF", 0, 0, "no such file"});
  const RunReport report = totals.finish({});
  CHECK(report.events.counts[static_cast<std::size_t>(InputEventKind::kRecordTooLong)] == 1500);
  CHECK(report.events.total() == 1501);
  REQUIRE(report.events.listed.size() == InputEvents::kMostListed);
  CHECK(report.events.listed.begin()->source.starts_with("a\xEF\xBF\xBD~"));
  CHECK(report.events.listed.rbegin()->offset_bytes == 999);
}

TEST_CASE("options: what was not asked for, relaxations, and what cannot be added") {
  RunOptions options;
  options.policy.as_of = TimePoint{10, 0};
  CHECK(checks_not_asked(report_options(options)) ==
        std::vector<std::string_view>{"issuer", "audience", "exp_required", "typ"});
  CHECK(relaxations(report_options(options)).empty());
  options.policy.allow_padding = options.policy.allow_weak_secret = true;
  options.policy.issuers = {"b", "a"};
  options.policy.audiences = {"c"};
  options.policy.require = {"exp"};
  options.policy.typ = "JWT";
  CHECK(checks_not_asked(report_options(options)).empty());
  CHECK(relaxations(report_options(options)) ==
        std::vector<std::string_view>{"allow-padding", "allow-weak-secret"});

  RunReport a, b;
  a.options = b.options = report_options(options);
  CHECK_FALSE(why_not_addable(a, b));
  options.policy.issuers = {"a", "b"};
  options.policy.as_of = TimePoint{20, 0};
  b.options = report_options(options);
  CHECK_FALSE(why_not_addable(a, b));
  a.add(b);
  CHECK(a.options.first_as_of->s == 10);
  CHECK(a.options.last_as_of->s == 20);
  options.policy.as_of.reset();
  b.options = report_options(options);
  CHECK(why_not_addable(a, b)->starts_with("--as-of differs"));
  options.policy.as_of_record = true;
  options.year = 2026;
  a.options = report_options(options);
  CHECK(why_not_addable(a, b)->starts_with("--as-of differs"));
  CHECK(checks_not_asked(a.options).empty());
  options.year = 2027;
  b.options = report_options(options);
  CHECK(why_not_addable(a, b)->starts_with("--year differs"));
  options.policy.as_of_record = false;
  CHECK_FALSE(report_options(options).year);
  a.options = report_options(options);
  options.policy.leeway_nbf = {0, 1};
  b.options = report_options(options);
  CHECK(why_not_addable(a, b)->starts_with("--leeway differs"));
  b = a;
  b.tokens = std::uint64_t{1} << 53;
  CHECK(why_not_addable(a, b) == "the sums would be too large");
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 52;
  const auto both = [&a](auto change) {
    RunReport one = a, other = a;
    change(one);
    change(other);
    return why_not_addable(one, other).value_or("");
  };
  CHECK(both([](RunReport& r) { r.records.candidates = kHalf - 1; }) == "");
  CHECK(both([](RunReport& r) { r.records.candidates = kHalf; }) != "");
  CHECK(both([](RunReport& r) { r.events.counts[1] = kHalf; }) != "");
  CHECK(both([](RunReport& r) { r.formats["text"] = kHalf; }) != "");
  CHECK(both([](RunReport& r) { r.run.stages = {{"read", kHalf}}; }) != "");
  CHECK(both([](RunReport& r) { r.run.lanes["rsa"].total = kHalf; }) != "");
  CHECK(both([](RunReport& r) { r.run.tables["k"].build_ns = kHalf; }) != "");
  CHECK(both([](RunReport& r) { r.run.headers.hits = kHalf; }) != "");
  CHECK(both([](RunReport& r) { r.run.cross_checks.checked = kHalf; }) != "");
}

TEST_CASE("key labels: kid, thumbprint, place; equal kids are told apart") {
  const auto key = [](std::optional<std::string> kid, std::string thumbprint,
                      std::uint32_t position) {
    KeyInfo info;
    info.source = "keys.json";
    info.position = position;
    info.kid = std::move(kid);
    info.thumbprint = std::move(thumbprint);
    return info;
  };
  const std::vector<KeyInfo> keys = {key("k1", "T1", 0), key("k2", "T2", 1), key("k2", "", 2),
                                     key({}, "T3", 3), key({}, "", 4)};
  CHECK(key_labels(keys) ==
        std::vector<std::string>{"k1", "k2 (T2)", "k2 (keys.json#2)", "T3", "keys.json#4"});
}

}  // namespace
}  // namespace jotmill
