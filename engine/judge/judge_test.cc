#include "judge/judge.h"

#include <cstdint>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace jotmill;

namespace {

constexpr std::uint8_t kReady =
    kPassedDecode | kPassedHeader | kPassedBind | kPassedSignature | kPassedPayload;
constexpr std::int64_t kNow = 1'800'000'000;

/// Claims of one token, as the payload parser would have left them.
struct Claims {
  std::uint8_t present = 0;
  NumericDate exp = {}, nbf = {}, iat = {};
  std::string iss = {}, sub = {};
  std::vector<std::string> aud = {};
  std::string missing = {};
};

std::size_t add(TokenBatch& batch, const Claims& claims) {
  const std::size_t i = batch.add(0, 0, false, 0, 0);
  batch.passed[i] = kReady;
  batch.present[i] = claims.present;
  batch.exp[i] = claims.exp;
  batch.nbf[i] = claims.nbf;
  batch.iat[i] = claims.iat;
  if ((claims.present & kClaimIss) != 0) batch.iss[i] = batch.add_text(claims.iss);
  if ((claims.present & kClaimSub) != 0) batch.sub[i] = batch.add_text(claims.sub);
  batch.aud_off[i] = static_cast<std::uint32_t>(batch.aud_refs.size());
  for (const std::string& aud : claims.aud) batch.aud_refs.push_back(batch.add_text(aud));
  batch.aud_count[i] = static_cast<std::uint32_t>(claims.aud.size());
  if (!claims.missing.empty()) batch.missing_claim[i] = batch.add_text(claims.missing);
  return i;
}

/// The verdict code with its detail, after judge_claims and settle.
std::string judge(const Claims& claims, const Policy& policy) {
  TokenBatch batch;
  const std::size_t i = add(batch, claims);
  judge_claims(batch, policy);
  settle(batch, policy);
  const std::string detail(batch.text_of(batch.detail[i]));
  return std::string(code(batch.verdict[i])) + (detail.empty() ? "" : "(" + detail + ")");
}

Policy at(std::int64_t s, std::uint32_t ns = 0) {
  Policy policy;
  policy.as_of = TimePoint{s, ns};
  return policy;
}
Claims with_exp(NumericDate exp) { return {.present = kClaimExp, .exp = exp}; }
Claims with_nbf(NumericDate nbf) { return {.present = kClaimNbf, .nbf = nbf}; }
Claims with_iat(NumericDate iat) { return {.present = kClaimIat, .iat = iat}; }

}  // namespace

TEST_CASE("exp: expired from exp + leeway on, exactly", "[judge]") {
  CHECK(judge(with_exp({kNow + 1}), at(kNow)) == "accepted");
  CHECK(judge(with_exp({kNow}), at(kNow)) == "expired(exp=1800000000 as_of=1800000000)");
  CHECK(judge(with_exp({kNow, 0, true}), at(kNow)) == "accepted");
  CHECK(judge(with_exp({kNow, 0, true}), at(kNow, 1)) ==
        "expired(exp=1800000000+ as_of=1800000000.000000001)");
  CHECK(judge(with_exp({kNow, 500'000'000}), at(kNow, 499'999'999)) == "accepted");
  CHECK(judge(with_exp({kNow, 500'000'000}), at(kNow, 500'000'000)) ==
        "expired(exp=1800000000.5 as_of=1800000000.5)");
  CHECK(judge(with_exp({0}), at(kNow)) == "expired(exp=0 as_of=1800000000)");
  CHECK(judge(with_exp({-2, 500'000'000}), at(-1)) == "expired(exp=-1.5 as_of=-1)");
  CHECK(judge(with_exp({-1, 999'999'999, true}), at(0)) == "expired(exp=-0.000000001+ as_of=0)");
  CHECK(judge(with_exp({INT64_MIN, 1}), at(0)) ==
        "expired(exp=-9223372036854775807.999999999 as_of=0)");
  CHECK(judge(with_exp({INT64_MAX}), at(INT64_MAX, 0)) ==
        "expired(exp=9223372036854775807 as_of=9223372036854775807)");
  Policy policy = at(kNow);
  policy.leeway_exp = {60, 0};
  CHECK(judge(with_exp({kNow - 59}), policy) == "accepted");
  CHECK(judge(with_exp({kNow - 60}), policy) ==
        "expired(exp=1799999940 as_of=1800000000 leeway=60)");
  CHECK(judge(with_exp({kNow - 60, 0, true}), policy) == "accepted");
  policy.leeway_exp = {INT64_MAX, 999'999'999};
  policy.as_of = TimePoint{-1, 999'999'999};
  CHECK(judge(with_exp({INT64_MIN, 1}), policy) == "accepted");
  policy.as_of = TimePoint{0, 0};
  CHECK(judge(with_exp({INT64_MIN, 1}), policy).starts_with("expired("));
  policy.as_of.reset();
  CHECK(judge(with_exp({0}), policy) == "accepted");
}

