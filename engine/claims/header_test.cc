#include "claims/header.h"

#include <string>
#include <vector>

#include "claims/test_batch.h"
#include "support/catch.h"

using namespace jotmill;

namespace {

/// The verdict code of one header, with its detail in brackets when it has one; "passed" when it
/// may go on.
std::string judge(const std::string& header, const Policy& policy = {}) {
  TokenBatch batch = make_test_batch({{header}}, kPassedDecode);
  HeaderParser(policy).parse_headers(batch);
  if (batch.pending(0)) {
    CHECK((batch.passed[0] & kPassedHeader) != 0);
    return "passed";
  }
  CHECK((batch.passed[0] & kPassedHeader) == 0);
  const std::string detail(batch.text_of(batch.detail[0]));
  return std::string(code(batch.verdict[0])) + (detail.empty() ? "" : "(" + detail + ")");
}

}  // namespace

TEST_CASE("header: JSON", "[claims]") {
  CHECK(judge(R"({"alg":"HS256"})") == "passed");
  CHECK(judge(" {\n\t\"alg\" : \"HS256\" ,\r\n \"kid\":\"h1\" } ") == "passed");
  CHECK(judge("{\"alg\":\"HS256\",\"kid\":\"h\xff"
              "1\"}") == "header_not_utf8");
  CHECK(judge("\xff\xfe{") == "header_not_utf8");
  CHECK(judge("\xEF\xBB\xBF{\"alg\":\"HS256\"}") == "header_not_json(bom)");
  CHECK(judge("[\"alg\",\"HS256\"]") == "header_not_json(not_object)");
  CHECK(judge("null") == "header_not_json(not_object)");
  CHECK(judge(" ") == "header_not_json(syntax)");
  CHECK(judge("{\"alg\":\"HS256\"}{\"alg\":\"none\"}") == "header_not_json(trailing_data)");
  CHECK(judge("{\"alg\":\"HS256\",\"x\":\"\\udfff\"}") == "header_not_json(lone_surrogate)");
  CHECK(judge("{\"alg\":\"HS256\",\"x\":" + std::string(64, '[') + std::string(64, ']') + "}") ==
        "header_not_json(depth)");
  CHECK(judge("{\"alg\":\"HS256\",\"x\":" + std::string(63, '[') + std::string(63, ']') + "}") ==
        "passed");
  CHECK(judge(R"({"alg":"HS256","alg":"none"})") == "header_duplicate_member");
  CHECK(judge(R"({"alg":"HS256","\u0061lg":"none"})") == "header_duplicate_member");
  CHECK(judge(R"({"alg":1,"x":1,"x":1})") == "header_duplicate_member");
  CHECK(judge(R"({"\u0061lg":"HS\u0032\u00356","kid":"h1"})") == "passed");
}

TEST_CASE("header: types of members", "[claims]") {
  CHECK(judge(R"({"alg":256})") == "header_bad_type(alg)");
  CHECK(judge(R"({"alg":null})") == "header_bad_type(alg)");
  CHECK(judge(R"({"alg":["HS256"]})") == "header_bad_type(alg)");
  CHECK(judge(R"({"alg":"HS256","kid":1})") == "header_bad_type(kid)");
  CHECK(judge(R"({"alg":"HS256","kid":1e400})") == "header_bad_type(kid)");
  CHECK(judge(R"({"alg":"HS256","typ":null})") == "header_bad_type(typ)");
  CHECK(judge(R"({"alg":"HS256","cty":{}})") == "header_bad_type(cty)");
  CHECK(judge(R"({"alg":"HS256","crit":"x"})") == "header_bad_type(crit)");
  CHECK(judge(R"({"alg":"HS256","crit":null})") == "header_bad_type(crit)");
  CHECK(judge(R"({"alg":"none","crit":{},"cty":1})") == "header_bad_type(cty)");
}

