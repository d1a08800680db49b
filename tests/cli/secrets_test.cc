// Every run of the program, in every test here, is held against the tokens and secrets that the
// test made (program.h). These cases see to it that this would notice, and bring all commands over
// generated sets with keys of every kind.
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

std::string read_anywhere(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_base64url(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

/// Payloads and signatures, as runs of base64url behind a dot: nothing else in a capture is so
/// long. A header alone is no secret.
void remember_parts(const std::string& capture) {
  constexpr std::size_t kLeastPart = 43;  // an HS256 signature
  for (std::size_t at = 0; at < capture.size();) {
    std::size_t end = at;
    while (end < capture.size() && is_base64url(capture[end])) ++end;
    if (end - at >= kLeastPart && at > 0 && capture[at - 1] == '.')
      remember_secret(std::string_view(capture).substr(at, end - at));
    at = end + 1;
  }
}

/// The values of private members and secrets in JWKs.
void remember_private_members(const std::string& json) {
  for (const char* name : {"k", "d", "p", "q", "dp", "dq", "qi"}) {
    const std::string key = '"' + std::string(name) + '"';
    for (std::size_t at = json.find(key); at != json.npos; at = json.find(key, at + 1)) {
      const std::size_t begin = json.find('"', at + key.size()) + 1;
      remember_secret(std::string_view(json).substr(begin, json.find('"', begin) - begin));
    }
  }
}

struct World {
  std::string capture;
  Words key_files;
};

World make_world(const std::string& recipe) {
  REQUIRE(run({"generate", "--recipe", recipe, "--count", "300", "--output", "set"}).exit_code ==
          0);
  World world;
  for (const fs::directory_entry& entry : fs::directory_iterator(in_folder("set"))) {
    const std::string name = entry.path().filename().string(), path = "set/" + name;
    if (name.starts_with("capture.") || name.ends_with(".log")) world.capture = path;
    if (name.ends_with(".jwks.json") || name.ends_with(".pem")) world.key_files.push_back(path);
    if (name.ends_with(".bin")) remember_secret(read_file(path));
    if (name.ends_with(".jwks.json")) remember_private_members(read_file(path));
  }
  REQUIRE_FALSE(world.capture.empty());
  remember_parts(read_file(world.capture));
  return world;
}

void run_all(const World& world) {
  const Words verify = {"verify", "--config", "set/policy.toml"};
  const auto with = [](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  write_file("fingerprint.key", "fingerprint-key-0123456789");
  remember_secret("fingerprint-key-0123456789");
  // A report that cannot be written leaves its checkpoint.
  fs::create_symlink("/dev/full", in_folder("full.json"));
  CHECK(run(with(verify, {"--verdicts", "v.ndjson", "--report", "r.json", "--report", "r.txt",
                          world.capture}))
            .exit_code <= 3);
  CHECK(run(with(verify, {"--verdicts", "v.csv", "--only", "rejected", "--fingerprint-key",
                          "fingerprint.key", world.capture}))
            .exit_code <= 3);
  CHECK(run(with(verify, {"--verdicts", "c.ndjson", "--checkpoint", "ck", "--fingerprint-key",
                          "fingerprint.key", "--report", "full.json", "--quiet", world.capture}))
            .exit_code == 4);
  CHECK(exists("ck"));
  CHECK(run({"merge", "r.json", "r.json", "--report", "sum.json"}).exit_code == 0);
  CHECK(run({"extract", "--output", "found.ndjson", world.capture}).exit_code <= 3);
  for (const std::string& file : world.key_files) {
    CHECK(run({"keys", file}).exit_code <= 3);
    CHECK(run({"verify", "--secret-file", file, world.capture}).exit_code <= 3);
    CHECK(run({"verify", "--keys", file, "--keys", world.capture, world.capture}).exit_code == 2);
  }
  const std::string capture = read_file(world.capture);
  for (std::size_t at = 0, line = 0; at < capture.size() && line < 8; ++line) {
    const std::size_t end = std::min(capture.find('\n', at), capture.size());
    const std::string token = capture.substr(at, end - at);
    run({"explain", "--config", "set/policy.toml", "-"}, token + "\n");
    const bool whole = std::ranges::count(token, '.') == 2 && !token.ends_with('.');
    if (whole && token.starts_with("eyJ")) run(with(verify, {token}));
    at = end + 1;
  }
  run({"keys", world.capture});
  run({"merge", world.capture});
  run({"generate", "--check", "set/labels.ndjson", world.capture});
}

}  // namespace

TEST_CASE("a piece of a token or secret in an output would be noticed") {
  const Folder folder;
  keys_file();
  const std::string one = good_token();
  CHECK(holds_secret("before " + one + " behind"));
  CHECK(holds_secret("x" + one.substr(one.size() - 31)));
  CHECK(holds_secret("\n" + base64url(kSecret).substr(3, 31)));
  CHECK_FALSE(holds_secret("nothing of the kind stands here, however long it is made to be"));
  // The program itself shows a piece where it is asked to show a name: in a key's kid.
  const std::string piece = one.substr(one.rfind('.') + 1);
  write_file("keys.json", R"({"keys":[{"kty":"oct","kid":")" + piece + R"(","k":")" +
                              base64url("another-secret-0123456789abcdef!!") + "\"}]}");
  CHECK_THROWS_AS(run({"keys", "keys.json"}), std::runtime_error);
}

TEST_CASE("no piece of a token, a secret or a private key stands in any output of any command") {
  for (const char* recipe : {"faults", "pem", "log", "har", "alb", "weak-secrets", "record-time"}) {
    const Folder folder;
    INFO(recipe);
    run_all(make_world(recipe));
  }
}

TEST_CASE("a token in the place of any name or path is hidden in every output") {
  const Folder folder;
  keys_file();
  const std::string one = good_token();
  std::string escaped = one;
  for (std::size_t at; (at = escaped.find('.')) != escaped.npos;) escaped.replace(at, 1, "%2E");
  for (const std::string& name : {one, escaped}) {
    CAPTURE(name.size());
    fs::create_directory(in_folder("in"));
    const std::string path = "in/cb?access_token=" + name;
    // Names in the header, in what nobody has signed, and in what somebody has.
    std::string tokens = good_token() + "\n" + forged_token() + "\n";
    for (const std::string& header :
         {R"({"alg":"HS256","kid":")" + name + "\"}", R"({"alg":")" + name + "\"}",
          R"({"alg":"HS256","crit":[")" + name + R"("],")" + name + "\":1}",
          R"({"alg":"HS256","typ":")" + name + "\"}"})
      tokens += base64url(header) + ".e30." + std::string(43, 'A') + "\n";
    write_file(path, tokens);
    write_file("keys-" + name + ".json", read_file("keys.json"));
    const Words options = {"--keys",     "keys-" + name + ".json",
                           "--keys",     "keys.json",
                           "--typ",      name,
                           "--issuer",   name,
                           "--audience", name,
                           "--subject",  name,
                           "--require",  name,
                           "--show",     "iss"};
    const auto with = [&](const std::string& command, const Words& more) {
      Words words = {command};
      words.insert(words.end(), options.begin(), options.end());
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
    for (const char* records : {"v.ndjson", "v.csv"}) {
      const Ended ended = run(with("verify", {"--report", "r.json", "--report", "r.txt",
                                              "--verdicts", records, "--format", "lines", "in"}));
      INFO(ended.err);
      CHECK(ended.exit_code <= 1);
      CHECK(contains(read_file(records), "in/cb?access_token=[a token]"));
      CHECK(contains(read_file("r.json"), "[a token]"));
      CHECK(contains(ended.out, "[a token]"));
    }
    CHECK(run({"extract", "--output", "found.ndjson", "in"}).exit_code == 0);
    CHECK(run({"extract", "--output", "found.csv", "in"}).exit_code == 0);
    write_file("member.jsonl", "{\"" + name + "\":\"" + one + "\"}\n");
    for (const char* records : {"v.ndjson", "v.csv"}) {
      CHECK(run({"verify", "--keys", "keys.json", "--format", "jsonl", "--field", "/" + name,
                 "--verdicts", records, "member.jsonl"})
                .exit_code == 0);
      CHECK(contains(read_file(records), "field:/[a token]"));
    }
    CHECK(run({"extract", "--format", "jsonl", "--field", "/" + name, "member.jsonl"}).exit_code ==
          0);
    CHECK(run({"keys", "keys-" + name + ".json"}).exit_code == 0);
    run(with("explain", {"-"}), good_token() + "\n");
    for (const char* option : {"--keys", "--config", "--secret-file", "--fingerprint-key"})
      CHECK(run({"verify", option, "no/" + name, "in"}).exit_code == 2);
    CHECK(run({"merge", "no/" + name}).exit_code == 2);
    CHECK(run({"verify", "--keys", "keys.json", "no/" + name}).exit_code == 2);
    fs::remove_all(in_folder("in"));
  }
}

