#ifndef JOTMILL_INPUT_PACKED_FILE_TEST_H_
#define JOTMILL_INPUT_PACKED_FILE_TEST_H_

// What the tests of decompression share: files of given bytes, and all that is read from them.

#include <random>
#include <string>

#include "input/decompress.h"
#include "support/catch.h"
#include "support/memory_file.h"

namespace jotmill {

using testing::ChangingFile;

struct AllRead {
  std::string bytes;
  Decompressor::Damage damage = Decompressor::Damage::kNone;
  std::string reason;  ///< of the error, if any
  std::uint64_t offset_bytes = 0;
};

/// Reads to the end or to the error, at most `piece` bytes at a time.
inline AllRead read_all(const std::string& path, std::size_t piece = 1 << 16,
                        unsigned threads = 1) {
  SourceReader source;
  REQUIRE(source.open(path).ok());
  Decompressor decompressor;
  decompressor.set_threads(threads);
  decompressor.begin(source);
  AllRead all;
  std::string room(piece, '\0');
  for (;;) {
    const auto got = decompressor.read(reinterpret_cast<std::uint8_t*>(room.data()), piece);
    if (!got) {
      all.reason = got.error().reason;
      all.offset_bytes = got.error().offset_bytes.value_or(0);
      // An error stays.
      REQUIRE_FALSE(decompressor.read(reinterpret_cast<std::uint8_t*>(room.data()), piece).ok());
      break;
    }
    if (got.value() == 0) break;
    REQUIRE(got.value() <= piece);
    all.bytes.append(room, 0, got.value());
  }
  all.damage = decompressor.damage();
  REQUIRE(decompressor.bytes_read() == all.bytes.size());
  if (all.reason.empty()) REQUIRE_FALSE(source.changed().has_value());
  return all;
}

/// Lines that look like base64url tokens: compressed to about three quarters.
inline std::string token_like_lines(std::size_t bytes, unsigned seed = 20261123) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < bytes) {
    for (std::size_t i = 20 + random() % 200; i > 0; --i)
      text += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_..."[random() % 67];
    text += '\n';
  }
  return text;
}

}  // namespace jotmill

#endif  // JOTMILL_INPUT_PACKED_FILE_TEST_H_
