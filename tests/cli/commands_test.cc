// The program itself, and the commands explain and cpu.
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

constexpr const char* kCommands[] = {"verify",  "explain", "keys",  "generate", "bench",
                                     "compare", "plan",    "merge", "cpu"};

Ended explain(Words args, const std::string& input = "") {
  args.insert(args.begin(), {"explain", "--keys", keys_file()});
  return run(args, input);
}

}  // namespace

TEST_CASE("--help lists every command; without arguments it stands on standard error, exit 2") {
  const Folder folder;
  const Ended help = run({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* command : kCommands) CHECK(contains(help.out, std::string("\n  ") + command));
  const Ended none = run(Words{});
  CHECK(none.exit_code == 2);
  CHECK(none.out.empty());
  CHECK(none.err == help.out);
  CHECK(run({"-h"}).out == help.out);
  CHECK(run({"help"}).out == help.out);
}

TEST_CASE("every command has help with examples and exit codes, at most 80 columns wide") {
  const Folder folder;
  for (const char* command : kCommands) {
    INFO(command);
    const Ended help = run({command, "--help"});
    CHECK(help.exit_code == 0);
    CHECK(help.err.empty());
    CHECK(contains(help.out, "Usage: jotmill " + std::string(command)));
    CHECK(contains(help.out, "Example"));
    CHECK((contains(help.out, "Exit code") || contains(help.out, "exit code")));
    CHECK(run({"help", command}).out == help.out);
    CHECK(run({command, "--nonsense", "-h"}).exit_code != 1);
    for (std::size_t at = 0; at < help.out.size();) {
      const std::size_t end = help.out.find('\n', at);
      INFO(help.out.substr(at, end - at));
      const bool example =
          help.out.compare(at, 10, "  jotmill ") == 0;  // a line to copy stays whole
      CHECK((example || end - at <= 80));
      at = end + 1;
    }
  }
}

TEST_CASE("--version names version, commit, compiler and libraries") {
  const Folder folder;
  const Ended ended = run({"--version"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.out.starts_with("jotmill "));
  CHECK(contains(ended.out, "commit"));
  CHECK(contains(ended.out, "compiler"));
  CHECK(contains(ended.out, "OpenSSL"));
  CHECK(contains(ended.out, "simdjson"));
}

TEST_CASE("unknown commands, options before the command, commands to come: exit 2 with one line") {
  const Folder folder;
  const auto refused = [](const Words& args) {
    const Ended ended = run(args);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK(count_lines(ended.err) == 1);
    return ended.err;
  };
  CHECK(contains(refused({"verfy"}), "did you mean verify?"));
  CHECK(contains(refused({"nonsense"}), "explain"));
  CHECK(contains(refused({"--keys", "x", "verify"}), "--keys"));
  CHECK(contains(refused({"cpu", "extra"}), "cpu"));
  CHECK(contains(refused({"cpu", "--no-rat"}), "did you mean --no-rate?"));
  for (const char* command : kCommands) refused({command, "--nonsense"});
}

TEST_CASE("help into a full disk and into a closed pipe") {
  const Folder folder;
  Start start{{"--help"}};
  start.stdout_path = "/dev/full";
  CHECK(run(start).exit_code == 4);
  start.stdout_path = "";
  start.close_stdout = true;
  CHECK(run(start).exit_code == 141);
}

TEST_CASE("the program works from any folder and without an environment of its own") {
  const Folder folder;
  const std::string keys = in_folder(keys_file());
  Start start{{"verify", "--keys", keys}, good_token()};
  start.folder = "/";
  CHECK(run(start).exit_code == 0);
}

TEST_CASE("explain shows every check in order, those behind the failing one not run") {
  const Folder folder;
  const Ended ended = explain({"-"}, forged_token() + "\n");
  CHECK(ended.exit_code == 1);
  CHECK(contains(ended.out, "signature_mismatch"));
  CHECK(contains(ended.out, "FAILED"));
  CHECK(contains(ended.out, "not run"));
  std::size_t last = 0;
  for (const char* check :
       {"token_empty", "segment_count", "header_encoding", "header_not_json", "alg_none",
        "key_not_found", "signature_length", "payload_not_json", "claim_invalid", "expired"}) {
    INFO(check);
    const std::size_t at = ended.out.find(check);
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
}

TEST_CASE("explain withholds the payload of a token whose signature is not good") {
  const Folder folder;
  CHECK_FALSE(contains(explain({"-"}, forged_token()).out, "issuer.example"));
  CHECK(contains(explain({"-"}, forged_token()).out, "withheld"));
  CHECK_FALSE(contains(explain({"--format", "json", "-"}, forged_token()).out, "issuer.example"));
  const Ended good = explain({"-"}, good_token());
  CHECK(good.exit_code == 0);
  CHECK(contains(good.out, "issuer.example"));
}

TEST_CASE("explain says what was meant by what is no token") {
  const Folder folder;
  const Ended bearer = explain({"-"}, "bEARER " + good_token());
  CHECK(bearer.exit_code == 1);
  CHECK(contains(bearer.err, "leave it out"));
  const Ended file = explain({keys_file()});
  CHECK(file.exit_code == 1);
  CHECK(contains(file.err, "explain - < FILE"));
  CHECK(explain({forged_token()}).err == "");
}

TEST_CASE("explain: the token as an argument, from standard input with LF, CRLF or nothing") {
  const Folder folder;
  CHECK(explain({good_token()}).exit_code == 0);
  for (const char* end : {"", "\n", "\r\n"})
    CHECK(explain({"-"}, good_token() + end).exit_code == 0);
  CHECK(explain({"-"}, good_token() + "\r").exit_code == 1);
  CHECK(explain({"-"}, good_token() + "\n\n").exit_code == 1);
  const Ended empty = explain({"-"}, "");
  CHECK(empty.exit_code == 1);
  CHECK(contains(empty.out, "token_empty"));
}

TEST_CASE("explain: shared options mean the same as in verify") {
  const Folder folder;
  CHECK(contains(explain({"--issuer", "x", "-"}, good_token()).out, "issuer_mismatch"));
  CHECK(contains(explain({"--as-of", "2200-01-01T00:00:00Z", "-"}, good_token()).out, "expired"));
  CHECK(contains(explain({"--alg", "RS256", "-"}, good_token()).out, "alg_not_allowed"));
  CHECK(contains(explain({"--max-token-bytes", "10", "-"}, good_token()).out, "token_too_large"));
  CHECK(explain({"--claims", "off", "-"}, token("no claims")).exit_code == 0);
  CHECK(explain({"--kernels", "base64url=scalar", "-"}, good_token()).exit_code == 0);
}

TEST_CASE("explain --format json") {
  const Folder folder;
  const Ended ended = explain({"--format", "json", "-"}, forged_token());
  CHECK(ended.exit_code == 1);
  CHECK(ended.out.starts_with(R"({"schema":"jotmill.explain/1","verdict":"signature_mismatch")"));
  CHECK(contains(ended.out, R"("payload":null)"));
  CHECK(contains(ended.out, R"({"check":"signature_mismatch","state":"failed")"));
  CHECK(contains(ended.out, R"({"check":"expired","state":"not_run")"));
  CHECK(count_lines(ended.out) == 1);
}

TEST_CASE("explain reads a config file that was written for verify") {
  const Folder folder;
  write_file("policy.toml",
             "keys = \"keys.json\"\nformat = \"jsonl\"\nfield = \"/token\"\nissuer = \"x\"\n");
  keys_file();
  const Ended ended = run({"explain", "--config", "policy.toml", "-"}, good_token());
  CHECK(ended.exit_code == 1);
  CHECK(contains(ended.out, "issuer_mismatch"));
  write_file("wrong.toml", "isuer = \"x\"\n");
  CHECK(run({"explain", "--config", "wrong.toml", "-"}).exit_code == 2);
}

TEST_CASE("explain: bad usage shows no token") {
  const Folder folder;
  const Ended none = explain({});
  CHECK(none.exit_code == 2);
  CHECK(contains(none.err, "TOKEN"));
  const Ended two = explain({good_token(), good_token()});
  CHECK(two.exit_code == 2);
  CHECK_FALSE(contains(two.err, good_token()));
  CHECK(run({"explain", good_token()}).exit_code == 2);
  CHECK(explain({"--format", "xml", "-"}).exit_code == 2);
  CHECK(explain({"--verdicts", "x", "-"}).exit_code == 2);
}

TEST_CASE("explain: a hostile header cannot drive the terminal, a huge token costs no memory") {
  const Folder folder;
  const std::string hostile = sign("{\"alg\":\"HS256\",\"kid\":\"\\u001b[2J\\u202e\"}", "{}");
  const Ended ended = explain({"-"}, hostile);
  CHECK(ended.exit_code == 1);
  CHECK_FALSE(contains(ended.out, "\x1b"));
  CHECK_FALSE(contains(ended.out, "\xE2\x80\xAE"));
  write_hole("huge.txt", 64 << 20);
  Start start{{"explain", "--keys", "keys.json", "-"}};
  start.stdin_path = "huge.txt";
  const Ended huge = run(start);
  CHECK(huge.exit_code == 1);
  CHECK(contains(huge.out, "token_too_large"));
  CHECK(huge.max_rss_kib < 48 * 1024 + kSanitizerKib);
}

TEST_CASE("cpu lists features and kernels with self-tests; one variant of each is chosen") {
  const Folder folder;
  const Ended ended = run({"cpu", "--no-rate"});
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.out, "base64url"));
  CHECK(contains(ended.out, "scalar"));
  CHECK_FALSE(contains(ended.out, "FAILED"));
  CHECK_FALSE(contains(ended.out, "char/s"));
  const std::string rates = run({"cpu"}).out;
  for (const char* unit : {"char/s", "B/s", "tags/s", "sigs/s", "headers/s"}) {
    CAPTURE(unit);
    CHECK(contains(rates, unit));
  }
}

TEST_CASE("a JOTMILL_CPU_MASK that names no feature is told, by cpu too") {
  const Folder folder;
  keys_file();
  for (const Words& words : {Words{"cpu", "--no-rate"}, Words{"verify", "--keys", "keys.json"}}) {
    Start start{words};
    start.env["JOTMILL_CPU_MASK"] = "avx2,avx9";
    const Ended ended = run(start);
    INFO(words[0] << ": " << ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, "JOTMILL_CPU_MASK: no CPU feature named \"avx9\""));
    CHECK(ended.out.empty());
  }
}

TEST_CASE("what a JOTMILL_CPU_MASK holds is not repeated unless it may be a name") {
  const Folder folder;
  Start start{{"cpu", "--no-rate"}};
  start.env["JOTMILL_CPU_MASK"] = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n";
  const Ended ended = run(start);
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, "JOTMILL_CPU_MASK: no CPU feature named"));
  CHECK_FALSE(contains(ended.err, "BEGIN"));
  CHECK_FALSE(contains(ended.err, "MIGH"));
}

TEST_CASE("cpu obeys JOTMILL_CPU_MASK") {
  const Folder folder;
  Start start{{"cpu", "--no-rate"}};
  start.env["JOTMILL_CPU_MASK"] = "avx2,avx512f";
  const Ended ended = run(start);
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.out, "without (JOTMILL_CPU_MASK)"));
  for (const std::string variant : {"avx2", "avx512vbmi"}) {
    const std::size_t row = ended.out.find("  base64url " + variant);
    REQUIRE(row != std::string::npos);
    CHECK(contains(ended.out.substr(row, 40), "no"));
  }
}