TEST_CASE("of a private key nothing but its public half is shown") {
  const char* source = std::getenv("JOTMILL_SOURCE_DIR");
  REQUIRE(source != nullptr);
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(source) / "datasets/keys")) {
    if (entry.path().extension() != ".json") continue;
    const Folder folder;
    const std::string keys = read_anywhere(entry.path());
    remember_private_members(keys);
    write_file("keys.json", keys);
    INFO(entry.path());
    run({"keys", "keys.json"});
    run({"verify", "--keys", "keys.json", "--format", "lines"}, good_token() + "\n");
    run({"explain", "--keys", "keys.json", "-"}, good_token());
  }
}

TEST_CASE("a crash leaves no core") {
  // What the limits of this machine allow is asked for, so that the program has something to turn
  // off.
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_CORE, &limit) == 0);
  const rlimit before = limit;
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(::setrlimit(RLIMIT_CORE, &limit) == 0);
  {
    const Folder folder;
    Running running(Start{{"verify", "--keys", keys_file()}});
    running.run_on(300);
    // Cores that go to a program of the system know no limit: there is nothing in them.
    std::ifstream filter("/proc/" + std::to_string(running.id()) + "/coredump_filter");
    std::string bits;
    if (filter >> bits) CHECK(bits == "00000000");
    running.signal(SIGABRT);  // sanitizers have handlers of their own for SIGSEGV
    const Ended ended = running.wait();
    CHECK(ended.exit_code == 128 + SIGABRT);
    CHECK_FALSE(ended.dumped_core);
  }
  REQUIRE(::setrlimit(RLIMIT_CORE, &before) == 0);
}
