// What `verify` writes, where, and what happens when it cannot.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

Ended verify(Words args, const std::string& input = "") {
  args.insert(args.begin(), {"verify", "--keys", keys_file()});
  return run(args, input);
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(in_folder(path).c_str(), &info) == 0);
  return info.st_mode & 07777;
}

void check_clash(const Words& args, const std::string& said, const std::string& kept) {
  const std::string before = read_file(kept);
  const Ended ended = verify(args, good_token());
  INFO(ended.err);
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, said));
  CHECK(count_lines(ended.err) == 1);
  CHECK(read_file(kept) == before);
}

/// Without /dev/pts (a bare chroot) there are no terminals; where our own checks run there are.
bool terminals_are_missing() {
  if (can_open_terminal()) return false;
  std::cout << "SKIPPED: no pseudo-terminals here (/dev/pts)\n";
  REQUIRE(std::getenv("CI") == nullptr);
  return true;
}

}  // namespace

TEST_CASE("the text report goes to standard output, or to standard error beside --verdicts -") {
  const Folder folder;
  const Ended plain = verify({}, good_token());
  CHECK(plain.exit_code == 0);
  CHECK(contains(plain.out, "accepted"));
  CHECK(plain.err.empty());
  const Ended records = verify({"--verdicts", "-"}, good_token());
  CHECK(records.exit_code == 0);
  CHECK(count_lines(records.out) == 1);
  CHECK(records.out.starts_with("{\"source\":\"-\""));
  CHECK(records.err == plain.out.substr(0, 0) + records.err);
  CHECK(contains(records.err, "accepted"));
}

TEST_CASE("--quiet leaves only errors and the exit code") {
  const Folder folder;
  write_file("a.txt", forged_token());
  const Ended ended = verify({"--quiet", "a.txt"});
  CHECK(ended.exit_code == 1);
  CHECK(ended.out.empty());
  CHECK(ended.err.empty());
  const Ended missing = verify({"--quiet", "missing.txt"});
  CHECK(missing.exit_code == 3);
  CHECK(missing.out.empty());
  CHECK(contains(missing.err, "missing.txt"));
}

TEST_CASE("--color: never by itself in a pipe, always when asked, NO_COLOR or not") {
  const Folder folder;
  CHECK_FALSE(contains(verify({}, good_token()).out, "\x1b"));
  CHECK_FALSE(contains(verify({"--color", "never"}, good_token()).out, "\x1b"));
  CHECK(contains(verify({"--color", "always"}, good_token()).out, "\x1b["));
}

TEST_CASE("on a terminal: colour by itself, not with NO_COLOR or TERM=dumb") {
  if (terminals_are_missing()) return;
  const Folder folder;
  Start start{{"verify", "--keys", keys_file()}, good_token()};
  start.terminal = true;
  CHECK(contains(run(start).out, "\x1b[1"));
  start.env["NO_COLOR"] = "1";
  const std::string plain = run(start).out;
  CHECK(contains(plain, "accepted"));
  CHECK_FALSE(contains(plain, "m\x1b"));
  CHECK_FALSE(contains(plain, "\x1b[1"));
  start.env = {{"TERM", "dumb"}};
  CHECK_FALSE(contains(run(start).out, "\x1b[1"));
}

TEST_CASE("a file that may not grow further is an output that could not be written whole") {
  const Folder folder;
  std::string input;
  for (int i = 0; i < 400; ++i) input += good_token() + "\n";
  write_file("tokens.txt", input);
  const Start start{{"verify", "--keys", keys_file(), "--format", "lines", "--verdicts", "v.ndjson",
                     "--report", "r.json", "--quiet", "tokens.txt"}};
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit limit = before;
  limit.rlim_cur = 8192;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  const Ended ended = run(start);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(ended.exit_code == 4);
  CHECK(contains(ended.err, "File too large"));
  const std::string records = read_file("v.ndjson");
  CHECK((records.empty() || records.ends_with("}\n")));
}

