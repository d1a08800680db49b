// What each policy option of `verify` does to the verdict of a token, seen from the command line.
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

/// The verdict of one token on standard input under `options`; the exit code must fit it.
std::string verdict(const std::string& one_token, Words options) {
  options.insert(options.begin(), {"verify", "--keys", keys_file(), "--verdicts", "-", "--quiet",
                                   "--format", "lines"});
  const Ended ended = run(options, one_token + "\n");
  INFO(ended.err);
  const Words verdicts = members(ended.out, "verdict");
  REQUIRE(verdicts.size() == 1);
  CHECK(ended.exit_code == (verdicts[0] == "accepted" ? 0 : 1));
  return verdicts[0];
}

}  // namespace

TEST_CASE("without policy a good token is accepted and a forged one is not") {
  const Folder folder;
  CHECK(verdict(good_token(), {}) == "accepted");
  CHECK(verdict(forged_token(), {}) == "signature_mismatch");
}

TEST_CASE("--issuer is exact and repeatable, commas included") {
  const Folder folder;
  CHECK(verdict(good_token(), {"--issuer", "https://issuer.example"}) == "accepted");
  CHECK(verdict(good_token(), {"--issuer", "x", "--issuer", "https://issuer.example"}) ==
        "accepted");
  CHECK(verdict(good_token(), {"--issuer", "https://issuer.example/"}) == "issuer_mismatch");
  CHECK(verdict(good_token(), {"--issuer", "x,https://issuer.example"}) == "issuer_mismatch");
  CHECK(verdict(token(R"({"iss":"a,b"})"), {"--issuer=a,b"}) == "accepted");
  CHECK(verdict(token("{}"), {"--issuer", "x"}) == "claim_missing");
}

TEST_CASE("--issuer takes an empty value and one that begins with a dash") {
  const Folder folder;
  CHECK(verdict(token(R"({"iss":""})"), {"--issuer="}) == "accepted");
  CHECK(verdict(token(R"({"iss":""})"), {"--issuer", ""}) == "accepted");
  CHECK(verdict(token(R"({"iss":"--keys"})"), {"--issuer", "--keys"}) == "accepted");
}

TEST_CASE("--audience matches one of the array") {
  const Folder folder;
  CHECK(verdict(good_token(), {"--audience", "web"}) == "accepted");
  CHECK(verdict(good_token(), {"--audience", "other"}) == "audience_mismatch");
}

TEST_CASE("--subject is exact") {
  const Folder folder;
  CHECK(verdict(good_token(), {"--subject", "alice"}) == "accepted");
  CHECK(verdict(good_token(), {"--subject", "Alice"}) == "subject_mismatch");
}

TEST_CASE("--require takes a list and may be repeated") {
  const Folder folder;
  CHECK(verdict(good_token(), {"--require", "iss,exp", "--require", "sub"}) == "accepted");
  CHECK(verdict(good_token(), {"--require", "iss,jti"}) == "claim_missing");
}

TEST_CASE("--as-of takes Unix seconds, RFC 3339 and off") {
  const Folder folder;
  const std::string expires = token(R"({"exp":1000})");
  CHECK(verdict(expires, {}) == "expired");
  CHECK(verdict(expires, {"--as-of", "now"}) == "expired");
  CHECK(verdict(expires, {"--as-of", "off"}) == "accepted");
  CHECK(verdict(expires, {"--as-of", "999"}) == "accepted");
  CHECK(verdict(expires, {"--as-of", "999.999999999"}) == "accepted");
  CHECK(verdict(expires, {"--as-of", "1000"}) == "expired");
  CHECK(verdict(expires, {"--as-of", "-5"}) == "accepted");
  CHECK(verdict(expires, {"--as-of", "1970-01-01T00:16:39Z"}) == "accepted");
  CHECK(verdict(expires, {"--as-of", "1970-01-01t01:16:40+01:00"}) == "expired");
}

TEST_CASE("--leeway moves all three borders, or each its own") {
  const Folder folder;
  const std::string expires = token(R"({"exp":1000})");
  const std::string begins = token(R"({"nbf":1000})");
  CHECK(verdict(expires, {"--as-of", "1059", "--leeway", "60"}) == "accepted");
  CHECK(verdict(expires, {"--as-of", "1060", "--leeway", "1m"}) == "expired");
  CHECK(verdict(expires, {"--as-of", "1000.4", "--leeway", "500ms"}) == "accepted");
  CHECK(verdict(begins, {"--as-of", "940", "--leeway", "60s"}) == "accepted");
  CHECK(verdict(begins, {"--as-of", "939", "--leeway", "60s"}) == "not_yet_valid");
  CHECK(verdict(expires, {"--as-of", "1030", "--leeway", "exp=60s,nbf=5s,iat=5s"}) == "accepted");
  CHECK(verdict(begins, {"--as-of", "970", "--leeway", "exp=60s"}) == "not_yet_valid");
}

TEST_CASE("--max-age judges iat") {
  const Folder folder;
  const std::string issued = token(R"({"iat":1000})");
  CHECK(verdict(issued, {"--as-of", "99999"}) == "accepted");
  CHECK(verdict(issued, {"--as-of", "4600", "--max-age", "1h"}) == "accepted");
  CHECK(verdict(issued, {"--as-of", "4601", "--max-age", "1h"}) == "token_too_old");
  CHECK(verdict(issued, {"--as-of", "999", "--max-age", "1h"}) == "issued_in_future");
  CHECK(verdict(token("{}"), {"--as-of", "999", "--max-age", "1h"}) == "claim_missing");
}

