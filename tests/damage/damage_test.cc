// Compressed captures that were cut or damaged, whole: every token before the damage has its
// verdict, one event says where it is, the exit code is 3, and nothing is invented.
//
// The suite takes a sample of the places; all of them (every byte of a file of 64 KiB, 10,000
// bits):
//   JOTMILL_LONG=1 build/tests/damage/damage_test "damage*"
// and of one file alone, of which several can run side by side, with `-c gzip` (bgzf, zstd, "zstd
// frames") behind it.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "damage/job.h"
#include "support/long_run.h"
#include "support/memory_file.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::damage;
using namespace jotmill::testing;

namespace {

/// Lines of the one good token, with noise behind every other so that it does not pack to nothing:
/// what a line holds more is a token that is rejected.
std::string capture(std::size_t bytes) {
  std::mt19937 random(3);
  std::string text;
  while (text.size() < bytes) {
    text.append(kToken).append("\n");
    for (int i = 0; i < 800; ++i)
      text += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[random() % 64];
    text += '\n';
  }
  return text;
}

struct Packed {
  const char* what;
  Packing packing;
  std::string text, packed;
  std::vector<std::size_t> sizes;  ///< decompressed bytes by compressed ones
};

/// Files of 64 KiB: one member or frame, BGZF, and several frames with their sizes.
std::vector<Packed> files() {
  const std::string text = capture(82'000);
  std::string frames;
  for (std::size_t at = 0; at < text.size(); at += 9000) frames += zstd(text.substr(at, 9000));
  std::vector<Packed> all = {{"gzip", Packing::kGzip, text, gzip(text), {}},
                             {"bgzf", Packing::kGzip, text, bgzf(text, 9000), {}},
                             {"zstd", Packing::kZstd, text, zstd(text), {}},
                             {"zstd frames", Packing::kZstd, text, frames, {}}};
  for (Packed& file : all) {
    INFO(file.what << " " << file.packed.size());
    CHECK(file.packed.size() > 50'000);
    CHECK(file.packed.size() < 80'000);
    file.sizes = sizes_of_prefixes(file.packing, file.packed);
    REQUIRE(file.sizes.back() == text.size());
  }
  return all;
}

std::uint64_t lines_in(const std::string& text, std::size_t size) {
  return static_cast<std::uint64_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
}

/// Compressed sizes at which the stream may end.
bool is_boundary(const Packed& file, std::size_t cut) {
  return cut < 2 || unpack(file.packing, file.packed.substr(0, cut)).has_value();
}

}  // namespace

TEST_CASE("damage: cut anywhere, every token before the cut is judged, and one event says so") {
  ChangingFile memory;
  const std::size_t step = long_run() > 0 ? 1 : 499;
  for (const Packed& file : files()) {
    DYNAMIC_SECTION(file.what) {
      for (std::size_t cut = 2; cut < file.packed.size(); cut += step) {
        if (is_boundary(file, cut)) continue;
        CAPTURE(cut);
        const RunOutcome outcome =
            go(options_for(memory.holding(file.packed.substr(0, cut)), 1 + cut % 2));
        const std::uint64_t lines = lines_in(file.text, file.sizes[cut]);
        REQUIRE(outcome.report.tokens == lines);
        REQUIRE(outcome.report.accepted() == (lines + 1) / 2);
        REQUIRE(outcome.report.events.total() == 1);
        REQUIRE(events(outcome, InputEventKind::kInputTruncated) == 1);
        REQUIRE(outcome.report.events.listed.begin()->offset_bytes == file.sizes[cut]);
        REQUIRE(outcome.report.input_bytes == file.sizes[cut]);
        REQUIRE(outcome.exit_code() == 3);
      }
    }
  }
}

TEST_CASE("damage: flipped bits, nothing lost or invented before them, no crash, no hang") {
  ChangingFile memory;
  std::mt19937 random(20261125);
  const int rounds = long_run() > 0 ? 2500 : 60;
  for (const Packed& file : files()) {
    INFO(file.what);
    for (int round = 0; round < rounds; ++round) {
      const std::size_t at = 6 + random() % (file.packed.size() - 6);
      std::string damaged = file.packed;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
      CAPTURE(round, at);
      const RunOutcome outcome = go(options_for(memory.holding(damaged), 1 + at % 2));
      const std::uint64_t sure = lines_in(file.text, file.sizes[at]);
      REQUIRE(outcome.report.tokens >= sure);
      REQUIRE(outcome.report.accepted() >= (sure + 1) / 2);
      REQUIRE(outcome.report.events.total() <= 1);
      REQUIRE(outcome.exit_code() == (outcome.report.events.total() == 1 ? 3 : 1));
      // A field that means nothing for the content (a time, a name): then all of it is there.
      if (outcome.exit_code() == 1) REQUIRE(outcome.report.input_bytes == file.text.size());
    }
  }
}