TEST_CASE("on a terminal a progress line is shown and wiped, unless nobody wants it") {
  if (terminals_are_missing()) return;
  const Folder folder;
  write_file("a.txt", good_token() + "\n");
  Start start{{"verify", "--keys", keys_file(), "a.txt"}};
  start.terminal = true;
  const std::string shown = run(start).out;
  CHECK(contains(shown, "tokens/s"));
  CHECK(contains(shown, "\r\x1b[K"));
  CHECK(contains(shown, " of "));
  for (const char* option : {"--no-progress", "--quiet"}) {
    start.args.push_back(option);
    CHECK_FALSE(contains(run(start).out, "\r\x1b[K"));
    start.args.pop_back();
  }
}

TEST_CASE("no progress line where standard error is no terminal") {
  const Folder folder;
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += good_token() + "\n";
  CHECK(verify({}, many).err.empty());
  CHECK(verify({"--no-progress"}, many).err.empty());
}

TEST_CASE("--verdicts: NDJSON by default, CSV by its ending, new files for the owner alone") {
  const Folder folder;
  CHECK(verify({"--verdicts", "out.ndjson"}, good_token()).exit_code == 0);
  CHECK(verify({"--verdicts", "out.whatever"}, good_token()).exit_code == 0);
  CHECK(verify({"--verdicts", "out.csv"}, good_token()).exit_code == 0);
  CHECK(read_file("out.ndjson") == read_file("out.whatever"));
  CHECK(read_file("out.csv").starts_with(
      "source,line,offset,channel,layers,verdict,detail,alg,kid,token_id"));
  CHECK(count_lines(read_file("out.csv")) == 2);
  CHECK(mode_of("out.ndjson") == 0600);
  CHECK(mode_of("out.csv") == 0600);
}

TEST_CASE("--report: JSON and text, several, new files for the owner alone") {
  const Folder folder;
  const Ended ended =
      verify({"--report", "r.json", "--report=r.txt", "--report", "s.json"}, good_token());
  CHECK(ended.exit_code == 0);
  CHECK(contains(read_file("r.json"), "\"schema\":\"jotmill.report/1\""));
  CHECK(read_file("r.json") == read_file("s.json"));
  CHECK(read_file("r.txt") == ended.out);
  CHECK(mode_of("r.json") == 0600);
  CHECK_FALSE(
      contains(verify({"--report", "r.txt", "--color", "always"}, good_token()).err, "\x1b"));
  CHECK_FALSE(contains(read_file("r.txt"), "\x1b"));
}

