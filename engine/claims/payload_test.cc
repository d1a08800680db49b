#include "claims/payload.h"

#include <string>
#include <vector>

#include "claims/show.h"
#include "claims/test_batch.h"
#include "support/catch.h"

using namespace jotmill;

namespace {

TokenBatch parse(const std::vector<std::string>& payloads, const Policy& policy = {},
                 const std::vector<std::string>& show = {}) {
  std::vector<TestToken> tokens;
  for (const std::string& payload : payloads) tokens.push_back({"", payload});
  TokenBatch batch =
      make_test_batch(tokens, kPassedDecode | kPassedHeader | kPassedBind | kPassedSignature);
  PayloadParser(policy, show).parse_payloads(batch);
  return batch;
}

/// The verdict code with its detail, or "passed".
std::string judge(const std::string& payload) {
  const TokenBatch batch = parse({payload});
  if (batch.pending(0)) {
    CHECK((batch.passed[0] & kPassedPayload) != 0);
    return "passed";
  }
  const std::string detail(batch.text_of(batch.detail[0]));
  return std::string(code(batch.verdict[0])) + (detail.empty() ? "" : "(" + detail + ")");
}

std::string shown(const std::string& payload, const std::vector<std::string>& show) {
  const TokenBatch batch = parse({payload}, {}, show);
  return batch.shown_claims[0].present() ? std::string(batch.text_of(batch.shown_claims[0]))
                                         : "absent";
}

}  // namespace

TEST_CASE("payload: room F", "[claims]") {
  CHECK(judge("{}") == "passed");
  CHECK(judge("") == "payload_not_json(syntax)");
  CHECK(judge("[{}]") == "payload_not_object");
  CHECK(judge("null") == "payload_not_object");
  CHECK(judge("{\"sub\":\"\xff\"}") == "payload_not_utf8");
  CHECK(judge("\xEF\xBB\xBF{}") == "payload_not_json(bom)");
  CHECK(judge("{\"x\":NaN}") == "payload_not_json(syntax)");
  CHECK(judge(R"({"x":"\ud800"})") == "payload_not_json(lone_surrogate)");
  CHECK(judge(R"({"exp":1,"exp":2})") == "payload_duplicate_member");
  CHECK(judge(R"({"sub":1,"s\u0075b":"admin"})") == "payload_duplicate_member");
  CHECK(judge("{\"x\":1e400,\"y\":" + std::string(1000, '9') + "}") == "passed");
  TokenBatch nested = make_test_batch({{"", "\xff"}}, kPassedSignature);
  nested.cty_is_jwt[0] = 1;
  PayloadParser(Policy{}, {}).parse_payloads(nested);
  CHECK(nested.verdict[0] == Verdict::kNestedUnsupported);
}

TEST_CASE("payload: nothing is said of claims before the signature is good", "[claims]") {
  for (const int stages : {0, int{kPassedDecode}, kPassedDecode | kPassedHeader | kPassedBind}) {
    const auto passed = static_cast<std::uint8_t>(stages);
    TokenBatch batch = make_test_batch({{"", "{}"}, {"", "no JSON"}}, passed);
    PayloadParser(Policy{}, {}).parse_payloads(batch);
    for (const std::size_t i : {0, 1}) {
      CHECK(batch.pending(i));
      CHECK(batch.passed[i] == passed);
    }
  }
}

TEST_CASE("payload: types and ranges of the registered claims", "[claims]") {
  for (const std::string name : {"iss", "sub", "jti"}) {
    for (const char* const value : {"1", "null", "true", "[]", "[\"a\"]", "{}"}) {
      CHECK(judge("{\"" + name + "\":" + value + "}") == "claim_invalid(" + name + ")");
    }
    CHECK(judge("{\"" + name + "\":\"\"}") == "passed");
  }
  for (const std::string name : {"exp", "nbf", "iat"}) {
    for (const char* const value :
         {"\"1900000000\"", "null", "true", "[]", "{}", "1e400", "9223372036854775808",
          "-9223372036854775808", "18446744073709551615", "9.3e18"}) {
      CHECK(judge("{\"" + name + "\":" + value + "}") == "claim_invalid(" + name + ")");
    }
    for (const char* const value :
         {"0", "-0", "-1.5", "1e-400", "9223372036854775807", "-9223372036854775807.9"}) {
      CHECK(judge("{\"" + name + "\":" + value + "}") == "passed");
    }
  }
  for (const char* const value : {"1", "null", "{\"a\":1}", "[\"a\",1]", "[[]]", "[null]"}) {
    CHECK(judge("{\"aud\":" + std::string(value) + "}") == "claim_invalid(aud)");
  }
  for (const char* const value : {"\"\"", "\"a\"", "[]", "[\"a\",\"b\"]"}) {
    CHECK(judge("{\"aud\":" + std::string(value) + "}") == "passed");
  }
  CHECK(judge(R"({"jti":1,"iat":"","exp":"","aud":1,"sub":1})") == "claim_invalid(sub)");
  CHECK(judge(R"({"jti":1,"iat":"","nbf":""})") == "claim_invalid(nbf)");
}

