// merge: the sum of shards is the report of the whole, and what is no report is refused.
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

/// Runs verify over `inputs` and leaves its report in `report`. The as-of time is fixed.
void verify(const std::string& report, Words inputs, Words options = {}) {
  Words args = {"verify",   "--keys", keys_file(), "--as-of", "2030-01-01T00:00:00Z",
                "--format", "lines",  "--report",  report};
  args.insert(args.end(), options.begin(), options.end());
  args.insert(args.end(), inputs.begin(), inputs.end());
  const Ended ended = run(args);
  INFO(ended.err);
  REQUIRE(ended.exit_code <= 3);
}

std::string outside_run(const std::string& path) {
  const std::string json = read_file(path);
  const std::size_t at = json.find("\n\"run\":");
  REQUIRE(at != std::string::npos);
  return json.substr(0, at);
}

void write_captures() {
  write_file("a.txt", good_token() + "\n\n" + forged_token() + "\n" + good_token() + "\n");
  write_file("b.txt",
             good_token() + "\n" + token(R"({"iss":"other","exp":1})") + "\nnot a token\n");
  write_file("c.txt", std::string(300000, 'x') + "\n" + token(R"({"iss":"no exp"})"));
}

}  // namespace

TEST_CASE("merge: shards add up to the whole, in any order") {
  const Folder folder;
  write_captures();
  verify("whole.json", {"a.txt", "b.txt", "c.txt", "missing.txt"});
  verify("a.json", {"a.txt"});
  verify("bc.json", {"b.txt", "c.txt", "missing.txt"});
  const Ended one =
      run({"merge", "a.json", "bc.json", "--report", "sum.json", "--report", "sum.txt"});
  INFO(one.err);
  REQUIRE(one.exit_code == 0);
  CHECK(one.err == "");
  CHECK(outside_run("sum.json") == outside_run("whole.json"));
  CHECK(read_file("sum.txt") == one.out);
  CHECK(contains(one.out, "8 tokens, 50.0% accepted"));
  CHECK(contains(one.out, "reports added      2"));
  REQUIRE(run({"merge", "bc.json", "a.json", "--report", "other.json"}).exit_code == 0);
  CHECK(outside_run("other.json") == outside_run("whole.json"));
}

TEST_CASE("merge: one report is itself, from a file and from standard input") {
  const Folder folder;
  write_captures();
  verify("a.json", {"a.txt"});
  REQUIRE(run({"merge", "a.json", "--report", "same.json"}).exit_code == 0);
  CHECK(read_file("same.json") == read_file("a.json"));
  const Ended piped = run({"merge", "-"}, read_file("a.json"));
  CHECK(piped.exit_code == 0);
  CHECK(contains(piped.out, "3 tokens, 66.7% accepted"));
}

TEST_CASE("merge: the report does not depend on threads or chunks") {
  const Folder folder;
  write_captures();
  verify("one.json", {"a.txt", "b.txt", "c.txt"}, {"--threads", "1"});
  verify("two.json", {"a.txt", "b.txt", "c.txt"}, {"--threads", "2", "--chunk-bytes", "1"});
  CHECK(outside_run("one.json") == outside_run("two.json"));
}

TEST_CASE("merge: reports of different policies do not go together") {
  const Folder folder;
  write_captures();
  verify("a.json", {"a.txt"});
  verify("b.json", {"b.txt"}, {"--issuer", "other"});
  const Ended ended = run({"merge", "a.json", "b.json", "--report", "sum.json"});
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, "b.json: cannot be added to a.json: --issuer differs"));
  CHECK(ended.out == "");
  CHECK_FALSE(exists("sum.json"));
}

TEST_CASE("merge: what is no report is named and refused") {
  const Folder folder;
  write_captures();
  verify("a.json", {"a.txt"});
  write_file("cut.json", read_file("a.json").substr(0, 1000));
  write_file("empty.json", "");
  write_file("other.json", R"({"schema":"other/1"})");
  write_file("next.json", R"({"schema":"jotmill.report/2"})");
  for (const auto& [path, reason] :
       std::vector<std::pair<std::string, std::string>>{{"cut.json", "cut off"},
                                                        {"empty.json", "empty"},
                                                        {"other.json", "not a jotmill report"},
                                                        {"next.json", "another version"},
                                                        {"a.txt", "not a jotmill report"},
                                                        {"missing.json", "cannot be read"},
                                                        {".", "cannot be read"}}) {
    const Ended ended = run({"merge", "a.json", path});
    INFO(path << ": " << ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, path + ": "));
    CHECK(contains(ended.err, reason));
    CHECK(ended.out == "");
  }
}

TEST_CASE("merge: bad usage") {
  const Folder folder;
  write_captures();
  verify("a.json", {"a.txt"});
  CHECK(run({"merge"}).exit_code == 2);
  CHECK(run({"merge", "-", "-"}, "").exit_code == 2);
  CHECK(run({"merge", "a.json", "--report", "sum.html"}).exit_code == 2);
  CHECK(run({"merge", "a.json", "--report", "a.json"}).exit_code == 2);
  CHECK(run({"merge", "a.json", "--color", "pink"}).exit_code == 2);
  CHECK(run({"merge", "a.json", "--unknown", "x"}).exit_code == 2);
  CHECK(run({"merge", "--help"}).exit_code == 0);
}

TEST_CASE("merge: an output that cannot be written is exit 4") {
  const Folder folder;
  write_captures();
  verify("a.json", {"a.txt"});
  CHECK(run({"merge", "a.json", "--report", "no/such/folder.json"}).exit_code == 4);
  Start full{{"merge", "a.json"}};
  full.stdout_path = "/dev/full";
  CHECK(run(full).exit_code == 4);
}