TEST_CASE("an existing regular file is replaced whole") {
  const Folder folder;
  write_file("out.ndjson", std::string(100'000, 'x'));
  write_file("r.json", std::string(100'000, 'x'));
  CHECK(verify({"--verdicts", "out.ndjson", "--report", "r.json"}, good_token()).exit_code == 0);
  CHECK(count_lines(read_file("out.ndjson")) == 1);
  CHECK_FALSE(contains(read_file("out.ndjson"), "xxx"));
  CHECK_FALSE(contains(read_file("r.json"), "xxx"));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(test_folder())) ++files;
  CHECK(files == 4);  // keys, standard input, and the two: no temporary is left
}

TEST_CASE("--report: /dev/shm is a folder like others") {
  if (::access("/dev/shm", W_OK) != 0) return;
  const Folder folder;
  const std::string name = "/dev/shm/jotmill-report-" + std::to_string(::getpid()) + ".json";
  CHECK(verify({"--quiet", "--report", name}, good_token()).exit_code == 0);
  REQUIRE(fs::exists(name));
  CHECK(fs::file_size(name) > 0);
  fs::remove(name);
}

TEST_CASE("a report behind a symbolic link replaces what it points to") {
  const Folder folder;
  write_file("real.json", "old");
  fs::create_symlink("real.json", in_folder("link.json"));
  CHECK(verify({"--report", "link.json"}, good_token()).exit_code == 0);
  CHECK(fs::is_symlink(in_folder("link.json")));
  CHECK(contains(read_file("real.json"), "jotmill.report/1"));
}

TEST_CASE("an output that is also an input, a key file or another output is refused unopened") {
  const Folder folder;
  write_file("in.txt", good_token() + "\n");
  fs::create_symlink("in.txt", in_folder("link.txt"));
  fs::create_hard_link(in_folder("in.txt"), in_folder("hard.txt"));
  fs::create_directory(in_folder("dir"));
  write_file("dir/a.txt", good_token() + "\n");
  write_file("fp.key", "0123456789abcdef");
  keys_file();
  check_clash({"--verdicts", "in.txt", "in.txt"}, "--verdicts", "in.txt");
  check_clash({"--verdicts", "./in.txt", "in.txt"}, "--verdicts", "in.txt");
  check_clash({"--verdicts", "link.txt", "in.txt"}, "--verdicts", "in.txt");
  check_clash({"--verdicts", "hard.txt", "in.txt"}, "--verdicts", "in.txt");
  check_clash({"--report", "hard.txt", "in.txt"}, "--report", "in.txt");
  check_clash({"--verdicts", "keys.json"}, "key file", "keys.json");
  check_clash({"--report", "keys.json"}, "key file", "keys.json");
  check_clash({"--verdicts", "fp.key", "--fingerprint-key", "fp.key"}, "--fingerprint-key",
              "fp.key");
  check_clash({"--verdicts", "dir/a.txt", "dir"}, "--verdicts", "dir/a.txt");
  check_clash({"--verdicts", "dir/new.ndjson", "dir"}, "--verdicts", "dir/a.txt");
  check_clash({"--verdicts", "same.json", "--report", "./same.json"}, "twice", "in.txt");
  check_clash({"--report", "same.json", "--report", "same.json"}, "twice", "in.txt");
  check_clash({"--verdicts", "dir"}, "is a directory", "in.txt");
  CHECK_FALSE(exists("dir/new.ndjson"));
  CHECK_FALSE(exists("same.json"));
}

TEST_CASE("an output that is the file on standard input is refused") {
  const Folder folder;
  write_file("in.txt", good_token() + "\n");
  Start start{{"verify", "--keys", keys_file(), "--verdicts", "in.txt"}};
  start.stdin_path = "in.txt";
  CHECK(run(start).exit_code == 2);
  start.args.back() = "other.ndjson";
  start.stdout_path = "in.txt";  // the report would grow the input
  CHECK(run(start).exit_code == 2);
  CHECK(read_file("in.txt") == good_token() + "\n");
}

TEST_CASE("a full disk under the records, the report and standard output") {
  const Folder folder;
  const Ended records = verify({"--verdicts", "/dev/full"}, good_token());
  CHECK(records.exit_code == 4);
  CHECK(contains(records.err, "/dev/full"));
  CHECK(contains(records.err, "No space left"));
  fs::create_symlink("/dev/full", in_folder("full.json"));
  const Ended report = verify({"--report", "full.json"}, good_token());
  CHECK(report.exit_code == 4);
  CHECK(contains(report.err, "full.json"));
  Start start{{"verify", "--keys", keys_file()}, good_token()};
  start.stdout_path = "/dev/full";
  CHECK(run(start).exit_code == 4);
  start.args.insert(start.args.end(), {"--verdicts", "-"});
  const Ended both = run(start);
  CHECK(both.exit_code == 4);
  CHECK(contains(both.err, "No space left"));
}

TEST_CASE("an output that cannot be opened: exit 4, nothing is run") {
  const Folder folder;
  for (const char* name : {"--verdicts", "--report"}) {
    const Ended ended = verify({name, "nowhere/out.json"}, good_token());
    CHECK(ended.exit_code == 4);
    CHECK(ended.out.empty());
    CHECK(contains(ended.err, "nowhere/out.json"));
  }
}

TEST_CASE("a reader that goes away: exit 141, no message about it") {
  const Folder folder;
  std::string many;
  for (int i = 0; i < 5000; ++i) many += good_token() + "\n";
  Start start{{"verify", "--keys", keys_file()}, many};
  start.close_stdout = true;
  const Ended report = run(start);
  CHECK(report.exit_code == 141);
  CHECK_FALSE(contains(report.err, "pipe"));
  start.args.insert(start.args.end(), {"--verdicts", "-"});
  CHECK(run(start).exit_code == 141);
}

TEST_CASE("records go into a pipe as they are written") {
  const Folder folder;
  REQUIRE(::mkfifo(in_folder("fifo").c_str(), 0600) == 0);
  Running running(Start{{"verify", "--keys", keys_file(), "--verdicts", "fifo"}});
  running.write(good_token() + "\n");
  running.close_input();
  const std::string records = read_file("fifo");
  CHECK(running.wait().exit_code == 0);
  CHECK(members(records, "verdict") == Words{"accepted"});
}

TEST_CASE("/dev/null may be input and output at once") {
  const Folder folder;
  CHECK(verify({"--verdicts", "/dev/null", "/dev/null"}).exit_code == 1);
}

TEST_CASE("a standard descriptor that is closed takes nothing into a file of ours") {
  const Folder folder;
  write_file("t.txt", good_token() + "\n");
  write_file("secret.bin", std::string(32, 's') + "\n");  // a remark on standard error
  const auto end_with = [&](std::vector<int> closed, Words options) {
    Start start{.args = {"verify", "--keys", keys_file(), "--secret-file", "k=secret.bin",
                         "--verdicts", "v.ndjson", "--report", "r.json"},
                .closed = std::move(closed)};
    start.args.insert(start.args.end(), options.begin(), options.end());
    const int exit_code = run(start).exit_code;
    if (exists("v.ndjson") && !read_file("v.ndjson").empty()) {
      CHECK(read_file("v.ndjson").starts_with("{\"source\":"));
      CHECK(count_lines(read_file("v.ndjson")) == 1);
    }
    CHECK(read_file("r.json").starts_with("{\"schema\":"));
    CHECK(read_file("r.json").find("jotmill: ") == std::string::npos);
    return exit_code;
  };
  CHECK(end_with({2}, {"--quiet", "t.txt"}) == 0);
  CHECK(end_with({2}, {"t.txt", "/nonexistent"}) == 3);
  CHECK(end_with({1, 2}, {"t.txt"}) == 4);
  CHECK(end_with({1, 2}, {"--quiet", "t.txt"}) == 0);
  CHECK(end_with({0, 1, 2}, {"t.txt", "/nonexistent"}) == 4);
  CHECK(end_with({0}, {"--quiet", "-"}) == 3);
  Start records{.args = {"verify", "--keys", keys_file(), "--quiet", "--verdicts", "-", "--report",
                         "r.json", "t.txt"},
                .closed = {1}};
  CHECK(run(records).exit_code == 4);
  CHECK(read_file("r.json").starts_with("{\"schema\":"));
}

TEST_CASE("a report that standard error does not take is an output that was not written") {
  const Folder folder;
  write_file("t.txt", good_token() + "\n");
  Start start{.args = {"verify", "--keys", keys_file(), "--verdicts", "-", "t.txt"},
              .stderr_path = "/dev/full"};
  CHECK(run(start).exit_code == 4);
  start.args.emplace_back("--quiet");
  CHECK(run(start).exit_code == 0);
}

TEST_CASE("a token where a path belongs is not repeated, whatever the option") {
  const Folder folder;
  const std::string token = good_token();  // run() looks for pieces of it in all that is printed
  for (const Words& args :
       std::vector<Words>{{"verify", "--config", token},
                          {"verify", "--secret-file", token},
                          {"verify", "--secret-file", "k=" + token},
                          {"verify", "--keys", keys_file(), "--report", "none/" + token + ".json"},
                          {"verify", "--keys", keys_file(), "--fingerprint-key", token},
                          {"verify", "--keys", keys_file(), "--kernels", "rsa=" + token},
                          {"compare", token, "x"},
                          {"compare", "--run", token, "x"},
                          {"plan", "--rate", "1", "--mix", "RS256=100", "--bench", token},
                          {"keys", "token=" + token},
                          {"verify", "--keys", "x_" + token},
                          {"verify", "--keys", keys_file(), "a=" + token},
                          {"keys", token},
                          {"merge", token},
                          {token}}) {
    CAPTURE(args.front());
    const Ended ended = run(Start{args});
    CHECK((ended.exit_code == 2 || ended.exit_code == 4));
    CHECK(ended.err.find("token") != std::string::npos);
  }
}
