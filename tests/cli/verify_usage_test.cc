// Every wrong command line of `verify` ends with exit code 2, nothing on standard output and one
// line on standard error that names what is wrong.
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

/// The line on standard error after `verify --keys keys.json ARGS` was refused.
std::string refusal(Words args, bool with_keys = true) {
  const std::string keys = keys_file();
  if (with_keys) args.insert(args.begin(), {"--keys", keys});
  args.insert(args.begin(), "verify");
  const Ended ended = run(args, good_token() + "\n");
  std::string line;
  for (const std::string& arg : args) line += arg + ' ';
  INFO(line);
  INFO(ended.err);
  CHECK(ended.exit_code == 2);
  CHECK(ended.out.empty());
  CHECK(count_lines(ended.err) == 1);
  CHECK(ended.err.starts_with("jotmill: "));
  return ended.err;
}

void check_refused(const Words& args, const std::string& said) {
  const std::string line = refusal(args);
  INFO(line);
  CHECK(contains(line, said));
}

}  // namespace

TEST_CASE("an unknown option is named, with the nearest one") {
  const Folder folder;
  check_refused({"--isuer", "x"}, "did you mean --issuer?");
  check_refused({"--verdict=x"}, "did you mean --verdicts?");
  check_refused({"--blah"}, "--blah");
  check_refused({"-x"}, "-x");
}

TEST_CASE("a value that is missing or one too many") {
  const Folder folder;
  check_refused({"--issuer"}, "--issuer");
  check_refused({"--quiet=yes"}, "--quiet");
  for (const char* name : {"--leeway", "--as-of", "--max-age", "--typ", "--claims", "--format",
                           "--threads", "--max-token-bytes", "--max-record-bytes", "--verdicts",
                           "--only", "--fingerprint-key", "--chunk-bytes", "--color", "--config"}) {
    check_refused({name, "1", name, "1"}, name);
    check_refused({name}, name);
  }
}

TEST_CASE("values that mean nothing") {
  const Folder folder;
  check_refused({"--leeway", "soon"}, "--leeway");
  check_refused({"--leeway", "-5s"}, "--leeway");
  check_refused({"--leeway", "exp=5s,exp=6s"}, "--leeway");
  check_refused({"--leeway", "foo=5s"}, "--leeway");
  check_refused({"--leeway", "exp=5s,6s"}, "--leeway");
  check_refused({"--leeway="}, "--leeway");
  check_refused({"--max-age", "1w"}, "--max-age");
  check_refused({"--as-of", "yesterday"}, "--as-of");
  check_refused({"--as-of", "2026-02-30T00:00:00Z"}, "--as-of");
  check_refused({"--as-of", "2016-12-31T23:59:60Z"}, "leap second");
  check_refused({"--as-of="}, "--as-of");
  check_refused({"--typ="}, "--typ");
  check_refused({"--claims", "maybe"}, "on, off");
  check_refused({"--format", "xml"}, "lines, text, jsonl, har");
  check_refused({"--field", "token"}, "--field");
  check_refused({"--field", "/a~2"}, "--field");
  check_refused({"--threads", "-1"}, "--threads");
  check_refused({"--threads", "1.5"}, "--threads");
  check_refused({"--threads", "99999999999"}, "--threads");
  check_refused({"--max-token-bytes", "0"}, "--max-token-bytes");
  check_refused({"--max-token-bytes", "1KB"}, "--max-token-bytes");
  check_refused({"--max-record-bytes", "99999999999999999999"}, "--max-record-bytes");
  check_refused({"--chunk-bytes", "0"}, "--chunk-bytes");
  check_refused({"--only", "bad"}, "all, rejected, accepted");
  check_refused({"--color", "blue"}, "auto, always, never");
  check_refused({"--require", "iss,,exp"}, "--require");
  check_refused({"--show", ","}, "--show");
  check_refused({"--verdicts="}, "--verdicts");
  check_refused({"--report", "out.xml"}, ".json or .txt");
  check_refused({"--kernels", "scalar"}, "--kernels");
  check_refused({"--kernels", "base64url=scalar,base64url=scalar2"}, "--kernels");
}

TEST_CASE("an unknown algorithm is answered with the sixteen names") {
  const Folder folder;
  const std::string line = refusal({"--alg", "RS256,rs512"});
  for (const char* alg :
       {"rs512", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
        "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448"}) {
    CHECK(contains(line, alg));
  }
  check_refused({"--alg", "none"}, "--alg");
}

TEST_CASE("an unknown kernel or variant") {
  const Folder folder;
  check_refused({"--kernels", "base64url=nonsense"}, "nonsense");
  check_refused({"--kernels", "nonsense=scalar"}, "nonsense");
}

