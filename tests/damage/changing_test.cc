// A file that grows, shrinks, is replaced or deleted while it is read: no crash, the event, exit 3.

#include <fstream>

#include "damage/job.h"
#include "support/engine_adapter.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::damage;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLines = 40'000;

std::string capture() {
  std::string text;
  for (std::uint64_t i = 0; i < kLines; ++i)
    text += std::to_string(i) + ".payload.signature-of-a-token\n";
  return text;
}

/// Runs over `path` and calls `change` in the middle of it: from the hook that is asked before each
/// chunk.
RunOutcome run_while(const std::string& path, const std::function<void()>& change) {
  RunOptions options = options_for(path, 2);
  options.chunk_bytes = 64 * 1024;
  int chunks = 0;
  RunHooks hooks;
  hooks.interrupted = [&] {
    if (++chunks == 4) change();
    return false;
  };
  return go(options, hooks);
}

void append(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

}  // namespace

TEST_CASE("changing: a plain file that grows, shrinks, is replaced or deleted") {
  const testing::TemporaryFolder folder;
  const auto file = [&] { return folder.write("log", capture()); };
  const auto check = [](const RunOutcome& outcome, std::uint64_t most) {
    CHECK(outcome.report.tokens > 0);
    CHECK(outcome.report.tokens <= most);
    CHECK(outcome.report.events.total() == 1);
    CHECK(events(outcome, InputEventKind::kInputChanged) == 1);
    CHECK(outcome.exit_code() == 3);
    return outcome.report.tokens;
  };
  std::string path = file();
  check(run_while(path, [&] { append(path, "more.of.it\n"); }), kLines + 1);
  path = file();
  CHECK(check(run_while(path, [&] { fs::resize_file(path, 700'000); }), kLines) < kLines);
  path = file();
  CHECK(check(run_while(path, [&] { fs::resize_file(path, 0); }), kLines) < kLines);
  path = file();
  CHECK(check(run_while(path, [&] { fs::rename(folder.write("other", "a.b.c\n"), path); }),
              kLines) == kLines);
  path = file();
  CHECK(check(run_while(path, [&] { fs::remove(path); }), kLines) == kLines);
  path = file();
  CHECK(check(run_while(path, [&] { fs::rename(path, path + ".1"); }), kLines) == kLines);
}

TEST_CASE("changing: a compressed file likewise, and what was cut off is an event too") {
  using testing::bgzf, testing::gzip, testing::zstd;
  const testing::TemporaryFolder folder;
  // More than what is read ahead before the first chunk is asked for.
  std::string noise;
  for (unsigned i = 0, x = 1; i < 24'000'000; ++i) {
    x = x * 1664525u + 1013904223u;
    noise += i % 100 == 99 ? '\n' : static_cast<char>('!' + (x >> 25) % 90);
  }
  for (const std::string& packed : {gzip(noise, 1), bgzf(noise), zstd(noise, 1)}) {
    const auto file = [&] { return folder.write("log.packed", packed); };
    const auto outcome_of = [&](const std::string& path, const std::function<void()>& change) {
      const RunOutcome outcome = run_while(path, change);
      CHECK(outcome.report.tokens > 0);
      CHECK(outcome.report.events.total() == 1);
      CHECK(outcome.exit_code() == 3);
      return outcome;
    };
    std::string path = file();
    const RunOutcome shrunk =
        outcome_of(path, [&] { fs::resize_file(path, packed.size() - 1'000'000); });
    CHECK(shrunk.report.tokens < 240'000);
    CHECK(events(shrunk, InputEventKind::kInputTruncated) == 1);
    path = file();
    const RunOutcome removed = outcome_of(path, [&] { fs::remove(path); });
    CHECK(removed.report.tokens == 240'000);
    CHECK(events(removed, InputEventKind::kInputChanged) == 1);
    path = file();
    const RunOutcome grown = outcome_of(path, [&] { append(path, packed.substr(0, 1000)); });
    CHECK(grown.report.tokens >= 240'000);
  }
}