TEST_CASE("nbf: valid from nbf - leeway on, exactly", "[judge]") {
  CHECK(judge(with_nbf({kNow}), at(kNow)) == "accepted");
  CHECK(judge(with_nbf({kNow, 0, true}), at(kNow)) ==
        "not_yet_valid(nbf=1800000000+ as_of=1800000000)");
  CHECK(judge(with_nbf({kNow, 1}), at(kNow)) ==
        "not_yet_valid(nbf=1800000000.000000001 as_of=1800000000)");
  Policy policy = at(kNow);
  policy.leeway_nbf = {0, 1};
  CHECK(judge(with_nbf({kNow, 1}), policy) == "accepted");
  CHECK(judge(with_nbf({kNow, 1, true}), policy) ==
        "not_yet_valid(nbf=1800000000.000000001+ as_of=1800000000 leeway=0.000000001)");
  policy.leeway_exp = {1000, 0};
  CHECK(judge(with_nbf({kNow + 1}), policy) ==
        "not_yet_valid(nbf=1800000001 as_of=1800000000 leeway=0.000000001)");
}

TEST_CASE("iat is judged under max_age alone", "[judge]") {
  CHECK(judge(with_iat({kNow + 100}), at(kNow)) == "accepted");
  CHECK(judge(with_iat({0}), at(kNow)) == "accepted");
  Policy policy = at(kNow);
  policy.max_age = Duration{3600, 0};
  CHECK(judge({}, policy) == "claim_missing(iat)");
  CHECK(judge(with_iat({kNow}), policy) == "accepted");
  CHECK(judge(with_iat({kNow + 1}), policy) == "issued_in_future(iat=1800000001 as_of=1800000000)");
  CHECK(judge(with_iat({kNow - 3600}), policy) == "accepted");
  CHECK(judge(with_iat({kNow - 3601, 999'999'999, true}), policy) ==
        "token_too_old(iat=1799996399.999999999+ as_of=1800000000 max_age=3600)");
  CHECK(judge(with_iat({kNow - 3601}), policy) ==
        "token_too_old(iat=1799996399 as_of=1800000000 max_age=3600)");
  policy.leeway_iat = {5, 0};
  CHECK(judge(with_iat({kNow + 5}), policy) == "accepted");
  CHECK(judge(with_iat({kNow + 5, 0, true}), policy) ==
        "issued_in_future(iat=1800000005+ as_of=1800000000 leeway=5)");
  CHECK(judge(with_iat({kNow - 3605}), policy) == "accepted");
  CHECK(judge(with_iat({kNow - 3606}), policy) ==
        "token_too_old(iat=1799996394 as_of=1800000000 max_age=3600 leeway=5)");
  policy.as_of.reset();
  CHECK(judge(with_iat({0}), policy) == "accepted");
  CHECK(judge({}, policy) == "claim_missing(iat)");
}