TEST_CASE("a fingerprint key does not come from standard input, where the tokens are") {
  const Folder folder;
  keys_file();
  check_refused({"--fingerprint-key", "-"}, "--fingerprint-key");
  CHECK(run({"extract", "--fingerprint-key", "-"}, good_token()).exit_code == 2);
}

TEST_CASE("--claims off together with any claim policy") {
  const Folder folder;
  for (const Words& policy : std::vector<Words>{{"--issuer", "x"},
                                                {"--audience", "x"},
                                                {"--subject", "x"},
                                                {"--require", "exp"},
                                                {"--leeway", "5s"},
                                                {"--max-age", "5s"},
                                                {"--show", "iss"}}) {
    Words args = {"--claims", "off"};
    args.insert(args.end(), policy.begin(), policy.end());
    check_refused(args, policy[0]);
  }
}

TEST_CASE("--field belongs to jsonl") {
  const Folder folder;
  for (const char* format : {"lines", "text", "har"})
    check_refused({"--format", format, "--field", "/token"}, "--field");
}

TEST_CASE("--table-memory takes a size or off") {
  const Folder folder;
  for (const char* wrong : {"many", "-1", "", "offf"})
    CHECK(contains(refusal({"--table-memory", wrong}), "--table-memory"));
}

TEST_CASE("--memo and --cross-check take a number or off") {
  const Folder folder;
  CHECK(contains(refusal({"--memo", "many"}), "--memo"));
  CHECK(contains(refusal({"--memo", "-1"}), "--memo"));
  CHECK(contains(refusal({"--cross-check", "0"}), "--cross-check"));
  CHECK(contains(refusal({"--cross-check", "offf"}), "off"));
  for (const Words& words : std::vector<Words>{{"--memo", "off", "--cross-check", "off"},
                                               {"--memo", "1", "--cross-check", "1"},
                                               {"--memo", "131072", "--cross-check", "4096"}}) {
    Words args = {"verify", "--keys", keys_file(), "--as-of", "off"};
    args.insert(args.end(), words.begin(), words.end());
    CHECK(run(args, good_token() + "\n").exit_code == 0);
  }
}

TEST_CASE("no keys at all") {
  const Folder folder;
  CHECK(contains(refusal({}, false), "--keys"));
}

TEST_CASE("key files that are refused whole are named") {
  const Folder folder;
  write_file("broken.json", R"({"keys":[{"kty":"oct")");
  write_file("empty.json", "");
  write_file("list.json", R"({"keys":5})");
  write_file("text.pem", "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n");
  for (const char* path : {"broken.json", "empty.json", "list.json", "text.pem", "missing.json"}) {
    CHECK(contains(refusal({"--keys", path}, false), path));
    CHECK(contains(refusal({"--keys", path}, true), path));
  }
  CHECK(contains(refusal({"--secret-file", "k=missing.bin"}), "missing.bin"));
}

TEST_CASE("two keys with one kid, and a set that mixes symmetric and public keys") {
  const Folder folder;
  const std::string k = base64url(kSecret);
  write_file("twice.json", R"({"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":")" + k +
                               R"("},{"kty":"oct","kid":"a","alg":"HS256","k":"x)" + k + "\"}]}");
  CHECK(contains(refusal({"--keys", "twice.json"}, false), "twice.json"));
  write_file("mixed.json", R"({"keys":[{"kty":"oct","kid":"a","k":")" + k +
                               R"("},{"kty":"OKP","crv":"Ed25519","kid":"b",)" +
                               R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  CHECK(contains(refusal({"--keys", "mixed.json"}, false), "mixed.json"));
}

TEST_CASE("a set whose every key is refused runs with a warning") {
  const Folder folder;
  write_file("weak.json", R"({"keys":[{"kty":"oct","kid":"k1","k":"c2hvcnQ"}]})");
  const Ended ended = run({"verify", "--keys", "weak.json", "--verdicts", "-"}, good_token());
  CHECK(ended.exit_code == 1);
  CHECK(members(ended.out, "verdict") == Words{"key_rejected"});
  CHECK(contains(ended.err, "jotmill: "));
  CHECK(contains(ended.err, "key"));
}

