// Frames that are decoded many at once give what one decoder in sequence gives: bytes, damage,
// words.

#include "input/frame_batch.h"

#include <atomic>
#include <random>
#include <vector>

#include "input/packed_file_test.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::testing;
using Damage = Decompressor::Damage;

namespace {

struct Frames {
  const char* what;
  std::string packed, bytes;
};

/// Some 12 KiB in frames of very different sizes.
std::vector<Frames> many_frames() {
  std::string bytes, frames, sized;
  for (unsigned i = 0; i < 12; ++i) {
    const std::string part = token_like_lines(i % 4 == 3 ? 3000 : 40 + 60 * i, i);
    bytes += part;
    sized += zstd(part);
    frames += i % 5 == 4 ? zstd_skippable(std::string(30, 'x')) + zstd(part) : zstd(part);
  }
  return {{"bgzf", bgzf(bytes, 900), bytes},
          {"zstd", sized, bytes},
          {"zstd, skippable", frames, bytes}};
}

/// What one thread in sequence makes of `packed` is what several at once make of it.
void check_equal(ChangingFile& file, const std::string& packed, const Frames& frames) {
  const std::string path = file.holding(packed);
  const AllRead wanted = read_all(path, 1 << 16, 0);
  REQUIRE(wanted.bytes.size() <= 100 * frames.bytes.size() + (1 << 20));
  for (const unsigned threads : {1, 3}) {
    const AllRead got = read_all(path, threads == 1 ? 700 : 1 << 16, threads);
    REQUIRE((got.bytes == wanted.bytes));
    REQUIRE(got.damage == wanted.damage);
    REQUIRE(got.reason == wanted.reason);
    REQUIRE(got.offset_bytes == wanted.offset_bytes);
  }
}

}  // namespace

TEST_CASE("frames cut at every byte: as in sequence") {
  ChangingFile file;
  for (const Frames& frames : many_frames()) {
    INFO(frames.what);
    for (std::size_t cut = 0; cut <= frames.packed.size(); cut += cut < 600 ? 1 : 13) {
      CAPTURE(cut);
      check_equal(file, frames.packed.substr(0, cut), frames);
    }
  }
}

TEST_CASE("frames with flipped bits, lying sizes among them: as in sequence") {
  std::mt19937 random(20261125);
  ChangingFile file;
  for (const Frames& frames : many_frames()) {
    INFO(frames.what);
    int told = 0;
    for (int round = 0; round < 250; ++round) {
      // Every third in the first header, which says the sizes.
      const std::size_t at =
          round % 3 == 0 ? 4 + random() % 16 : 4 + random() % (frames.packed.size() - 4);
      const auto bit = static_cast<char>(1 << random() % 8);
      CAPTURE(round, at, int(bit));
      std::string damaged = frames.packed;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      check_equal(file, damaged, frames);
      told += read_all(file.holding(damaged), 1 << 16, 1).damage != Damage::kNone;
    }
    CHECK(told > 150);
  }
}

TEST_CASE("a BGZF block that claims more or less than it holds is damage where the data says so") {
  ChangingFile file;
  const std::string a = token_like_lines(2000, 1);
  const std::string sound = bgzf(a, 600);
  for (const std::size_t back : {28 + 4, 28 + 1}) {  // the length of the last block that holds data
    std::string lying = sound;
    lying[lying.size() - back] = static_cast<char>(lying[lying.size() - back] ^ 1);
    const AllRead all = read_all(file.holding(lying), 1 << 16, 2);
    CHECK((all.bytes == a));
    CHECK(all.damage == Damage::kDamaged);
  }
  std::string size = sound;  // the size of the first block: gzip does not care
  size[16] = static_cast<char>(size[16] ^ 4);
  const AllRead all = read_all(file.holding(size), 1 << 16, 2);
  CHECK((all.bytes == a));
  CHECK(all.damage == Damage::kNone);
}

TEST_CASE("a zstd frame that claims 4 GiB or 4 MiB costs no memory that it does not fill") {
  ChangingFile file;
  // Single segment, content size of 8 and of 4 bytes, one empty last block.
  const std::string huge("\x28\xB5\x2F\xFD\xE0\0\0\0\0\x01\0\0\0\x01\0\0", 16);
  const std::string large("\x28\xB5\x2F\xFD\xA0\0\0\x40\0\x01\0\0", 12);
  for (const std::string& frame : {huge, large}) {
    std::string many = zstd("before\n");
    for (int i = 0; i < 3000; ++i) many += frame;
    const AllRead all = read_all(file.holding(many), 1 << 16, 2);
    CHECK(all.bytes == "before\n");  // whether it is damage is the library's to say
  }
}

TEST_CASE("crew: each piece of work is done once, whatever the crew") {
  for (const unsigned helpers : {0, 1, 3}) {
    Crew crew(helpers);
    for (const std::size_t count : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> done(count);
      std::vector<std::atomic<int>> busy(crew.size());
      std::atomic<bool> shared = false;
      crew.each(count, [&](unsigned member, std::size_t i) {
        if (busy[member].fetch_add(1) != 0) shared = true;
        ++done[i];
        --busy[member];
      });
      CHECK_FALSE(shared);
      for (const auto& times : done) REQUIRE(times == 1);
    }
  }
}
