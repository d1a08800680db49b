// Streams that were cut or damaged: everything before the damage, then one error, never a crash.

#include <algorithm>
#include <random>
#include <vector>

#include "input/chunker.h"
#include "input/decompress.h"
#include "input/packed_file_test.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::testing;
using Damage = Decompressor::Damage;

namespace {

/// The longest beginnings that are no stream yet: an empty file, and one byte that may be anything.
constexpr std::size_t kTooShortToTell = 1;

/// Two members, frames or streams; about 8 KiB together.
struct TwoParts {
  std::string packed, bytes;
  std::size_t first_packed = 0;  ///< where the second begins
};

TwoParts two_parts(Packing packing) {
  const std::string a = token_like_lines(6200, 11), b = token_like_lines(4000, 12);
  const std::string first = pack(packing, a);
  return {first + pack(packing, b), a + b, first.size()};
}

struct Judged {
  std::string whole_records;
  std::uint64_t lost_bytes = 0;
  bool failed = false;
};

/// The whole records that the chunker hands out.
Judged chunk_all(const std::string& path, std::size_t chunk_bytes) {
  SourceReader source;
  REQUIRE(source.open(path).ok());
  Decompressor decompressor;
  decompressor.begin(source);
  Chunker chunker({.chunk_bytes = chunk_bytes, .max_record_bytes = 1000});
  chunker.begin(decompressor, 0, nullptr);
  Judged judged;
  Chunk chunk;
  for (;;) {
    const Result<bool> more = chunker.next(chunk);
    judged.failed = !more.ok();
    if (!more || !more.value()) break;
    judged.whole_records += as_text(chunk.view());
  }
  judged.lost_bytes = chunker.lost_bytes();
  return judged;
}

/// The first `size` bytes of `text` up to and including their last line end.
std::string whole_lines(const std::string& text, std::size_t size) {
  return size == 0 ? "" : text.substr(0, text.rfind('\n', size - 1) + 1);
}

}  // namespace

TEST_CASE("cut at every byte: all that could be told, then one error with both offsets") {
  ChangingFile file;
  for (const Packing packing : kPackings) {
    INFO(name(packing));
    const TwoParts parts = two_parts(packing);
    const std::vector<std::size_t> sizes = sizes_of_prefixes(packing, parts.packed);
    REQUIRE(sizes.back() == parts.bytes.size());
    for (std::size_t cut = kTooShortToTell + 1; cut < parts.packed.size(); ++cut) {
      CAPTURE(cut);
      const AllRead all = read_all(file.holding(parts.packed.substr(0, cut)), 1000);
      REQUIRE((all.bytes == parts.bytes.substr(0, sizes[cut])));
      if (cut == parts.first_packed) {
        REQUIRE(all.damage == Damage::kNone);
        continue;
      }
      REQUIRE(all.damage == Damage::kCut);
      REQUIRE(all.offset_bytes == all.bytes.size());
      REQUIRE(all.reason.find("compressed byte " + std::to_string(cut)) != std::string::npos);
    }
  }
}

TEST_CASE("cut at every byte: the chunker hands out every whole record at any chunk size") {
  ChangingFile file;
  for (const Packing packing : kPackings) {
    INFO(name(packing));
    const TwoParts parts = two_parts(packing);
    const std::vector<std::size_t> sizes = sizes_of_prefixes(packing, parts.packed);
    for (std::size_t cut = kTooShortToTell + 1; cut < parts.packed.size(); cut += 3) {
      CAPTURE(cut);
      const std::string path = file.holding(parts.packed.substr(0, cut));
      const std::string expected = whole_lines(parts.bytes, sizes[cut]);
      const std::size_t chunk_bytes = std::vector<std::size_t>{1, 100, 4096, 1 << 20}[cut % 4];
      const Judged judged = chunk_all(path, chunk_bytes);
      REQUIRE((judged.whole_records == expected));
      REQUIRE(judged.failed == (cut != parts.first_packed));
      REQUIRE(judged.lost_bytes == sizes[cut] - expected.size());
    }
  }
}

TEST_CASE("2000 flipped bits: no crash, no hang, nothing invented or lost before the damage") {
  const unsigned seed = 20261123;
  WARN("seed " << seed);
  std::mt19937 random(seed);
  ChangingFile file;
  for (const Packing packing : kPackings) {
    INFO(name(packing));
    const TwoParts parts = two_parts(packing);
    const std::vector<std::size_t> sizes = sizes_of_prefixes(packing, parts.packed);
    int told = 0;
    for (int round = 0; round < 2000; ++round) {
      // The magic tells what it is; a flip there makes it something else.
      const std::size_t at = 6 + random() % (parts.packed.size() - 6);
      const auto bit = static_cast<char>(1 << random() % 8);
      CAPTURE(round, at, int(bit));
      std::string damaged = parts.packed;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      const AllRead all = read_all(file.holding(damaged), 1 << 16);
      const std::size_t sure = sizes[at];
      REQUIRE(all.bytes.size() >= sure);
      REQUIRE(std::equal(all.bytes.begin(), all.bytes.begin() + std::ptrdiff_t(sure),
                         parts.bytes.begin()));
      REQUIRE(all.bytes.size() < 100 * parts.bytes.size() + (1 << 20));
      if (all.damage == Damage::kNone) {
        // Headers have fields that mean nothing for the content (a time, a name).
        REQUIRE((all.bytes == parts.bytes));
      } else {
        ++told;
        REQUIRE(all.offset_bytes == all.bytes.size());
      }
    }
    CHECK(told > 1900);
  }
}

