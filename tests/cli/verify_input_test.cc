// Inputs as they come in the wild: missing, empty, huge, broken. Nothing is lost, nothing crashes,
// and the exit code and standard error say what happened.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

/// `verify --keys keys.json --verdicts verdicts.ndjson ARGS`.
Ended verify(Words args, const std::string& input = "") {
  args.insert(args.begin(), {"verify", "--keys", keys_file(), "--verdicts", "verdicts.ndjson"});
  return run(args, input);
}

Words verdicts() { return members(read_file("verdicts.ndjson"), "verdict"); }

constexpr long kRssLimitKib = 256 * 1024;
constexpr off_t kGiB = off_t{1} << 30;

}  // namespace

TEST_CASE("several files are read in the order given") {
  const Folder folder;
  write_file("b.txt", good_token() + "\n");
  write_file("a.txt", forged_token() + "\n");
  const Ended ended = verify({"b.txt", "a.txt"});
  CHECK(ended.exit_code == 1);
  CHECK(verdicts() == Words{"accepted", "signature_mismatch"});
  CHECK(members(read_file("verdicts.ndjson"), "source") == Words{"b.txt", "a.txt"});
}

TEST_CASE("a missing file among several is an event, and the others are read") {
  const Folder folder;
  write_file("a.txt", good_token() + "\n");
  write_file("c.txt", good_token() + "\n");
  const Ended ended = verify({"a.txt", "missing.txt", "c.txt", "--report", "report.json"});
  CHECK(ended.exit_code == 3);
  CHECK(verdicts() == Words{"accepted", "accepted"});
  CHECK(contains(ended.err, "missing.txt"));
  CHECK(contains(ended.err, "No such file"));
  CHECK(contains(read_file("report.json"), "input_unreadable"));
  CHECK(contains(ended.out, "missing.txt"));
}

TEST_CASE("a rejected token and a missing file: the higher exit code wins") {
  const Folder folder;
  write_file("a.txt", forged_token() + "\n");
  CHECK(verify({"a.txt", "missing.txt"}).exit_code == 3);
}

TEST_CASE("a file that may not be read is an event") {
  if (::geteuid() == 0) return;  // root reads everything
  const Folder folder;
  write_file("a.txt", good_token() + "\n");
  ::chmod(in_folder("a.txt").c_str(), 0);
  const Ended ended = verify({"a.txt"});
  CHECK(ended.exit_code == 3);
  CHECK(contains(ended.err, "a.txt"));
}

TEST_CASE("an empty file, only blank lines, a directory without files: no token, exit 1, said so") {
  const Folder folder;
  write_file("empty.txt", "");
  write_file("blank.txt", "\n  \n\t\r\n");
  fs::create_directory(in_folder("dir"));
  fs::create_directory(in_folder("dir/sub"));
  for (const char* path : {"empty.txt", "blank.txt", "dir"}) {
    INFO(path);
    const Ended ended = verify({path});
    CHECK(ended.exit_code == 1);
    CHECK(verdicts().empty());
    CHECK(contains(ended.err, "no token"));
  }
  CHECK(verify({}, "").exit_code == 1);
}

TEST_CASE("a directory is walked, sorted by name") {
  const Folder folder;
  fs::create_directories(in_folder("logs/b"));
  for (const char* path : {"logs/c.txt", "logs/a.txt", "logs/b/z.txt", "logs/b/y.txt"}) {
    write_file(path, good_token() + "\n");
  }
  const Ended ended = verify({"logs"});
  CHECK(ended.exit_code == 0);
  CHECK(members(read_file("verdicts.ndjson"), "source") ==
        Words{"logs/a.txt", "logs/b/y.txt", "logs/b/z.txt", "logs/c.txt"});
}

TEST_CASE("what a directory holds beside files is left out, and said so") {
  const Folder folder;
  fs::create_directories(in_folder("logs"));
  write_file("b.txt", good_token() + "\n");
  write_file("logs/a.txt", good_token() + "\n");
  fs::create_symlink("../b.txt", in_folder("logs/file"));
  REQUIRE(::mkfifo(in_folder("logs/pipe").c_str(), 0600) == 0);
  const Ended ended = verify({"logs"});
  CHECK(ended.exit_code == 0);
  CHECK(members(read_file("verdicts.ndjson"), "source") == Words{"logs/a.txt", "logs/file"});
  CHECK(contains(ended.err, "logs/pipe: not a regular file, skipped"));
  for (int i = 0; i < 12; ++i)
    REQUIRE(::mkfifo(in_folder("logs/pipe" + std::to_string(i)).c_str(), 0600) == 0);
  const Ended many = verify({"logs"});
  CHECK(many.exit_code == 0);
  CHECK(count_lines(many.err) == 11);
  CHECK(contains(many.err, "and 3 more"));
}

