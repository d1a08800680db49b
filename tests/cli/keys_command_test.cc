// jotmill keys: what is listed, what is refused, and the exit codes.

#include <sys/stat.h>

#include "cli/program.h"
#include "cli/workspace.h"
#include "support/catch.h"

namespace jotmill::cli_test {
namespace {

// RFC 7638 s3.1; its thumbprint stands there too.
constexpr const char* kRsa =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_)"
    R"(BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY36)"
    R"(8QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcR)"
    R"(wr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";

TEST_CASE("keys lists what each key verifies, refusals with their reason, and sums up") {
  const Folder folder;
  write_file(
      "set.json",
      std::string(R"({"keys":[)") + kRsa + R"(,{"kty":"RSA","n":"AQAB","e":"AQAB"},)" +
          R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"enc"}]})");
  const Ended ended = run({"keys", "set.json"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  CHECK(
      contains(ended.out,
               "set.json\n    0  RSA 2048 bits, kid 2011-04-29, alg RS256\n       verifies RS256\n"
               "       thumbprint NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n"));
  CHECK(
      contains(ended.out,
               "    1  RSA 17 bits, no kid\n       REFUSED: RSA of 17 bits, 2048 is the least\n"));
  CHECK(contains(ended.out,
                 "    2  OKP Ed25519, no kid\n       verifies nothing: its use or key_ops leave "
                 "signatures out\n"));
  CHECK(contains(ended.out, "\n3 keys: 1 usable, 1 refused, 1 not for signatures\n"));
  CHECK(contains(ended.out, "warning: set.json: 1 of 3 keys refused; first key 1: RSA of 17 bits"));
}

TEST_CASE("keys: which tables a key can earn, and what they take") {
  const Folder folder;
  // RFC 7515 A.3, RFC 8037 A.1, and B plus the point of order 2: a sound encoding, another order.
  write_file(
      "p256.json",
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  write_file("ed25519.json",
             R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  write_file("torsion.json",
             R"({"kty":"OKP","crv":"Ed25519","x":"lZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZk"})");
  write_file("rsa.json", kRsa);
  for (const char* file : {"p256.json", "ed25519.json"}) {
    const Ended text = run({"keys", file});
    CHECK(contains(text.out, "tables 256 KiB after 128 signatures, "));
    const Ended json = run({"keys", "--format", "json", file});
    CHECK(contains(json.out, R"("tables":[{"window":8,"bytes":262144,"signatures":128},)"));
  }
  CHECK(contains(run({"keys", "torsion.json"}).out, "tables none: not in the subgroup"));
  CHECK(contains(run({"keys", "--format", "json", "torsion.json"}).out, R"("tables":[])"));
  CHECK_FALSE(contains(run({"keys", "rsa.json"}).out, "tables"));
}

TEST_CASE("keys never shows a secret, in no format") {
  const Folder folder;
  write_file("secret", std::string(kSecret) + "\n");
  for (const char* format : {"text", "json"}) {
    const Ended ended = run({"keys", "--format", format, "--secret-file", "k1=secret"});
    CHECK(ended.exit_code == 0);
    CHECK(contains(ended.out, "HS256"));
    CHECK(contains(ended.out, "k1"));
    CHECK(contains(ended.out, "one trailing newline dropped"));
    CHECK_FALSE(contains(ended.out + ended.err, std::string(kSecret.substr(0, 8))));
    CHECK_FALSE(contains(ended.out + ended.err, base64url(kSecret)));
  }
}

TEST_CASE("keys --format json is one object with a key a line") {
  const Folder folder;
  write_file("rsa.json", kRsa);
  const Ended ended = run({"keys", "--format", "json", "--keys", "rsa.json"});
  CHECK(ended.exit_code == 0);
  CHECK(
      ended.out ==
      "{\"schema\":\"jotmill.keys/1\",\"keys\":[\n"
      R"({"source":"rsa.json","position":0,"type":"RSA","curve":null,"bits":2048,"kid":"2011-04-29","alg":"RS256",)"
      R"("for_signatures":true,"algs":["RS256"],"refusal":null,"warnings":[],)"
      R"("thumbprint":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"})"
      "\n],\"warnings\":[]}\n");
}

TEST_CASE("keys: a secret that is too short makes exit 1, allowed it is 0") {
  const Folder folder;
  write_file("short", "short");
  const Ended refused = run({"keys", "--secret-file", "short"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.out, "REFUSED: oct of 40 bits, 256 is the least"));
  CHECK(contains(refused.out, "warning: no key can verify anything"));
  CHECK(run({"keys", "--allow-weak-secret", "--secret-file", "short"}).exit_code == 0);
}

TEST_CASE("keys: files refused whole are named on standard error, the others are still listed") {
  const Folder folder;
  write_file("bad.json", R"({"keys":[)");
  write_file("rsa.json", kRsa);
  const Ended ended = run({"keys", "bad.json", "missing.pem", "rsa.json"});
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, "bad.json (byte 9): keys refused: not JSON"));
  CHECK(contains(ended.err, "missing.pem: cannot be read: No such file or directory"));
  CHECK(contains(ended.out, "RSA 2048 bits, kid 2011-04-29"));
  CHECK(run({"keys", "bad.json"}).out.empty());
}

TEST_CASE("keys: nothing given, an empty folder, an empty set: exit 2 with one line") {
  const Folder folder;
  write_file("empty.json", R"({"keys":[]})");
  REQUIRE(::mkdir(in_folder("none").c_str(), 0700) == 0);
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"keys"}, {"keys", "none"}, {"keys", "empty.json"}, {"keys", ""}}) {
    const Ended ended = run(args);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK(count_lines(ended.err) == 1);
  }
}

TEST_CASE("keys: a kid cannot drive the terminal, and every line fits 80 columns") {
  const Folder folder;
  write_file("key.json", R"({"kty":"oct","kid":"\u001b[31m\u202e)" + std::string(30, 'k') + " " +
                             std::string(40, 'l') + R"(","k":")" + base64url(kSecret) + "\"}");
  const Ended ended = run({"keys", "key.json"});
  CHECK(ended.exit_code == 0);
  CHECK_FALSE(contains(ended.out, "\x1b"));
  CHECK_FALSE(contains(ended.out, "\xE2\x80\xAE"));
  std::size_t column = 0, widest = 0;
  for (const char c : ended.out) {
    column = c == '\n' ? 0 : column + 1;
    widest = std::max(widest, column);
  }
  CHECK(widest <= 80);
}

TEST_CASE("keys into a full disk and a closed pipe") {
  const Folder folder;
  write_file("rsa.json", kRsa);
  CHECK(run(Start{.args = {"keys", "rsa.json"}, .stdout_path = "/dev/full"}).exit_code == 4);
  CHECK(run(Start{.args = {"keys", "rsa.json"}, .close_stdout = true}).exit_code == 141);
}

}  // namespace
}  // namespace jotmill::cli_test