TEST_CASE("random bytes behind a magic never crash and never hang") {
  std::mt19937 random(7);
  ChangingFile file;
  for (const std::string& magic :
       {std::string("\x1F\x8B\x08"), std::string("\x28\xB5\x2F\xFD"),
        std::string("\xFD\x37\x7A\x58\x5A\0", 6), std::string("\x50\x2A\x4D\x18")}) {
    for (int round = 0; round < 500; ++round) {
      std::string noise = magic;
      for (std::size_t i = random() % 300; i > 0; --i) noise += static_cast<char>(random());
      const AllRead all = read_all(file.holding(noise));
      CHECK(all.bytes.size() < (std::size_t{1} << 24));
    }
  }
}

TEST_CASE("what follows the last member, frame or stream and is none is told after all data") {
  ChangingFile file;
  const std::string text = token_like_lines(3000);
  for (const Packing packing : kPackings) {
    INFO(name(packing));
    const std::string packed = pack(packing, text);
    for (const std::string& garbage : {std::string("garbage, and not little of it\n"),
                                       std::string("\0\0\0\0x", 5), std::string("\xFF")}) {
      const AllRead all = read_all(file.holding(packed + garbage));
      CHECK((all.bytes == text));
      CHECK(all.damage != Damage::kNone);
      CHECK(all.offset_bytes == text.size());
      // Of what is shorter than a header of zstd nobody can tell whether it was cut.
      if (garbage.size() > 12 || packing == Packing::kGzip || packing == Packing::kXz)
        CHECK(all.damage == Damage::kDamaged);
    }
  }
  CHECK(read_all(file.holding(gzip(text) + "garbage")).reason.find("no gzip") != std::string::npos);
  CHECK(read_all(file.holding(zstd(text) + "garbage")).reason.find("no zstd") != std::string::npos);
}

TEST_CASE(
    "xz: behind a stream is padding in fours, or a stream, or damage at the byte that is neither") {
  ChangingFile file;
  const std::string text = token_like_lines(3000), packed = xz(text);
  for (std::size_t zeros = 0; zeros <= 9; ++zeros) {
    CAPTURE(zeros);
    const std::string padded = packed + std::string(zeros, '\0');
    const AllRead all = read_all(file.holding(padded));
    CHECK((all.bytes == text));
    CHECK(all.damage == (zeros % 4 == 0 ? Damage::kNone : Damage::kDamaged));
    const AllRead two = read_all(file.holding(padded + packed));
    CHECK((two.bytes == (zeros % 4 == 0 ? text + text : text)));
    for (std::size_t shown = 1; shown <= 6; ++shown) {
      CAPTURE(shown);
      const std::string magic = packed.substr(0, shown);
      const AllRead cut = read_all(file.holding(padded + magic));
      CHECK(cut.damage == (zeros % 4 == 0 ? Damage::kCut : Damage::kDamaged));
      std::string other = magic;
      other.back() = '!';
      const AllRead damaged = read_all(file.holding(padded + other));
      CHECK((damaged.bytes == text));
      CHECK(damaged.damage == Damage::kDamaged);
      CHECK(damaged.offset_bytes == text.size());
      CHECK(damaged.reason.find("no xz at compressed byte " + std::to_string(padded.size())) !=
            std::string::npos);
    }
  }
}

TEST_CASE("a wrong checksum or length is damage after all data, and says from where on") {
  ChangingFile file;
  const std::string a = token_like_lines(3000, 1), b = token_like_lines(2000, 2);
  for (const std::size_t back : {1, 5}) {  // the length (RFC 1952 ISIZE), the CRC
    std::string packed = gzip(a) + gzip(b);
    packed[packed.size() - back] = static_cast<char>(packed[packed.size() - back] ^ 1);
    const AllRead all = read_all(file.holding(packed));
    CHECK((all.bytes == a + b));
    CHECK(all.damage == Damage::kDamaged);
    CHECK(all.reason.find("from byte " + std::to_string(a.size()) + " on no checksum") !=
          std::string::npos);
  }
  std::string frames = zstd(a) + zstd(b);
  frames.back() = static_cast<char>(frames.back() ^ 1);
  const AllRead all = read_all(file.holding(frames));
  CHECK((all.bytes == a + b));
  CHECK(all.damage == Damage::kDamaged);
  CHECK(all.reason.find("from byte " + std::to_string(a.size())) != std::string::npos);
}