TEST_CASE("config files: unknown names, no TOML, no file") {
  const Folder folder;
  write_file("unknown.toml", "threads = 2\nisuer = \"x\"\n");
  check_refused({"--config", "unknown.toml"}, "unknown.toml:2");
  check_refused({"--config", "unknown.toml"}, "did you mean --issuer?");
  write_file("broken.toml", "issuer = \"x\n");
  check_refused({"--config", "broken.toml"}, "broken.toml:1");
  write_file("table.toml", "[verify]\nissuer = \"x\"\n");
  check_refused({"--config", "table.toml"}, "table.toml:1");
  write_file("two.toml", "threads = [1, 2]\n");
  check_refused({"--config", "two.toml"}, "two.toml:1");
  for (const char* name : {"issuer", "audience", "require", "alg", "subject"}) {
    INFO(name);
    write_file("none.toml", "quiet = true\n" + std::string(name) + " = []\n");
    check_refused({"--config", "none.toml"}, "none.toml:2: " + std::string(name) + ": an empty");
  }
  write_file("flag.toml", "quiet = 5\n");
  check_refused({"--config", "flag.toml"}, "flag.toml:1");
  write_file("nested.toml", "config = \"flag.toml\"\n");
  check_refused({"--config", "nested.toml"}, "nested.toml:1");
  write_file("value.toml", "threads = \"many\"\n");
  check_refused({"--config", "value.toml"}, "--threads");
  check_refused({"--config", "missing.toml"}, "missing.toml");
  check_refused({"--config", "."}, ".");
}

TEST_CASE("a refusal never shows a token") {
  const Folder folder;
  const std::string secret_token = good_token();
  for (const Words& args : std::vector<Words>{{"--as-of", secret_token},
                                              {"--leeway", secret_token},
                                              {"--alg", secret_token},
                                              {"--only", secret_token},
                                              {"--field", secret_token},
                                              {"--" + secret_token, "x"}}) {
    CHECK_FALSE(contains(refusal(args), secret_token));
  }
}

// The harness fails a run that prints 31 bytes of what it was told to remember.
TEST_CASE("a key or secret where a file belongs is refused without being repeated") {
  const Folder folder;
  const std::string secret = "TopSecretSentinelValue_0123456789abcdefGHIJ";
  const std::string in_base64 = "VG9wU2VjcmV0U2VudGluZWxWYWx1ZV8wMTIzNDU2Nzg5Lw==";
  const std::string jwk = R"( {"kty":"oct","k":")" + secret + "\"}";
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\n" + in_base64 + "\n-----END PRIVATE KEY-----\n";
  remember_secret(secret);
  remember_secret(in_base64);
  write_file("one.txt", good_token() + "\n");
  for (const Words& args : std::vector<Words>{{"--secret-file", secret},
                                              {"--secret-file", "k=" + secret},
                                              {"--secret-file", "k=/" + secret},
                                              {"--secret-file", in_base64},
                                              {"--secret-file", "k=" + jwk},
                                              {"--fingerprint-key", secret},
                                              {"--keys", jwk},
                                              {"--keys", pem},
                                              {"--config", jwk},
                                              {"--verdicts", jwk},
                                              {"--report", pem},
                                              {"--checkpoint", jwk},
                                              {"--as-of", jwk},
                                              {jwk}}) {
    INFO(args[0]);
    Words all = {"verify", "--keys", keys_file(), "one.txt"};
    all.insert(all.end(), args.begin(), args.end());
    const Ended ended = run(all);
    CHECK(ended.exit_code == 2);
    CHECK_FALSE(contains(ended.err, secret.substr(0, 12)));
    CHECK_FALSE(contains(ended.err, in_base64.substr(0, 12)));
  }
  for (const Words& command : std::vector<Words>{{"keys", jwk},
                                                 {"keys", pem},
                                                 {"merge", jwk},
                                                 {"compare", jwk, "x"},
                                                 {"extract", jwk},
                                                 {"bench", jwk},
                                                 {"plan", "--bench", jwk, "--rate", "1/s"},
                                                 {"generate", "--recipe", jwk}}) {
    INFO(command[0]);
    CHECK(run(command).exit_code == 2);
  }
  write_file("policy.toml", "secret-file = \"k=" + secret + "\"\n");
  CHECK(run({"verify", "--config", "policy.toml", "one.txt"}).exit_code == 2);
  // What can only be a path is named.
  for (const std::string path : {"no/such/folder/a.key", "missing.bin", "./missing"})
    CHECK(contains(refusal({"--secret-file", path}), path));
}

TEST_CASE("a token where a file belongs is refused without being repeated") {
  const Folder folder;
  for (const std::string& token : {good_token(), "Bearer " + good_token()}) {
    const std::string line = refusal({token});
    CHECK(contains(line, "INPUT: is a token and no file"));
    CHECK_FALSE(contains(line, good_token().substr(0, 12)));
    for (const Words& command :
         {Words{"keys", token}, Words{"merge", token}, Words{"verify", "--keys", token}}) {
      const Ended ended = run(command);
      INFO(ended.err);
      CHECK(ended.exit_code == 2);
      CHECK_FALSE(contains(ended.err, good_token().substr(0, 12)));
    }
  }
  // A file of that name is read, whatever its name looks like.
  write_file("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", good_token() + "\n");
  const Ended ended = run({"verify", "--keys", keys_file(), "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"});
  CHECK(ended.exit_code == 0);
}