TEST_CASE("header: alg", "[claims]") {
  CHECK(judge(R"({"kid":"h1"})") == "alg_missing");
  CHECK(judge(R"({"ALG":"HS256"})") == "alg_missing");
  CHECK(judge(R"({"alg":"none"})") == "alg_none");
  CHECK(judge(R"({"alg":"nOnE"})") == "alg_none(case_variant)");
  CHECK(judge(R"({"alg":"none "})") == "alg_unsupported");
  CHECK(judge(R"({"alg":"none","enc":"A128GCM"})") == "alg_none");
  CHECK(judge(R"({"alg":"RSA-OAEP","enc":"A128GCM"})") == "encrypted_token(enc)");
  CHECK(judge(R"({"alg":"HS256","enc":null})") == "encrypted_token(enc)");
  for (const char* const alg :
       {"hs256", "HS256\\u0000", " HS256", "HS257", "PBES2-HS256+A128KW", ""}) {
    CHECK(judge("{\"alg\":\"" + std::string(alg) + "\"}") == "alg_unsupported");
  }
  Policy only_rs;
  only_rs.algs = {"RS256", "PS512"};
  for (const AlgInfo& row : alg_table()) {
    const std::string header = "{\"alg\":\"" + std::string(row.name) + "\"}";
    CHECK(judge(header) == "passed");
    const bool allowed = row.name == "RS256" || row.name == "PS512";
    CHECK(judge(header, only_rs) == (allowed ? "passed" : "alg_not_allowed"));
  }
  CHECK(judge(R"({"alg":"HS257","crit":[]})", only_rs) == "alg_unsupported");
  CHECK(judge(R"({"alg":"HS256","crit":[]})", only_rs) == "alg_not_allowed");
}

