// A file that grows, shrinks, is replaced or deleted while it is read: no crash, the event, exit 3.

#include <algorithm>
#include <fstream>
#include <tuple>

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

/// Calls `change` in the middle of the run: from the hook that is asked before each chunk, for the
/// `asked`-th time.
RunOutcome run_while(const RunOptions& options, int asked, const std::function<void()>& change) {
  int chunks = 0;
  RunHooks hooks;
  hooks.interrupted = [&] {
    if (++chunks == asked) change();
    return false;
  };
  return go(options, hooks);
}

RunOutcome run_while(const std::string& path, const std::function<void()>& change) {
  RunOptions options = options_for(path, 2);
  options.chunk_bytes = 64 * 1024;
  return run_while(options, 4, change);
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

TEST_CASE("changing: half a record at the end of a file that is written to is not judged") {
  const testing::TemporaryFolder folder;
  const std::string text = capture(), half = "half.of.a-tok";
  constexpr std::size_t kShrunk = 700'000;
  const auto left = static_cast<std::uint64_t>(
      std::count(text.begin(), text.begin() + std::ptrdiff_t{kShrunk}, '\n'));
  const auto lost = kShrunk - (text.rfind('\n', kShrunk - 1) + 1);
  REQUIRE(lost > 0);
  for (const std::size_t chunk_bytes : {1000u, 64u * 1024u, 256u * 1024u}) {
    for (const unsigned threads : {1u, 3u}) {
      CAPTURE(chunk_bytes, threads);
      const auto run_changed = [&](const std::string& bytes, const auto& change) {
        RunOptions options = options_for(folder.write("log", bytes), threads);
        options.chunk_bytes = chunk_bytes;
        RunOutcome outcome = run_while(options, 1, [&] { change(options.inputs[0]); });
        CHECK(events(outcome, InputEventKind::kInputChanged) == 1);
        CHECK(outcome.report.events.total() == 1);
        CHECK(outcome.exit_code() == 3);
        return outcome.report;
      };
      const RunReport shrunk =
          run_changed(text, [](const std::string& path) { fs::resize_file(path, kShrunk); });
      CHECK(shrunk.tokens == left);
      CHECK(shrunk.events.listed.begin()->offset_bytes == kShrunk);
      CHECK(shrunk.events.listed.begin()->reason.find("unfinished record of " +
                                                      std::to_string(lost)) != std::string::npos);
      // Of a file that grows, what stands at the end may go on.
      CHECK(run_changed(text + half, [](const std::string& path) { append(path, "en"); }).tokens ==
            kLines);
      CHECK(run_changed(text + half, [](const std::string& path) {
              append(path, "en\n");
            }).tokens == kLines + 1);
      // What was deleted or replaced is there to its end.
      CHECK(run_changed(text + half, [](const std::string& path) { fs::remove(path); }).tokens ==
            kLines + 1);
    }
  }
}

TEST_CASE("changing: likewise in every format") {
  const testing::TemporaryFolder folder;
  const std::string token(kToken);
  const std::string line = R"({"t":")" + token + "\"}\n", entry = R"({"a":")" + token + "\"},";
  const auto repeat = [](std::string text, const std::string& one) {
    for (int i = 0; i < 5000; ++i) text += one;
    return text;
  };
  for (const auto& [format, field, text] :
       {std::tuple(InputFormat::kText, "", repeat("", "Bearer " + token + "\n")),
        std::tuple(InputFormat::kJsonl, "", repeat("", line)),
        std::tuple(InputFormat::kJsonl, "/t", repeat("", line)),
        std::tuple(InputFormat::kHar, "", repeat(R"({"log":{"entries":[)", entry))}) {
    CAPTURE(int(format), field);
    RunOptions options = options_for(folder.write("log", text));
    options.format = format;
    if (*field != 0) options.fields = {field};
    options.chunk_bytes = 1000;
    // Behind the last token that is whole, in front of the end of its record.
    const std::size_t size = text.rfind(token, 600'000) + token.size();
    const RunOutcome outcome =
        run_while(options, 1, [&] { fs::resize_file(options.inputs[0], size); });
    std::uint64_t tokens = 0;
    for (std::size_t at = 0; (at = text.find(token, at)) < size; ++at) ++tokens;
    CHECK(outcome.report.tokens == tokens - 1);
    CHECK(events(outcome, InputEventKind::kInputChanged) == 1);
    CHECK(outcome.exit_code() == 3);
  }
}
