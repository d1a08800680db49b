// The command generate as its user sees it.
#include <filesystem>

#include "support/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/workspace.h"

namespace jotmill::cli_test {
namespace {

/// A recipe that is quick to make and has faults.
std::string small_recipe() {
  write_file("small.json", R"({"count":300,"seed":4,"algorithms":{"HS256":2,"ES256":1,"EdDSA":1},
    "keys":{"oct-32":2,"oct-64":1,"P-256":2,"Ed25519":2},"kidless_share":0.1,"faults":{"share":0.4},
    "policy":{"issuer":true,"require":["exp"]},"output":{"format":"lines"}})");
  return in_folder("small.json");
}

}  // namespace

TEST_CASE("generate, verify --config and generate --check fit together from any folder",
          "[generate]") {
  const Folder folder;
  const Ended made = run({"generate", "--recipe", small_recipe(), "--output", "set"});
  CHECK(made.exit_code == 0);
  CHECK(made.err.empty());
  CHECK(contains(made.out, "set/capture.txt: 300 tokens"));
  CHECK(contains(made.out, "jotmill verify --config set/policy.toml set/capture.txt"));
  for (const std::string& working : {test_folder(), std::string("/")}) {
    CAPTURE(working);
    const Ended verified =
        run(Start{.args = {"verify", "--config", in_folder("set/policy.toml"), "--verdicts",
                           in_folder("verdicts.ndjson"), in_folder("set/capture.txt")},
                  .folder = working});
    CHECK(verified.exit_code == 1);
    const Ended checked = run({"generate", "--check", "set/labels.ndjson", "verdicts.ndjson"});
    CHECK(checked.exit_code == 0);
    CHECK(contains(checked.out, "labels 300, met 300, differences 0"));
  }
}

TEST_CASE("--paths relative works inside a folder that was moved", "[generate]") {
  const Folder folder;
  REQUIRE(run({"generate", "--recipe", small_recipe(), "--output", "a", "--paths", "relative"})
              .exit_code == 0);
  std::filesystem::rename(in_folder("a"), in_folder("b"));
  const Ended verified = run(
      Start{.args = {"verify", "--config", "policy.toml", "--verdicts", "v.ndjson", "capture.txt"},
            .folder = in_folder("b")});
  CHECK(verified.exit_code == 1);
  CHECK(run({"generate", "--check", "b/labels.ndjson", "b/v.ndjson"}).exit_code == 0);
}

TEST_CASE("--check says what differs and exits 1, and 2 when it cannot read", "[generate]") {
  const Folder folder;
  write_file("l",
             "{\"source\":\"c\",\"line\":1,\"verdict\":\"expired\",\"what\":\"expired.now\"}\n");
  write_file("v", "{\"source\":\"c\",\"line\":1,\"verdict\":\"accepted\"}\n");
  const Ended differs = run({"generate", "--check", "l", "v"});
  CHECK(differs.exit_code == 1);
  CHECK(contains(differs.out, "line 1 (expired.now): accepted instead of expired"));
  CHECK(run({"generate", "--check", "l", "missing"}).exit_code == 2);
  CHECK(run({"generate", "--check", "missing", "v"}).exit_code == 2);
  const Ended alone = run({"generate", "--check", "l"});
  CHECK(alone.exit_code == 2);
  CHECK(contains(alone.err, "--check LABELS VERDICTS"));
  CHECK(run({"generate", "--check", "l", "-"}, read_file(in_folder("l"))).exit_code == 0);
  const Ended twice = run({"generate", "--check", "-", "-"}, read_file(in_folder("l")));
  CHECK(twice.exit_code == 2);
  CHECK(contains(twice.err, "only once"));
}

TEST_CASE("--shards N makes N files that are the capture, whatever the count", "[generate]") {
  for (const std::string recipe : {"hs256", "har"}) {
    for (const unsigned count : {1U, 10U, 1000U, 2500U}) {
      CAPTURE(recipe, count);
      const Folder folder;
      const auto made = [&](const std::string& name, const std::vector<std::string>& more) {
        std::vector<std::string> words = {
            "generate", "--recipe", recipe, "--count", std::to_string(count), "--output", name};
        words.insert(words.end(), more.begin(), more.end());
        REQUIRE(run(words).exit_code == 0);
      };
      made("whole", {});
      made("cut", {"--shards", "4"});
      made("cut2", {"--shards", "4", "--threads", "1"});
      std::vector<std::string> captures;
      for (const char* extension : {".txt", ".har"}) {
        for (unsigned shard = 1; shard <= 5; ++shard) {
          const std::string path = "cut/capture." + std::to_string(shard) + extension;
          if (exists(in_folder(path))) captures.push_back(path);
        }
      }
      REQUIRE(captures.size() == 4);
      std::size_t least = read_file(captures.front()).size(), most = least;
      for (const std::string& path : captures) {
        const std::string bytes = read_file(path);
        // ES256 draws a new number for each signature.
        if (recipe == "hs256") CHECK(bytes == read_file("cut2" + path.substr(3)));
        least = std::min(least, bytes.size());
        most = std::max(most, bytes.size());
      }
      if (count >= 1000) CHECK(2 * least > most);
      CHECK(run({"verify", "--config", "cut/policy.toml", "--verdicts", "v.ndjson", "--quiet",
                 captures[0], captures[1], captures[2], captures[3]})
                .exit_code <= 1);
      CHECK(run({"generate", "--check", "cut/labels.ndjson", "v.ndjson"}).exit_code == 0);
      if (recipe != "hs256") continue;
      std::string joined;
      for (const std::string& path : captures) joined += read_file(path);
      CHECK(joined == read_file("whole/capture.txt"));
    }
  }
}