TEST_CASE("payload: columns", "[claims]") {
  const TokenBatch batch =
      parse({R"({"iss":"i","sub":"s","aud":"one","exp":1800003600,"nbf":-1.5,"iat":1e3,"jti":"j"})",
             R"({"aud":["a","b\u0063"]})", R"({"iss":"x","exp":"no"})", "{}"});
  CHECK(batch.present[0] == 127);
  CHECK(batch.text_of(batch.iss[0]) == "i");
  CHECK(batch.text_of(batch.sub[0]) == "s");
  CHECK(batch.exp[0].s == 1800003600);
  CHECK(batch.nbf[0].s == -2);
  CHECK(batch.nbf[0].ns == 500'000'000);
  CHECK(batch.iat[0].s == 1000);
  REQUIRE(batch.aud_count[0] == 1);
  CHECK(batch.text_of(batch.aud_refs[batch.aud_off[0]]) == "one");
  REQUIRE(batch.aud_count[1] == 2);
  CHECK(batch.text_of(batch.aud_refs[batch.aud_off[1] + 1]) == "bc");
  CHECK(batch.present[1] == kClaimAud);
  CHECK(batch.verdict[2] == Verdict::kClaimInvalid);
  CHECK(batch.present[2] == kClaimIss);
  CHECK(batch.present[3] == 0);
  CHECK_FALSE(batch.iss[3].present());
  CHECK_FALSE(batch.shown_claims[0].present());
}

TEST_CASE("payload: the first required claim that is absent", "[claims]") {
  Policy policy;
  policy.require = {"exp", "scope", "jti"};
  const TokenBatch batch = parse({R"({"exp":1,"scope":null,"jti":"a"})", R"({"exp":1})",
                                  R"({"scope":1})", R"({"exp":1,"sc\u006fpe":1})"},
                                 policy);
  CHECK_FALSE(batch.missing_claim[0].present());
  CHECK(batch.text_of(batch.missing_claim[1]) == "scope");
  CHECK(batch.text_of(batch.missing_claim[2]) == "exp");
  CHECK(batch.text_of(batch.missing_claim[3]) == "jti");
}

TEST_CASE("payload: shown claims", "[claims]") {
  const std::string payload =
      "{\"sub\":\"a\\u0062\\/\\n\\u202e\xE2\x80\xAE\x7F\", \"n\": 1.50E+2, \"big\":" +
      std::string(30, '9') +
      ", \"list\" : [ 1 ,\n{ \"k\\u0000\" : [ ] , \"e\":{} } , null,true ], \"x\\\"y\":false}";
  CHECK(shown(payload, {"sub"}) == R"({"sub":"ab/\u000a\u202e\u202e\u007f"})");
  CHECK(shown(payload, {"n", "absent", "big", "n"}) ==
        "{\"n\":1.50E+2,\"big\":" + std::string(30, '9') + "}");
  CHECK(shown(payload, {"list"}) == R"({"list":[1,{"k\u0000":[],"e":{}},null,true]})");
  CHECK(shown(payload, {"x\"y"}) == R"({"x\"y":false})");
  CHECK(shown(payload, {"nothing"}) == "{}");
  CHECK(shown("{\"exp\":\"wrong\"}", {"exp"}) == R"({"exp":"wrong"})");
  CHECK(shown("[]", {"exp"}) == "absent");
  CHECK(shown("{}", {}) == "absent");
}

TEST_CASE("payload: shown claims of one token are bounded", "[claims]") {
  // Escaping makes this value six times as long as it is in the token.
  std::string bidi;
  for (int i = 0; i < 15'000; ++i) bidi += "\xC2\x80";
  const std::string payload =
      "{\"a\":\"" + bidi + "\",\"b\":[1,2],\"c\":\"" + std::string(60'000, 'c') + "\"}";
  CHECK(shown(payload, {"a", "b"}) == "{\"a\":\"<30002 bytes not shown>\",\"b\":[1,2]}");
  const std::string both = shown(payload, {"c", "b", "a"});
  CHECK(both.size() < kMostShownBytes + 100);
  CHECK(both.ends_with("\"b\":[1,2],\"a\":\"<30002 bytes not shown>\"}"));
}

TEST_CASE("payload: a parser is used again and again", "[claims]") {
  PayloadParser parser(Policy{}, {});
  for (int round = 0; round < 3; ++round) {
    for (const std::size_t length : {10u, 70'000u, 200u, 1'000'000u, 5u}) {
      TokenBatch batch = make_test_batch(
          {{"", "{\"sub\":\"" + std::string(length, 's') + "\"}"}, {"", "{\"sub\":\"t\"}"}},
          kPassedSignature);
      parser.parse_payloads(batch);
      CHECK(batch.sub[0].len_bytes == length);
      CHECK(batch.text_of(batch.sub[1]) == "t");
    }
  }
}