TEST_CASE("--typ passes over letter case and application/") {
  const Folder folder;
  CHECK(verdict(good_token(), {"--typ", "jwt"}) == "accepted");
  CHECK(verdict(good_token(), {"--typ", "Application/JWT"}) == "accepted");
  CHECK(verdict(good_token(), {"--typ", "at+jwt"}) == "typ_mismatch");
}

TEST_CASE("--claims off judges the signature alone") {
  const Folder folder;
  const std::string no_claims = token("these are no claims");
  CHECK(verdict(no_claims, {}) == "payload_not_json");
  CHECK(verdict(no_claims, {"--claims", "on"}) == "payload_not_json");
  CHECK(verdict(no_claims, {"--claims", "off"}) == "accepted");
  CHECK(verdict(token(R"({"exp":1000})"), {"--claims", "off"}) == "accepted");
  CHECK(verdict(forged_token(), {"--claims", "off"}) == "signature_mismatch");
}

TEST_CASE("--alg limits the algorithms and may be repeated") {
  const Folder folder;
  CHECK(verdict(good_token(), {"--alg", "RS256,ES256"}) == "alg_not_allowed");
  CHECK(verdict(good_token(), {"--alg", "RS256,HS256"}) == "accepted");
  CHECK(verdict(good_token(), {"--alg", "RS256", "--alg", "HS256"}) == "accepted");
}

TEST_CASE("--allow-padding accepts the padding that RFC 4648 would write") {
  const Folder folder;
  std::string padded = good_token();
  REQUIRE(padded.substr(padded.rfind('.') + 1).size() == 43);
  padded += '=';
  CHECK(verdict(padded, {}) == "signature_encoding");
  CHECK(verdict(padded, {"--allow-padding"}) == "accepted");
  CHECK(verdict(padded + "=", {"--allow-padding"}) == "signature_encoding");
}

TEST_CASE("--allow-weak-secret and --secret-file with a kid") {
  const Folder folder;
  write_file("weak.bin", "too short\n");
  const std::string weak = sign(R"({"alg":"HS256","kid":"w"})", "{}", "too short");
  CHECK(verdict(weak, {"--secret-file", "w=weak.bin"}) == "key_rejected");
  CHECK(verdict(weak, {"--secret-file", "w=weak.bin", "--allow-weak-secret"}) == "accepted");
  CHECK(verdict(weak, {"--secret-file", "v=weak.bin", "--allow-weak-secret"}) == "key_not_found");
  CHECK(verdict(weak, {"--secret-file", "weak.bin", "--allow-weak-secret"}) == "accepted");
}

TEST_CASE("a secret file's dropped newline is said on standard error") {
  const Folder folder;
  write_file("secret.bin", std::string(kSecret) + "\n");
  const Ended ended = run({"verify", "--secret-file", "k1=secret.bin"}, good_token());
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.err, "secret.bin"));
  CHECK(contains(ended.err, "newline"));
  CHECK_FALSE(contains(ended.err, std::string(kSecret)));
}

TEST_CASE("--max-token-bytes is the last length that is judged") {
  const Folder folder;
  const std::string one = good_token();
  CHECK(verdict(one, {"--max-token-bytes", std::to_string(one.size())}) == "accepted");
  CHECK(verdict(one, {"--max-token-bytes", std::to_string(one.size() - 1)}) == "token_too_large");
  CHECK(verdict(std::string(262144, 'a'), {}) == "segment_count");
  CHECK(verdict(std::string(262145, 'a'), {}) == "token_too_large");
  CHECK(verdict(std::string(262145, 'a'), {"--max-token-bytes", "1MiB"}) == "segment_count");
}

TEST_CASE("--keys takes a directory, and several sources combine") {
  const Folder folder;
  write_file("other.bin", "another-secret-0123456789abcdef!!");
  const std::string other =
      sign(R"({"alg":"HS256","kid":"o"})", "{}", "another-secret-0123456789abcdef!!");
  CHECK(verdict(other, {"--secret-file", "o=other.bin"}) == "accepted");
  CHECK(verdict(good_token(), {"--secret-file", "o=other.bin"}) == "accepted");
  REQUIRE(run({"keys", test_folder() + "/keys.json"}).exit_code == 0);
  const std::string sub = test_folder() + "/keydir";
  REQUIRE(std::system(("mkdir " + sub + " && cp " + test_folder() + "/keys.json " + sub).c_str()) ==
          0);
  CHECK(run({"verify", "--keys", "keydir"}, good_token()).exit_code == 0);
}

TEST_CASE("options of a TOML file count, and the command line wins") {
  const Folder folder;
  write_file("policy.toml", R"(# judged as of a fixed time
keys = "keys.json"
issuer = ["x", "https://issuer.example"]   # either
as-of = 2026-11-23T10:00:00Z
leeway = "exp=60s"
require = ["iss", "exp"]
allow-padding = false
)");
  keys_file();
  CHECK(run({"verify", "--config", "policy.toml"}, good_token()).exit_code == 0);
  CHECK(run({"verify", "--config=policy.toml", "--issuer", "x"}, good_token()).exit_code == 1);
  CHECK(run({"verify", "--issuer", "x", "--config", "policy.toml"}, good_token()).exit_code == 1);
  CHECK(run({"verify", "--config", "policy.toml", "--as-of", "2200-01-01T00:00:00Z"}, good_token())
            .exit_code == 1);
}