TEST_CASE("--list and --print-recipe show what is built in", "[generate]") {
  const Folder folder;
  const Ended list = run({"generate", "--list"});
  CHECK(list.exit_code == 0);
  for (const std::string name :
       {"demo", "hs256", "rs256", "ps256", "es256", "eddsa", "mixed", "repeats", "faults"}) {
    CHECK(contains(list.out, name + " "));
  }
  const Ended printed = run({"generate", "--print-recipe", "hs256"});
  CHECK(printed.exit_code == 0);
  write_file("mine.json", printed.out);
  const Ended made = run(
      {"generate", "--recipe", "mine.json", "--count", "5", "--format", "jsonl", "--output", "m"});
  CHECK(made.exit_code == 0);
  CHECK(count_lines(read_file(in_folder("m/capture.jsonl"))) == 5);
  CHECK(contains(read_file(in_folder("m/capture.jsonl")), "\"token\":\"eyJ"));
}

TEST_CASE("count and seed of the command line win over the recipe's", "[generate]") {
  const Folder folder;
  const std::vector<std::string> base = {"generate", "--recipe", "hs256",
                                         "--count",  "20",       "--output"};
  const auto capture = [&](const std::string& name, std::vector<std::string> more) {
    std::vector<std::string> args = base;
    args.push_back(name);
    args.insert(args.end(), more.begin(), more.end());
    REQUIRE(run(args).exit_code == 0);
    return read_file(in_folder(name + "/capture.txt"));
  };
  const std::string first = capture("a", {"--seed", "7", "--threads", "1"});
  CHECK(count_lines(first) == 20);
  CHECK(capture("b", {"--seed", "7", "--threads", "2"}) == first);
  CHECK(capture("c", {"--seed", "8"}) != first);
  CHECK(capture("d", {"--seed=7"}) == first);
}

TEST_CASE("bad usage exits 2 with a line that says what would be right", "[generate]") {
  const Folder folder;
  const auto refused = [](std::vector<std::string> args, const std::string& words) {
    args.insert(args.begin(), "generate");
    const Ended ended = run(args);
    CAPTURE(args, ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, words));
    CHECK(count_lines(ended.err) == 1);
  };
  refused({}, "--recipe");
  refused({"--recipe", "demo"}, "--output");
  refused({"--recipe", "dmo", "--output", "x"}, "did you mean demo");
  refused({"--recipe", "demo", "--output", "x", "--count", "0"}, "--count");
  refused({"--recipe", "demo", "--output", "x", "--count", "ten"}, "--count");
  refused({"--recipe", "demo", "--output", "x", "--format", "har"}, "--format");
  refused({"--recipe", "demo", "--output", "x", "--threads", "-1"}, "--threads");
  refused({"--recipe", "demo", "--output", "x", "--paths", "some"}, "--paths");
  refused({"--recipe", "demo", "--output", "x", "stray"}, "stray");
  refused({"--print-recipe", "dmeo"}, "did you mean demo");
  write_file("bad.json", R"({"algorithms":{"HS256":1},"keys":{"oct-32":1},"fautls":{}})");
  refused({"--recipe", "bad.json", "--output", "x"}, "fautls");
  CHECK_FALSE(exists(in_folder("x")));
}

TEST_CASE("a full disk and a closed pipe have their exit codes", "[generate]") {
  const Folder folder;
  std::filesystem::create_directory(in_folder("full"));
  std::filesystem::create_symlink("/dev/full", in_folder("full/capture.txt"));
  const Ended full = run({"generate", "--recipe", "hs256", "--count", "2000", "--output", "full"});
  CHECK(full.exit_code == 4);
  CHECK(contains(full.err, "full/capture.txt"));
  CHECK(
      run({"generate", "--recipe", "hs256", "--count", "2", "--output", "/dev/null/x"}).exit_code ==
      4);
  CHECK(run(Start{.args = {"generate", "--list"}, .close_stdout = true}).exit_code == 141);
  CHECK(run(Start{.args = {"generate", "--list"}, .stdout_path = "/dev/full"}).exit_code == 4);
}

}  // namespace jotmill::cli_test
