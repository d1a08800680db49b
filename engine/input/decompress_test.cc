// Sound streams of every kind come out whole, however they are cut on the way.

#include "input/decompress.h"

#include <thread>
#include <vector>

#include "input/packed_file_test.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::testing;
using Damage = Decompressor::Damage;

namespace {

struct Sample {
  const char* what;
  std::string packed, bytes;
};

std::vector<Sample> samples() {
  const std::string a = token_like_lines(5000, 1), b = token_like_lines(3000, 2);
  const std::string big = token_like_lines(700'000, 3);
  const std::string zeros(12, '\0');
  return {
      {"empty file", "", ""},
      {"gzip", gzip(a), a},
      {"gzip, stored", gzip(a, 0), a},
      {"gzip with a name", gzip(a, 9, "access.log"), a},
      {"gzip, big", gzip(big), big},
      {"gzip of nothing", gzip(""), ""},
      {"gzip, members, empty ones among them", gzip("") + gzip(a) + gzip("") + gzip(b) + gzip(""),
       a + b},
      {"gzip, padded", gzip(a) + std::string(1000, '\0'), a},
      {"gzip, padded between", gzip(a) + std::string(512, '\0') + gzip(b) + "\0", a + b},
      {"bgzf", bgzf(a), a},
      {"bgzf, small blocks", bgzf(a, 100), a},
      {"bgzf, big", bgzf(big), big},
      {"bgzf of nothing", bgzf(""), ""},
      {"bgzf between plain members", gzip(a) + bgzf(b, 700) + gzip(a) + bgzf(b), a + b + a + b},
      {"bgzf, padded", bgzf(a, 500) + std::string(700, '\0') + bgzf(b, 500), a + b},
      {"zstd", zstd(a), a},
      {"zstd, frames of both kinds", zstd(a) + zstd(b, 1, 10) + zstd(b) + zstd(a), a + b + b + a},
      {"zstd, big", zstd(big), big},
      {"zstd, big, small window", zstd(big, 1, 10), big},
      {"zstd of nothing", zstd(""), ""},
      {"zstd, frames, empty ones among them", zstd("") + zstd(a) + zstd("") + zstd(b) + zstd(""),
       a + b},
      {"zstd, skippable frames",
       zstd_skippable("x") + zstd(a) + zstd_skippable("") + zstd(b) +
           zstd_skippable(std::string(5000, 'y')),
       a + b},
      {"zstd, a skippable frame alone", zstd_skippable("abc"), ""},
      {"zstd, the largest window", zstd(a, 3, 27), a},
      {"xz", xz(a), a},
      {"xz, big", xz(big, 1), big},
      {"xz of nothing", xz(""), ""},
      {"xz, streams, empty ones among them", xz("") + xz(a) + xz("") + xz(b), a + b},
      {"xz, padded", xz(a) + zeros + xz(b) + zeros, a + b},
      {"xz, the largest dictionary", xz(a, 9, 128u << 20), a},
  };
}

}  // namespace

TEST_CASE("every kind of stream comes out whole at every read size") {
  ChangingFile file;
  for (const Sample& sample : samples()) {
    INFO(sample.what);
    const std::string path = file.holding(sample.packed);
    for (const std::size_t piece : {1, 7, 4096, 1 << 20}) {
      if (piece == 1 && sample.bytes.size() > 100'000) continue;
      for (const unsigned threads : {0, 1, 3}) {
        const AllRead all = read_all(path, piece, threads);
        CHECK(all.damage == Damage::kNone);
        CHECK(all.reason.empty());
        CHECK((all.bytes == sample.bytes));
      }
    }
  }
}

TEST_CASE("a pipe that trickles gives the same bytes") {
  for (const Sample& sample : samples()) {
    if (sample.packed.size() > 10'000) continue;
    INFO(sample.what);
    const testing::NamedPipe pipe;
    std::thread writer([&] {
      const int end = pipe.open(O_WRONLY);
      for (const char& byte : sample.packed) {
        if (::write(end, &byte, 1) != 1) break;
      }
      ::close(end);
    });
    // One byte in the pipe at a time cannot be forced on it, but most reads find few.
    const AllRead all = read_all(pipe.path(), 3);
    writer.join();
    CHECK(all.damage == Damage::kNone);
    CHECK((all.bytes == sample.bytes));
  }
}

TEST_CASE("plain bytes are handed through, also those that begin like something else") {
  ChangingFile file;
  const std::string lines = token_like_lines(600'000);
  for (const std::string& text :
       {std::string("a"), std::string("(\n"), std::string("("), std::string("\x1F"),
        std::string("\xFD"), std::string("P"), std::string("P*"), std::string("P*M"),
        std::string("P*Mx\n"), std::string("PK\n"), std::string("\x1F.b.c\n"),
        std::string("(\xB5.x\n"), std::string("\x28\xB5\x2F\xFC more"),
        std::string("\xFD"
                    "7zXZ.\n"),
        std::string("\n"), lines, std::string(300'000, '\0')}) {
    INFO(text.substr(0, 10));
    for (const std::size_t piece : {1, 5, 1 << 20}) {
      if (piece < 1000 && text.size() > 1000) continue;
      const AllRead all = read_all(file.holding(text), piece);
      CHECK(all.damage == Damage::kNone);
      CHECK((all.bytes == text));
    }
  }
}

TEST_CASE("windows and dictionaries over 128 MiB are refused by name, and nothing is allocated") {
  ChangingFile file;
  const std::string text = token_like_lines(20'000);
  const AllRead frame = read_all(file.holding(zstd("before\n") + zstd(text, 1, 28)));
  CHECK(frame.damage == Damage::kDamaged);
  CHECK(frame.bytes == "before\n");
  CHECK(frame.reason.find("window of over 128 MiB") != std::string::npos);
  const AllRead stream = read_all(file.holding(xz("before\n") + xz(text, 6, 256u << 20)));
  CHECK(stream.damage == Damage::kDamaged);
  CHECK(stream.bytes == "before\n");
  CHECK(stream.reason.find("dictionary of over 128 MiB") != std::string::npos);
}

TEST_CASE("one decompressor serves source after source, also behind a damaged one") {
  ChangingFile file;
  Decompressor decompressor;
  for (const std::string& packed :
       {gzip("gzip\n"), std::string("plain\n"), zstd("zstd\n"), gzip("cut\n").substr(0, 12),
        xz("xz\n"), std::string("plain\n")}) {
    SourceReader source;
    REQUIRE(source.open(file.holding(packed)).ok());
    decompressor.begin(source);
    CHECK(decompressor.damage() == Damage::kNone);
    CHECK(decompressor.bytes_read() == 0);
    std::uint8_t room[64];
    std::string all;
    Result<std::size_t> got = decompressor.read(room, sizeof room);
    for (; got && got.value() > 0; got = decompressor.read(room, sizeof room)) {
      all.append(reinterpret_cast<char*>(room), got.value());
    }
    CHECK(got.ok() == (packed.size() != 12));
    if (got) CHECK(all.ends_with("\n"));
  }
}

TEST_CASE("an interrupt while a compressed pipe is silent ends the reading as what it is") {
  const testing::NamedPipe pipe;
  const int end = pipe.open(O_RDWR);
  const std::string half = gzip(token_like_lines(5000)).substr(0, 2000);
  REQUIRE(::write(end, half.data(), half.size()) == 2000);
  SourceReader source;
  REQUIRE(source.open(pipe.path()).ok());
  int polls = 0;
  source.set_interrupted([&] { return ++polls > 3; });
  Decompressor decompressor;
  decompressor.begin(source);
  std::uint8_t room[1000];
  Result<std::size_t> got = decompressor.read(room, sizeof room);
  while (got && got.value() > 0) got = decompressor.read(room, sizeof room);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind == ErrorKind::kInterrupted);
  CHECK(decompressor.damage() == Damage::kNone);
  CHECK(decompressor.bytes_read() > 0);
  ::close(end);
}