TEST_CASE("links to directories are followed, each directory is read once, and loops end") {
  const Folder folder;
  fs::create_directories(in_folder("top/logs/in/deep"));
  fs::create_directories(in_folder("other/sub"));
  write_file("top/beside.txt", good_token() + "\n");
  for (const char* file : {"top/logs/a.txt", "top/logs/in/b.txt", "top/logs/in/deep/c.txt",
                           "other/d.txt", "other/sub/e.txt"})
    write_file(file, good_token() + "\n");
  const auto link = [](const std::string& target, const std::string& at) {
    fs::create_directory_symlink(target, in_folder("top/logs/" + at));
  };
  link("../../other", "x");
  link("../../other/sub", "y");            // also below what x leads to
  link("../../../../other", "in/deep/z");  // comes before x
  link("in", "again");                     // is there by its own path
  link("..", "in/loop");                   // the root
  link("../../..", "in/deep/up");          // above it
  link("../../top/logs", "root");
  const Ended ended = verify({"top/logs"});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(members(read_file("verdicts.ndjson"), "source") ==
        Words{"top/logs/a.txt", "top/logs/in/b.txt", "top/logs/in/deep/c.txt",
              "top/logs/in/deep/z/d.txt", "top/logs/in/deep/z/sub/e.txt"});
  for (const char* left_out :
       {"logs/again: the same directory as top/logs/in\n", "logs/in/loop: the same directory as ",
        "logs/in/deep/up: a link to a directory above is not followed\n",
        "logs/root: the same directory as top/logs\n",
        "logs/x: the same directory as top/logs/in/deep/z\n",
        "logs/y: the same directory as top/logs/in/deep/z/sub\n"})
    CHECK(contains(ended.err, left_out));
  fs::create_directory_symlink("nowhere", in_folder("top/logs/dangling"));
  const Ended dangling = verify({"top/logs"});
  CHECK(dangling.exit_code == 3);
  CHECK(contains(dangling.err, "top/logs/dangling"));
}

TEST_CASE("standard input: without INPUT and as -") {
  const Folder folder;
  write_file("a.txt", good_token() + "\n");
  CHECK(verify({}, good_token() + "\n").exit_code == 0);
  CHECK(members(read_file("verdicts.ndjson"), "source") == Words{"-"});
  CHECK(verify({"a.txt", "-"}, good_token() + "\n").exit_code == 0);
  CHECK(members(read_file("verdicts.ndjson"), "source") == Words{"a.txt", "-"});
}

TEST_CASE("lines: CRLF, no final newline and blank lines change no verdict") {
  const Folder folder;
  const std::string t = good_token();
  for (const std::string& text : {t + "\r\n" + t + "\r\n", t + "\n" + t, t + "\r\n\r\n \t\n" + t}) {
    CHECK(verify({}, text).exit_code == 0);
    CHECK(verdicts() == Words{"accepted", "accepted"});
  }
  CHECK(members(read_file("verdicts.ndjson"), "line") == Words{"1", "4"});
}

TEST_CASE("lines: a lone CR, a BOM, spaces, NUL and invalid UTF-8 stay in the token") {
  const Folder folder;
  const std::string t = good_token();
  const std::string nul(1, '\0');
  for (const std::string& text :
       {t + "\r\r\n", "\xEF\xBB\xBF" + t + "\n", " " + t + "\n", t + " \n", t + nul + "\n",
        nul + t + "\n", "\xFF\xFE" + t + "\n", t + "\xC3\n"}) {
    CHECK(verify({"--format", "lines"}, text).exit_code == 1);
    REQUIRE(verdicts().size() == 1);
    CHECK(contains(verdicts()[0], "_encoding"));
  }
}

TEST_CASE("binary noise: one verdict for each line that is not blank") {
  const Folder folder;
  std::string noise;
  unsigned state = 12345;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>(state >> 24);
  }
  noise += '\n';
  std::size_t lines = 0;
  for (std::size_t at = 0; at < noise.size();) {
    const std::size_t end = noise.find('\n', at);
    std::string line = noise.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    lines += line.find_first_not_of(" \t") != std::string::npos ? 1 : 0;
    at = end + 1;
  }
  const Ended ended = verify({"--format", "lines", "--report", "r.json"}, noise);
  CHECK(ended.exit_code == 1);
  CHECK(verdicts().size() == lines);
}

TEST_CASE("lines: 1 GiB without a newline is one token_too_large in bounded memory") {
  const Folder folder;
  write_hole("huge.txt", kGiB);
  const Ended ended = verify({"--format", "lines", "huge.txt"});
  CHECK(ended.exit_code == 1);
  CHECK(verdicts() == Words{"token_too_large"});
  CHECK(ended.max_rss_kib < kRssLimitKib + kSanitizerKib);
}