TEST_CASE("header: crit and b64", "[claims]") {
  const auto crit = [](const std::string& list) {
    return judge(R"({"alg":"HS256","x":1,"exp":1,"b64":true,"crit":)" + list + "}");
  };
  CHECK(crit("[]") == "crit_invalid(empty)");
  CHECK(crit("[1]") == "crit_invalid(not_string)");
  CHECK(crit(R"(["x",null])") == "crit_invalid(not_string)");
  CHECK(crit(R"(["x","x"])") == "crit_invalid(duplicate)");
  CHECK(crit(R"(["x","\u0078"])") == "crit_invalid(duplicate)");
  CHECK(crit(R"(["y"])") == "crit_invalid(absent_member)");
  CHECK(crit(R"(["x","y"])") == "crit_invalid(absent_member)");
  for (const char* const name :
       {"alg",  "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
        "crit", "enc", "zip", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c"}) {
    CHECK(crit("[\"" + std::string(name) + "\"]") == "crit_invalid(defined_member)");
  }
  CHECK(crit(R"(["exp"])") == "crit_unsupported(exp)");
  CHECK(crit(R"(["b64"])") == "crit_unsupported(b64)");
  CHECK(crit(R"(["exp","x"])") == "crit_unsupported(exp)");
  CHECK(judge(R"({"alg":"HS256","crit":["b64"]})") == "crit_invalid(absent_member)");
  CHECK(judge(R"({"alg":"HS256","b64":true})") == "passed");
  for (const char* const value :
       {"false", "\"false\"", "\"true\"", "1", "null", "[true]", "1e400"}) {
    CHECK(judge("{\"alg\":\"HS256\",\"b64\":" + std::string(value) + "}") == "b64_unsupported");
  }
  std::string many;
  std::string members;
  for (int i = 0; i < 20'000; ++i) {
    many += (i > 0 ? ",\"e" : "\"e") + std::to_string(i) + "\"";
    members += ",\"e" + std::to_string(i) + "\":0";
  }
  CHECK(judge("{\"alg\":\"HS256\"" + members + ",\"crit\":[" + many + "]}") ==
        "crit_unsupported(e0)");
  CHECK(judge("{\"alg\":\"HS256\"" + members + ",\"crit\":[" + many + ",\"e7\"]}") ==
        "crit_invalid(duplicate)");
}

TEST_CASE("header: typ", "[claims]") {
  Policy policy;
  policy.typ = "at+jwt";
  CHECK(judge(R"({"alg":"HS256","typ":"AT+JWT"})", policy) == "passed");
  CHECK(judge(R"({"alg":"HS256","typ":"Application/at+jwt"})", policy) == "passed");
  CHECK(judge(R"({"alg":"HS256","typ":"JWT"})", policy) == "typ_mismatch(JWT)");
  CHECK(judge(R"({"alg":"HS256"})", policy) == "typ_mismatch(absent)");
  CHECK(judge(R"({"alg":"HS256","typ":"application/"})", policy) == "typ_mismatch(application/)");
  CHECK(judge(R"({"alg":"HS256","typ":"application/application/at+jwt"})", policy) ==
        "typ_mismatch(application/application/at+jwt)");
  policy.typ = "application/JWT";
  CHECK(judge(R"({"alg":"HS256","typ":"jwt"})", policy) == "passed");
}

TEST_CASE("header: columns", "[claims]") {
  const std::vector<TestToken> tokens = {
      {R"({"alg":"RS256","kid":"k\u0000\"1","typ":"JWT"})"},
      {R"({"alg":"XX","kid":"k2"})"},
      {R"({"alg":"HS256","cty":"Application/JWT"})"},
      {R"({"alg":"ES256","kid":"","cty":"text"})"},
      {R"({"alg":"HS256","kid":7})"},
      {R"({"alg":"HS256","alg":"HS256"})"},
      {"{\"alg\":\"HS256\",\"kid\":\"" + std::string(100'000, 'k') + "\",\"cty\":\"jWt\"}"}};
  TokenBatch batch = make_test_batch(tokens, kPassedDecode);
  HeaderParser(Policy{}).parse_headers(batch);
  CHECK(batch.alg[0] == Alg::kRS256);
  CHECK(batch.text_of(batch.kid[0]) == std::string_view("k\0\"1", 4));
  CHECK(batch.text_of(batch.alg_text[1]) == "XX");
  CHECK(batch.alg[1] == Alg::kNone);
  CHECK(batch.text_of(batch.kid[1]) == "k2");
  CHECK(std::vector<std::uint8_t>(batch.cty_is_jwt.begin(), batch.cty_is_jwt.begin() + 7) ==
        std::vector<std::uint8_t>{0, 0, 1, 0, 0, 0, 1});
  CHECK_FALSE(batch.kid[2].present());
  CHECK(batch.kid[3].present());
  CHECK(batch.kid[3].len_bytes == 0);
  CHECK(batch.text_of(batch.alg_text[4]) == "HS256");
  CHECK_FALSE(batch.kid[4].present());
  CHECK_FALSE(batch.alg_text[5].present());
  CHECK(batch.kid[6].len_bytes == 100'000);
}

TEST_CASE("header: what came before does not matter", "[claims]") {
  std::vector<TestToken> tokens;
  const std::vector<std::string> bases = {
      R"({"alg":"RS256","kid":"k1"})",
      R"({"alg":"HS256","cty":"jwt"})",
      R"({"alg":"ES256","kid":"\u0000"})",
      R"({"alg":"none"})",
      R"({"alg":"HS256","crit":[]})",
      "{\"alg\":\"HS256\",\"kid\":\"" + std::string(600, 'k') + "\"}",
      "{",
      ""};
  for (int round = 0; round < 3; ++round) {
    for (const std::string& base : bases) {
      tokens.push_back({base});
      for (std::size_t at = 0; at < base.size() && at < 40; ++at) {
        std::string changed = base;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        tokens.push_back({changed});
        tokens.push_back({base.substr(0, at)});
      }
    }
    // More headers than there are places.
    for (int kid = 0; kid < 1000; ++kid)
      tokens.push_back({"{\"alg\":\"PS256\",\"kid\":\"" + std::to_string(kid) + "\"}"});
  }
  TokenBatch batch = make_test_batch(tokens, kPassedDecode);
  HeaderParser(Policy{}).parse_headers(batch);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    TokenBatch alone = make_test_batch({tokens[i]}, kPassedDecode);
    HeaderParser(Policy{}).parse_headers(alone);
    INFO(tokens[i].header);
    REQUIRE(batch.verdict[i] == alone.verdict[0]);
    REQUIRE(batch.passed[i] == alone.passed[0]);
    REQUIRE(batch.alg[i] == alone.alg[0]);
    REQUIRE(batch.cty_is_jwt[i] == alone.cty_is_jwt[0]);
    REQUIRE(batch.kid[i].present() == alone.kid[0].present());
    REQUIRE(batch.text_of(batch.kid[i]) == alone.text_of(alone.kid[0]));
    REQUIRE(batch.text_of(batch.alg_text[i]) == alone.text_of(alone.alg_text[0]));
    REQUIRE(batch.text_of(batch.detail[i]) == alone.text_of(alone.detail[0]));
  }
}

TEST_CASE("header: rows that are decided or not decoded are left alone", "[claims]") {
  TokenBatch batch = make_test_batch({{"{"}, {"{"}}, kPassedDecode);
  batch.reject(0, Verdict::kSegmentCount);
  batch.passed[1] = 0;
  HeaderParser(Policy{}).parse_headers(batch);
  CHECK(batch.verdict[0] == Verdict::kSegmentCount);
  CHECK(batch.pending(1));
  CHECK(batch.passed[1] == 0);
}
