// The oracle's rules for tokens that the vectors do not pin: boundaries, candidates, order.

#include <optional>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/codec.h"
#include "support/reference_base64url.h"
#include "support/reference_signature.h"
#include "support/reference_verifier.h"
#include "support/signer.h"

namespace jotmill::reference {
namespace {

constexpr Nanoseconds kSecond = 1'000'000'000;
const std::string kSecret = "a secret of forty bytes for these tests.";

std::string jwk(const std::string& secret, const std::string& more = "") {
  return R"({"kty":"oct","k":")" + codec::base64url(secret) + "\"" + more + "}";
}

Keys keys_of(const std::vector<std::string>& texts) {
  Keys keys;
  for (const std::string& text : texts) REQUIRE(keys.load_jwks(text) == "");
  return keys;
}

std::string token(const std::string& header, const std::string& payload,
                  const std::string& secret = kSecret) {
  const std::string input = codec::base64url(header) + "." + codec::base64url(payload);
  return input + "." + codec::base64url(codec::hmac("SHA256", secret, input));
}

// Verdict and, after a space, the detail where there is one.
std::string words(const Answer& answer) {
  return answer.detail.empty() ? answer.verdict : answer.verdict + " " + answer.detail;
}

std::string claims_verdict(const std::string& payload, const Policy& policy) {
  return words(judge(token(R"({"alg":"HS256"})", payload), keys_of({jwk(kSecret)}), policy));
}

std::string header_verdict(const std::string& header, const Policy& policy = {}) {
  return words(judge(token(header, "{}"), keys_of({jwk(kSecret)}), policy));
}

Policy at(Nanoseconds now) {
  Policy policy;
  policy.as_of = now;
  return policy;
}

TEST_CASE("decimals are compared exactly") {
  const auto number = Decimal::from_json_number;
  CHECK(number("1e3") == number("1000.000"));
  CHECK(number("-0") == number("0e999999999999999999999"));
  CHECK(number("0.001e3") == Decimal::from_integer(1, 0));
  CHECK(number("1700000000.123456789") == seconds_of(Nanoseconds{1'700'000'000'123'456'789}));
  CHECK(number("1e-400") > number("0"));
  CHECK(number("-1e-400") < number("0"));
  CHECK(number("1e400") > number("9e399"));
  CHECK(number("-1e400") < number("-9e399"));
  CHECK(number("-10") < number("-9"));
  CHECK(number("1.00000000000000000000000000000001") > number("1"));
  CHECK(number("99") < number("100"));
  CHECK(number("1e99999999999999999999") > number("1e9999"));
  CHECK(Decimal::from_integer(-(Nanoseconds{1} << 100), 0) < Decimal::from_integer(-1, 0));
}

TEST_CASE("dates decide at their exact boundary") {
  Policy policy = at(1000 * kSecond);
  CHECK(claims_verdict(R"({"exp":1000})", policy) == "expired");
  CHECK(claims_verdict(R"({"exp":1000.0000000000000000001})", policy) == "accepted");
  CHECK(claims_verdict(R"({"exp":999.9999999999})", policy) == "expired");
  CHECK(claims_verdict(R"({"nbf":1000})", policy) == "accepted");
  CHECK(claims_verdict(R"({"nbf":1.0000000000001e3})", policy) == "not_yet_valid");
  CHECK(claims_verdict(R"({"iat":99999})", policy) == "accepted");

  policy.exp_leeway = policy.nbf_leeway = 5 * kSecond;
  CHECK(claims_verdict(R"({"exp":995})", policy) == "expired");
  CHECK(claims_verdict(R"({"exp":996})", policy) == "accepted");
  CHECK(claims_verdict(R"({"nbf":1005})", policy) == "accepted");
  CHECK(claims_verdict(R"({"nbf":1005.5})", policy) == "not_yet_valid");

  policy.max_age = 100 * kSecond;
  policy.iat_leeway = kSecond;
  CHECK(claims_verdict("{}", policy) == "claim_missing iat");
  CHECK(claims_verdict(R"({"iat":1001})", policy) == "accepted");
  CHECK(claims_verdict(R"({"iat":1001.1})", policy) == "issued_in_future");
  CHECK(claims_verdict(R"({"iat":899})", policy) == "accepted");
  CHECK(claims_verdict(R"({"iat":898.9})", policy) == "token_too_old");

  Policy off;
  CHECK(claims_verdict(R"({"exp":1,"nbf":9e18})", off) == "accepted");
}

TEST_CASE("dates outside of 63 bits and of other types are invalid") {
  const Policy policy;
  for (const char* bad : {"9223372036854775808", "-9223372036854775808", "1e19", "-1e400", "\"1\"",
                          "null", "true", "[1]", "{}", "9.223372036854775808e18"}) {
    INFO(bad);
    CHECK(claims_verdict(std::string(R"({"exp":)") + bad + "}", policy) == "claim_invalid exp");
  }
  for (const char* good :
       {"9223372036854775807.9999999", "-9223372036854775807", "0e999999", "1e-999", "-0.0"}) {
    INFO(good);
    CHECK(claims_verdict(std::string(R"({"nbf":)") + good + "}", policy) == "accepted");
  }
}

TEST_CASE("claims are checked in the order of the table") {
  Policy policy = at(1000 * kSecond);
  policy.issuers = {"a", "b"};
  policy.audiences = {"api"};
  policy.subjects = {"s"};
  policy.require = {"jti"};
  CHECK(claims_verdict(R"({"iss":1,"jti":2,"exp":"x"})", policy) == "claim_invalid iss");
  CHECK(claims_verdict(R"({"sub":"s","aud":"api"})", policy) == "claim_missing iss");
  CHECK(claims_verdict(R"({"iss":"b","sub":"s","aud":"api"})", policy) == "claim_missing jti");
  CHECK(claims_verdict(R"({"iss":"c","sub":"s","aud":"api","jti":"","exp":1})", policy) ==
        "expired");
  CHECK(claims_verdict(R"({"iss":"c","sub":"t","aud":"x","jti":""})", policy) == "issuer_mismatch");
  CHECK(claims_verdict(R"({"iss":"b","sub":"t","aud":"x","jti":""})", policy) ==
        "audience_mismatch");
  CHECK(claims_verdict(R"({"iss":"b","sub":"t","aud":["x","api"],"jti":""})", policy) ==
        "subject_mismatch");
  CHECK(claims_verdict(R"({"iss":"b","sub":"s","aud":["x","api"],"jti":""})", policy) ==
        "accepted");
  CHECK(claims_verdict(R"({"iss":"b","sub":"s","aud":[],"jti":""})", policy) ==
        "audience_mismatch");
  CHECK(claims_verdict(R"({"iss":"b","sub":"s","aud":["api",[]],"jti":""})", policy) ==
        "claim_invalid aud");
}

TEST_CASE("headers are checked in the order of the table") {
  CHECK(header_verdict(R"({"alg":1,"crit":1})") == "header_bad_type alg");
  CHECK(header_verdict(R"({"alg":"HS256","crit":{}})") == "header_bad_type crit");
  CHECK(header_verdict(R"({"enc":"A","typ":"x"})") == "alg_missing");
  CHECK(header_verdict(R"({"alg":"nOne","enc":"A"})") == "alg_none case_variant");
  CHECK(header_verdict(R"({"alg":"RSA-OAEP","enc":1})") == "encrypted_token");
  CHECK(header_verdict(R"({"alg":"HS1","crit":[]})") == "alg_unsupported");
  CHECK(header_verdict(R"({"alg":"HS256","crit":["b64"],"b64":true})") == "crit_unsupported b64");
  CHECK(header_verdict(R"({"alg":"HS256","crit":["x"]})") == "crit_invalid");
  CHECK(header_verdict(R"({"alg":"HS256","b64":true})") == "accepted");
  CHECK(header_verdict(R"({"alg":"HS256","b64":null})") == "b64_unsupported");
  Policy policy;
  policy.algs = {"RS256"};
  CHECK(header_verdict(R"({"alg":"HS256","crit":[]})", policy) == "alg_not_allowed");
  policy.algs.clear();
  policy.typ = "application/AT+jwt";
  CHECK(header_verdict(R"({"alg":"HS256","typ":"at+JWT"})", policy) == "accepted");
  CHECK(header_verdict(R"({"alg":"HS256","typ":"Application/at+jwt"})", policy) == "accepted");
  CHECK(header_verdict(R"({"alg":"HS256","typ":"JWT"})", policy) == "typ_mismatch");
  CHECK(header_verdict(R"({"alg":"HS256"})", policy) == "typ_mismatch");
  CHECK(header_verdict(R"({"alg":"HS256","cty":"application/jwt"})") == "nested_unsupported");
}

TEST_CASE("crit may name no parameter of the RFCs themselves") {
  for (const char* name : {"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ",
                           "cty", "crit", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"}) {
    const std::string literal = codec::quoted(name);
    const bool there = literal == "\"alg\"" || literal == "\"crit\"";
    INFO(name);
    CHECK(header_verdict(R"({"alg":"HS256","crit":[)" + literal + "]" +
                         (there ? "" : "," + literal + R"(:"1")") + "}") == "crit_invalid");
  }
  CHECK(header_verdict(R"({"alg":"HS256","crit":["P2S"],"P2S":1})") == "crit_unsupported P2S");
}

TEST_CASE("nesting is read to 64 levels") {
  const auto nested = [](size_t arrays) {
    return R"({"alg":"HS256","x":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  CHECK(header_verdict(nested(63)) == "accepted");
  CHECK(header_verdict(nested(64)) == "header_not_json");
}

TEST_CASE("padding is exact where it is allowed, and is signed as it stands") {
  Policy policy;
  const Keys keys = keys_of({jwk(kSecret)});
  const auto padded = [](const std::string& header_padding, const std::string& tag_padding) {
    const std::string input = codec::base64url(R"({"alg":"HS256" })") + header_padding + "." +
                              codec::base64url("{}") + "=";
    return input + "." + codec::base64url(codec::hmac("SHA256", kSecret, input)) + tag_padding;
  };
  CHECK(words(judge(padded("", "="), keys, policy)) == "payload_encoding padding");
  policy.allow_padding = true;
  CHECK(words(judge(padded("", "="), keys, policy)) == "accepted");
  CHECK(words(judge(padded("", ""), keys, policy)) == "accepted");
  CHECK(words(judge(padded("", "=="), keys, policy)) == "signature_encoding padding");
  CHECK(words(judge(padded("====", ""), keys, policy)) == "header_encoding padding");
}

TEST_CASE("base64url faults have one order") {
  const auto fault = [](const char* text) { return decode_base64url(text, false).fault; };
  CHECK(decode_base64url("", false).ok);
  CHECK(decode_base64url("AA", false).bytes == std::string(1, '\0'));
  CHECK(fault("A=A") == "alphabet");
  CHECK(fault("A+") == "alphabet");
  CHECK(fault("AA==") == "padding");
  CHECK(fault("A") == "length");
  CHECK(fault("AB") == "trailing_bits");
  CHECK(fault("AAB") == "trailing_bits");
}

TEST_CASE("candidates are keys of that kid and keys without one; the furthest failure speaks") {
  const std::string other(40, 'o');
  const std::string text = token(R"({"alg":"HS256","kid":"1"})", "{}");
  const auto verdict = [&text](const std::vector<std::string>& keys) {
    return words(judge(text, keys_of(keys), {}));
  };
  CHECK(verdict({}) == "key_not_found");
  CHECK(verdict({jwk(kSecret, R"(,"kid":"2")")}) == "key_not_found");
  CHECK(verdict({jwk(kSecret, R"(,"kid":"\u0031")")}) == "accepted");
  CHECK(verdict({jwk(kSecret)}) == "accepted");
  CHECK(verdict({jwk("short", R"(,"kid":"1")")}) == "key_rejected secret shorter than 32 bytes");
  CHECK(verdict({jwk("short", R"(,"kid":"1")"), jwk(kSecret)}) == "accepted");
  CHECK(verdict({jwk("short"), jwk(other, R"(,"use":"enc")")}) == "key_use_mismatch use");
  CHECK(verdict({jwk(other, R"(,"use":"sig","key_ops":[])")}) == "key_use_mismatch key_ops");
  CHECK(verdict({jwk(other + other, R"(,"alg":"HS512")"), jwk(other, R"(,"use":"enc")")}) ==
        "key_alg_mismatch HS512");
  CHECK(verdict({jwk(other), jwk(other + other, R"(,"alg":"HS512")")}) == "signature_mismatch");
  CHECK(
      verdict(
          {R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"}) ==
      "key_type_mismatch");

  const Answer answer = judge(text, keys_of({jwk(other), jwk("short"), jwk(kSecret)}), {});
  CHECK(answer.verdict == "accepted");
  CHECK(answer.key == 2);
  CHECK(answer.alg == "HS256");
  CHECK(answer.kid == "1");
  CHECK(judge(text, keys_of({jwk(other)}), {}).key == -1);
}

TEST_CASE("seventeen usable candidates are too many, sixteen are not") {
  std::vector<std::string> keys;
  for (char c = 'a'; c < 'a' + 15; ++c) keys.push_back(jwk(std::string(32, c)));
  keys.push_back(jwk(kSecret));
  const std::string text = token(R"({"alg":"HS256"})", "{}");
  CHECK(words(judge(text, keys_of(keys), {})) == "accepted");
  keys.push_back(jwk("short"));
  CHECK(words(judge(text, keys_of(keys), {})) == "accepted");
  keys.push_back(jwk(kSecret));  // a repeated key is no second candidate
  CHECK(words(judge(text, keys_of(keys), {})) == "accepted");
  keys.push_back(jwk(std::string(32, 'z')));
  CHECK(words(judge(text, keys_of(keys), {})) == "key_ambiguous");
  CHECK(words(judge(text.substr(0, text.rfind('.') + 1), keys_of(keys), {})) == "key_ambiguous");
}

TEST_CASE("a secret without alg is asked for its length by each token") {
  const Keys keys = keys_of({jwk(kSecret)});
  const std::string text = token(R"({"alg":"HS384"})", "{}");
  CHECK(words(judge(text, keys, {})) == "key_rejected secret shorter than 48 bytes");
  Policy policy;
  policy.allow_weak_secret = true;
  CHECK(words(judge(text, keys, policy)) == "signature_length");
  CHECK(words(judge(token(R"({"alg":"HS256"})", "{}", "short"), keys_of({jwk("short")}), policy)) ==
        "accepted");
  CHECK(words(judge(token(R"({"alg":"HS256"})", "{}", ""), keys_of({jwk("")}), policy)) ==
        "key_rejected empty secret");
}

TEST_CASE("EdDSA takes both curves, the names of RFC 9864 their own alone") {
  gen::Random random(11);
  for (const char* crv : {"Ed25519", "Ed448"}) {
    const gen::SigningKey key = gen::make_okp(random, crv);
    const std::string public_half = std::string(R"({"kty":"OKP","crv":")") + crv + R"(","x":")" +
                                    codec::base64url(key.x) + "\"";
    const auto verdict = [&](const std::string& alg, const std::string& more) {
      const std::string input =
          codec::base64url(R"({"alg":")" + alg + "\"}") + "." + codec::base64url("{}");
      const std::string text = input + "." + codec::base64url(gen::sign("EdDSA", key, input));
      return words(judge(text, keys_of({public_half + more + "}"}), {}));
    };
    const std::string other = std::string(crv) == "Ed448" ? "Ed25519" : "Ed448";
    CHECK(verdict("EdDSA", "") == "accepted");
    CHECK(verdict(crv, "") == "accepted");
    CHECK(verdict(other, "") == "key_type_mismatch");
    CHECK(verdict(crv, R"(,"alg":"EdDSA")") == "key_alg_mismatch EdDSA");
    CHECK(verdict("EdDSA", std::string(R"(,"alg":")") + crv + "\"") ==
          "key_alg_mismatch " + std::string(crv));
  }
}

TEST_CASE("S of EdDSA lies below the order of the group") {
  gen::Random random(12);
  for (const char* crv : {"Ed25519", "Ed448"}) {
    const gen::SigningKey signer = gen::make_okp(random, crv);
    Key key;
    key.kty = "OKP", key.crv = crv, key.x = signer.x;
    const size_t half = signer.x.size();
    const std::string r = gen::sign("EdDSA", signer, "message").substr(0, half);
    const auto verdict = [&](const std::string& s) {
      return verify_signature("EdDSA", key, "message", r + s);
    };
    const std::string order = gen::group_order(crv);
    std::string before = order;
    before[0] = static_cast<char>(before[0] - 1);
    INFO(crv);
    CHECK(verdict(order) == "signature_out_of_range");
    CHECK(verdict(std::string(half, '\xFF')) == "signature_out_of_range");
    CHECK(verdict(before) == "signature_mismatch");
    CHECK(verdict(std::string(half, '\0')) == "signature_mismatch");
  }
}

TEST_CASE("without claims the payload may be anything, but not its encoding") {
  Policy policy;
  policy.claims = false;
  policy.issuers = {"a"};
  CHECK(claims_verdict("\xFF", policy) == "accepted");
  CHECK(header_verdict(R"({"alg":"HS256","cty":"JWT"})", policy) == "accepted");
}

TEST_CASE("shapes") {
  Policy policy;
  policy.max_token_bytes = 10;
  const auto verdict = [&policy](const std::string& text) {
    return words(judge(text, Keys{}, policy));
  };
  CHECK(verdict("") == "token_empty");
  CHECK(verdict("..........a") == "token_too_large");
  CHECK(verdict(" \t\r\n{.....") == "json_serialization");
  CHECK(verdict("\v{..") == "header_encoding alphabet");
  CHECK(verdict("a....b") == "encrypted_token");
  CHECK(verdict(".....") == "segment_count 6");
  CHECK(verdict("a") == "segment_count 1");
  CHECK(verdict("..") == "header_encoding empty");
}

}  // namespace
}  // namespace jotmill::reference
