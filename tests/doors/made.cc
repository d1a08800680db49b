#include "doors/made.h"

#include "cli/workspace.h"
#include "support/catch.h"

namespace jotmill::doors_test {

using cli_test::sign;

const std::string_view kKeys =
    R"({"keys":[{"kty":"oct","kid":"k1","k":"b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OWFiY2RlZiE"},)"
    R"({"kty":"oct","k":"YW5vdGhlci1zZWNyZXQtZm9yLXRlc3RzLTAxMjM0NTY"},)"
    R"({"kty":"oct","kid":"weak","k":"c2hvcnQ"}]})";

namespace {

std::string one_token(std::size_t i) {
  const std::string n = std::to_string(i);
  const std::string header = R"({"alg":"HS256","kid":"k1"})";
  const std::string claims = R"({"iss":"issuer-)" + std::to_string(i % 7) + R"(","sub":"s)" + n +
                             R"(","exp":1900000000,"iat":1700000)" + std::to_string(100 + i % 800) +
                             "}";
  switch (i % 24) {
    case 1: return sign(header, R"({"exp":1700000000,"jti":")" + n + "\"}");
    case 2: return sign(header, R"({"nbf":1850000000,"jti":")" + n + "\"}");
    case 3: return sign(header, claims, "a-wrong-secret-of-thirty-two-byte");
    case 4: return sign(R"({"alg":"HS256","kid":"nobody)" + n + "\"}", claims);
    case 5: return sign(R"({"alg":"none"})", claims);
    case 6: return sign(R"({"alg":"HS256","kid":"weak"})", claims);
    case 7: return sign(R"({"alg":"XX","kid":"a\u202eb,\"c)" + n + "\"}", claims);
    case 8: return n + ".not.a.token.at.all";
    case 9: return "two." + n;
    case 10: return sign(header, "no JSON " + n);
    case 11: return sign(header, "[" + n + "]");
    case 12: return sign(header, R"({"exp":"soon","jti":")" + n + "\"}");
    case 13: return sign(header, R"({"a":1,"a":)" + n + "}");
    case 14: return sign(R"({"alg":"HS256","alg":"HS256"})", claims);
    case 15: return sign("{" + n, claims);
    case 16: return "!" + sign(header, claims);
    case 17: return sign(R"({"alg":"HS256","crit":["b64"],"b64":false})", claims);
    case 18: return sign(R"({"alg":"RS256","kid":"k1"})", claims);
    case 19: return std::string(300'000, 'a') + n;
    case 20: return sign(R"({"alg":"HS256"})", claims, "another-secret-for-tests-0123456");
    case 21: return "{\"payload\":" + n + "}";
    default: return sign(header, claims);
  }
}

}  // namespace

std::vector<std::string> make_tokens(std::size_t count) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < count; ++i) tokens.push_back(one_token(i));
  return tokens;
}

std::vector<jotmill_text> texts_of(const std::vector<std::string>& tokens) {
  std::vector<jotmill_text> texts;
  for (const std::string& token : tokens) texts.push_back(text(token));
  return texts;
}

Options::Options() {
  REQUIRE(jotmill_options_new(&get, nullptr) == JOTMILL_OK);
  REQUIRE(jotmill_options_add_key(get, "keys", text(kKeys), nullptr) == JOTMILL_OK);
  REQUIRE(jotmill_options_set_time(get, JOTMILL_TIME_AS_OF, kAsOf, 0, nullptr) == JOTMILL_OK);
  REQUIRE(jotmill_options_set_text(get, JOTMILL_TEXT_SHOW, text("iss"), nullptr) == JOTMILL_OK);
  REQUIRE(jotmill_options_set_text(get, JOTMILL_TEXT_SHOW, text("sub"), nullptr) == JOTMILL_OK);
}

Engine::Engine(const Options& options) {
  jotmill_error error = {};
  const int code = jotmill_engine_new(options.get, &get, &error);
  CAPTURE(error.message);
  REQUIRE(code == JOTMILL_OK);
}

std::string Engine::report() const {
  char* json = nullptr;
  std::size_t len = 0;
  jotmill_error error = {};
  const int code = jotmill_report_json(get, &json, &len, &error);
  CAPTURE(error.message);
  REQUIRE(code == JOTMILL_OK);
  std::string report(json, len);
  CHECK(report.c_str() == std::string(json));
  jotmill_string_free(json);
  return report;
}

std::string before_run(const std::string& report) {
  const std::size_t run = report.find("\n\"run\":");
  REQUIRE(run != std::string::npos);
  return report.substr(0, run);
}

}  // namespace jotmill::doors_test
