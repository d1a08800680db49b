// Interrupts end a run cleanly, with a report that says it is partial.
#include <signal.h>

#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

/// Enough tokens that some are through while standard input stays open.
std::string many_tokens() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += good_token() + "\n";
  return text;
}

}  // namespace

TEST_CASE("an interrupt while standard input is silent: partial report, exit 130") {
  for (const int number : {SIGINT, SIGTERM}) {
    const Folder folder;
    Running running(Start{{"verify", "--keys", keys_file(), "--verdicts", "out.ndjson", "--report",
                           "r.json", "--format", "lines", "--chunk-bytes", "4K"}});
    running.write(many_tokens());
    for (int i = 0; i < 1000 && (!exists("out.ndjson") || read_file("out.ndjson").empty()); ++i) {
      running.run_on(10);
    }
    running.signal(number);
    const Ended ended = running.wait();
    INFO(ended.err);
    CHECK(ended.exit_code == 130);
    CHECK(contains(ended.err, "interrupted"));
    CHECK(contains(read_file("r.json"), "\"interrupted\":true"));
    const std::string records = read_file("out.ndjson");
    CHECK(records.ends_with("}\n"));
    CHECK(count_lines(records) > 0);
    CHECK(contains(ended.out, "PARTIAL"));
  }
}

TEST_CASE("an interrupt before the first byte") {
  const Folder folder;
  Running running(Start{{"verify", "--keys", keys_file()}});
  running.run_on_until_it_catches(SIGINT);
  running.signal(SIGINT);
  const Ended ended = running.wait();
  CHECK(ended.exit_code == 130);
  CHECK(contains(ended.err, "interrupted"));
}

TEST_CASE("whole records that were read to tell the format are judged before the end") {
  const Folder folder;
  Running running(
      Start{{"verify", "--keys", keys_file(), "--verdicts", "out.ndjson", "--report", "r.json"}});
  running.write(good_token() + "\n" + good_token() + "\n" + good_token().substr(0, 20));
  running.run_on_until_read();
  running.signal(SIGINT);
  CHECK(running.wait().exit_code == 130);
  CHECK(count_lines(read_file("out.ndjson")) == 2);
  CHECK(contains(read_file("r.json"), "\"tokens\":2"));
}

TEST_CASE("a second interrupt ends the program") {
  const Folder folder;
  Running running(Start{{"verify", "--keys", keys_file(), "--format", "lines"}});
  running.write(good_token() + "\n");
  running.run_on_until_it_catches(SIGINT);
  running.signal(SIGINT);
  running.run_on(50);  // two that are pending at once would be one
  running.signal(SIGINT);
  CHECK(running.wait().exit_code == 130);
}