TEST_CASE("missing claims, in their order", "[judge]") {
  Policy policy = at(kNow);
  policy.issuers = {"i"};
  policy.audiences = {"a"};
  policy.subjects = {"s"};
  policy.max_age = Duration{1, 0};
  CHECK(judge({.missing = "scope"}, policy) == "claim_missing(scope)");
  CHECK(judge({}, policy) == "claim_missing(iss)");
  CHECK(judge({.present = kClaimIss, .iss = "wrong"}, policy) == "claim_missing(aud)");
  CHECK(judge({.present = kClaimIss | kClaimAud}, policy) == "claim_missing(sub)");
  CHECK(judge({.present = kClaimIss | kClaimAud | kClaimSub | kClaimExp}, policy) ==
        "claim_missing(iat)");
}

TEST_CASE("iss, aud and sub are compared exactly", "[judge]") {
  Policy policy;
  policy.issuers = {"https://issuer.example", "b"};
  const auto iss = [](const std::string& value) {
    return Claims{.present = kClaimIss, .iss = value};
  };
  CHECK(judge(iss("https://issuer.example"), policy) == "accepted");
  CHECK(judge(iss("b"), policy) == "accepted");
  CHECK(judge(iss("https://issuer.example/"), policy) ==
        "issuer_mismatch(iss=https://issuer.example/)");
  CHECK(judge(iss("HTTPS://issuer.example"), policy) ==
        "issuer_mismatch(iss=HTTPS://issuer.example)");
  CHECK(judge(iss(""), policy) == "issuer_mismatch(iss=)");
  CHECK(judge(iss(std::string("b\0", 2)), policy) == std::string("issuer_mismatch(iss=b\0)", 23));
  CHECK(judge(iss(std::string(100'000, 'x')), policy) ==
        "issuer_mismatch(iss=" + std::string(100'000, 'x') + ")");
  policy = {};
  policy.audiences = {"api", "other"};
  const auto aud = [](std::vector<std::string> values) {
    return Claims{.present = kClaimAud, .aud = std::move(values)};
  };
  CHECK(judge(aud({"x", "api"}), policy) == "accepted");
  CHECK(judge(aud({"apix"}), policy) == "audience_mismatch");
  CHECK(judge(aud({""}), policy) == "audience_mismatch");
  CHECK(judge(aud({}), policy) == "audience_mismatch");
  // Each row has its own.
  TokenBatch batch;
  const std::size_t good = add(batch, aud({"api"})), bad = add(batch, aud({"x"})),
                    late = add(batch, aud({"x", "other"}));
  judge_claims(batch, policy);
  settle(batch, policy);
  CHECK(batch.verdict[good] == Verdict::kAccepted);
  CHECK(batch.verdict[bad] == Verdict::kAudienceMismatch);
  CHECK(batch.verdict[late] == Verdict::kAccepted);
  policy = {};
  policy.subjects = {"alice"};
  CHECK(judge({.present = kClaimSub, .sub = "alice"}, policy) == "accepted");
  CHECK(judge({.present = kClaimSub, .sub = "Alice"}, policy) == "subject_mismatch");
  policy.subjects.clear();
  for (int i = 0; i < 100; ++i) policy.subjects.push_back("s" + std::to_string(i));
  CHECK(judge({.present = kClaimSub, .sub = "s73"}, policy) == "accepted");
  CHECK(judge({.present = kClaimSub, .sub = "s100"}, policy) == "subject_mismatch");
}

TEST_CASE("the first failing check of the table wins", "[judge]") {
  Policy policy = at(kNow);
  policy.max_age = Duration{10, 0};
  policy.issuers = {"i"};
  policy.audiences = {"a"};
  policy.subjects = {"s"};
  Claims claims{.present = 127,
                .exp = {1},
                .nbf = {kNow + 9},
                .iat = {kNow + 9},
                .iss = "x",
                .sub = "x",
                .aud = {"x"}};
  const auto verdict = [&] {
    return judge(claims, policy).substr(0, judge(claims, policy).find('('));
  };
  CHECK(verdict() == "expired");
  claims.exp = {kNow + 1};
  CHECK(verdict() == "not_yet_valid");
  claims.nbf = {0};
  CHECK(verdict() == "issued_in_future");
  claims.iat = {1};
  CHECK(verdict() == "token_too_old");
  claims.iat = {kNow};
  CHECK(verdict() == "issuer_mismatch");
  claims.iss = "i";
  CHECK(verdict() == "audience_mismatch");
  claims.aud = {"a"};
  CHECK(verdict() == "subject_mismatch");
  claims.sub = "s";
  CHECK(verdict() == "accepted");
}

TEST_CASE("one batch, many rows: details do not disturb the columns", "[judge]") {
  Policy policy;
  policy.issuers = {"good"};
  TokenBatch batch;
  for (int i = 0; i < 1000; ++i)
    add(batch, {.present = kClaimIss, .iss = i % 3 == 0 ? "good" : "bad" + std::to_string(i)});
  judge_claims(batch, policy);
  settle(batch, policy);
  for (std::size_t i = 0; i < batch.size; ++i) {
    const bool good = i % 3 == 0;
    REQUIRE(batch.verdict[i] == (good ? Verdict::kAccepted : Verdict::kIssuerMismatch));
    REQUIRE(batch.text_of(batch.detail[i]) == (good ? "" : "iss=bad" + std::to_string(i)));
  }
}

TEST_CASE("nothing is accepted that a stage has not passed", "[judge]") {
  constexpr unsigned kAll = 63;
  for (const bool claims : {true, false}) {
    Policy policy;
    policy.claims = claims;
    for (unsigned passed = 0; passed <= kAll; ++passed) {
      TokenBatch batch;
      batch.passed[batch.add(0, 0, false, 0, 0)] = static_cast<std::uint8_t>(passed);
      settle(batch, policy);
      const bool enough = claims ? passed == kAll : (passed & 15) == 15;
      CHECK(batch.verdict[0] == (enough ? Verdict::kAccepted : Verdict::kInternalError));
    }
  }
  TokenBatch batch;
  batch.add(0, 0, false, 0, 0);
  batch.passed[0] = kAll;
  batch.reject(0, Verdict::kExpired);
  judge_claims(batch, {});
  settle(batch, {});
  CHECK(batch.verdict[0] == Verdict::kExpired);
}

TEST_CASE("as_of_record: each row at its own time, and none at that of another", "[judge]") {
  Policy policy;
  policy.as_of_record = true;
  policy.max_age = Duration{100, 0};
  TokenBatch batch;
  const auto row = [&](std::optional<TimePoint> time) {
    const std::size_t i = add(batch, {.present = kClaimExp | kClaimNbf | kClaimIat,
                                      .exp = {kNow + 50, 0, false},
                                      .nbf = {kNow, 0, false},
                                      .iat = {kNow - 80, 0, false}});
    batch.has_record_time[i] = time.has_value();
    batch.record_time[i] = time.value_or(TimePoint{9'999'999'999, 0});
  };
  row(TimePoint{kNow, 0});
  row(TimePoint{kNow + 50, 0});
  row(TimePoint{kNow - 1, 999'999'999});
  row(TimePoint{kNow + 20, 1});
  row(TimePoint{kNow - 81, 0});
  row(std::nullopt);
  judge_claims(batch, policy);
  settle(batch, policy);
  std::vector<std::string> got;
  for (std::size_t i = 0; i < batch.size; ++i) {
    const std::string detail(batch.text_of(batch.detail[i]));
    got.push_back(std::string(code(batch.verdict[i])) + (detail.empty() ? "" : " " + detail));
  }
  CHECK(got == std::vector<std::string>{
                   "accepted", "expired exp=1800000050 as_of=1800000050",
                   "not_yet_valid nbf=1800000000 as_of=1799999999.999999999",
                   "token_too_old iat=1799999920 as_of=1800000020.000000001 max_age=100",
                   "not_yet_valid nbf=1800000000 as_of=1799999919", "accepted"});
}

TEST_CASE("a record's time counts under as_of_record alone", "[judge]") {
  TokenBatch batch;
  const std::size_t i = add(batch, {.present = kClaimExp, .exp = {kNow, 0, false}});
  batch.has_record_time[i] = 1;
  batch.record_time[i] = {kNow - 10, 0};
  Policy policy;
  policy.as_of = TimePoint{kNow, 0};
  judge_claims(batch, policy);
  CHECK(batch.verdict[i] == Verdict::kExpired);
}