TEST_CASE("lines: a line over either limit is token_too_large") {
  const Folder folder;
  const std::string token = good_token();
  const std::string line = token + "\n", three = line + line + line;
  for (const char* option : {"--max-record-bytes", "--max-token-bytes"}) {
    CAPTURE(option);
    const auto with_limit = [&](std::size_t bytes, const std::string& input) {
      return verify({"--format", "lines", option, std::to_string(bytes)}, input).exit_code;
    };
    CHECK(with_limit(token.size(), three) == 0);
    CHECK(verdicts() == Words{"accepted", "accepted", "accepted"});
    CHECK(with_limit(token.size() - 1, three) == 1);
    CHECK(verdicts() == Words{"token_too_large", "token_too_large", "token_too_large"});
    CHECK(with_limit(token.size(), line + std::string(1 << 20, 'a') + "\n" + line) == 1);
    CHECK(verdicts() == Words{"accepted", "token_too_large", "accepted"});
  }
}

TEST_CASE("lines: what stands behind a huge line is still verified, at the right place") {
  const Folder folder;
  write_hole("huge.txt", 64 << 20);
  {
    const int fd = ::open(in_folder("huge.txt").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    const std::string tail = "\n" + good_token() + "\n";
    REQUIRE(::write(fd, tail.data(), tail.size()) == static_cast<ssize_t>(tail.size()));
    ::close(fd);
  }
  const Ended ended = verify({"--format", "lines", "huge.txt"});
  CHECK(ended.exit_code == 1);
  CHECK(verdicts() == Words{"token_too_large", "accepted"});
  CHECK(members(read_file("verdicts.ndjson"), "line") == Words{"1", "2"});
  CHECK(members(read_file("verdicts.ndjson"), "offset") == Words{"0", "67108865"});
}

TEST_CASE("jsonl: 1 GiB without a newline is one record_too_long in bounded memory, exit 3") {
  const Folder folder;
  write_hole("huge.jsonl", kGiB);
  const Ended ended =
      verify({"--format", "jsonl", "--field", "/token", "--report", "r.json", "huge.jsonl"});
  CHECK(ended.exit_code == 3);
  CHECK(contains(ended.err, "huge.jsonl"));
  CHECK(contains(read_file("r.json"), "record_too_long"));
  CHECK(ended.max_rss_kib < kRssLimitKib + kSanitizerKib);
}

TEST_CASE("jsonl: records without the member and lines that are no JSON change no exit code") {
  const Folder folder;
  const std::string t = good_token();
  const std::string text = "{\"token\":\"" + t +
                           "\"}\n{\"other\":1}\nno json\n{\"token\":\"Bearer " + t +
                           "\"}\r\n\n{\"token\":5}\n{\"a\":{\"token\":\"" + t + "\"}}\n";
  const Ended ended =
      verify({"--field", "/token", "--format", "jsonl", "--report", "r.json"}, text);
  CHECK(ended.exit_code == 0);
  CHECK(verdicts() == Words{"accepted", "accepted"});
  CHECK(members(read_file("verdicts.ndjson"), "line") == Words{"1", "4"});
  const std::string report = read_file("r.json");
  CHECK(contains(report, "record_without_token"));
  CHECK(contains(report, "record_not_json"));
}

TEST_CASE("jsonl: several fields, nested ones and array elements") {
  const Folder folder;
  const std::string text =
      "{\"a\":\"" + good_token() + "\",\"b\":{\"c\":[1,\"" + forged_token() + "\"]}}\n";
  const Ended ended = verify({"--field", "/b/c/1", "--field", "/a"}, text);
  CHECK(ended.exit_code == 1);
  const Words found = verdicts();
  REQUIRE(found.size() == 2);
  const Words channels = members(read_file("verdicts.ndjson"), "channel");
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(channels[i] == (found[i] == "accepted" ? "field:/a" : "field:/b/c/1"));
  }
}

TEST_CASE("jsonl: whatever stands in the member is the token") {
  const Folder folder;
  const Ended ended = verify({"--field", "/token", "--format", "jsonl"},
                             "{\"token\":\"\"}\n{\"token\":\"Bearer \"}\n{\"token\":\"no token\"}\n"
                             "{\"token\":\"dpop " +
                                 good_token() + "\"}\n");
  CHECK(ended.exit_code == 1);
  CHECK(verdicts() == Words{"token_empty", "token_empty", "segment_count", "accepted"});
}

TEST_CASE("auto chooses for each input by itself") {
  const Folder folder;
  write_file("a.txt", good_token() + "\n");
  write_file("b.jsonl", "{\"token\":\"" + good_token() + "\"}\n");
  const Ended ended = verify({"--field", "/token", "a.txt", "b.jsonl", "--report", "r.json"});
  CHECK(ended.exit_code == 0);
  CHECK(verdicts() == Words{"accepted", "accepted"});
  CHECK(members(read_file("verdicts.ndjson"), "channel") == Words{"bare", "field:/token"});
}

TEST_CASE("names from the outside reach the terminal without control characters") {
  const Folder folder;
  const Ended ended = verify({"no\x1b[31m\nsuch"});
  CHECK(ended.exit_code == 3);
  CHECK_FALSE(contains(ended.err, "\x1b"));
  CHECK_FALSE(contains(ended.out, "\x1b"));
  CHECK(contains(ended.err, "[31m"));
}
