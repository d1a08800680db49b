#include "tools/generate/rng.h"

#include <cstring>

namespace jotmill::tools {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
        static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

Rng::Rng(std::uint64_t seed, Stream stream, std::uint64_t index)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(index),
               static_cast<std::uint32_t>(index >> 32)} {}

std::uint64_t Rng::next() {
  if (left_ == 0) {
    block_ = philox4x32(counter_, key_);
    ++counter_[0];  // 2^32 blocks of 16 bytes: more than any token can draw
    left_ = 2;
  }
  const std::size_t at = left_ == 2 ? 0 : 2;
  --left_;
  return block_[at] | std::uint64_t{block_[at + 1]} << 32;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  // Lemire, "Fast random integer generation in an interval" (2019): one multiplication, rejection
  // only where it would be biased.
  for (;;) {
    const unsigned __int128 product = static_cast<unsigned __int128>(next()) * bound;
    if (static_cast<std::uint64_t>(product) >= (0 - bound) % bound) {
      return static_cast<std::uint64_t>(product >> 64);
    }
  }
}

std::string Rng::bytes(std::size_t count) {
  std::string out(count, '\0');
  for (std::size_t at = 0; at < count; at += 8) {
    const std::uint64_t value = next();
    std::memcpy(out.data() + at, &value, count - at < 8 ? count - at : 8);
  }
  return out;
}

std::string Rng::word(std::size_t count) {
  static constexpr char kLetters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
  std::string out(count, '\0');
  std::uint64_t pool = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 10 == 0) pool = next();
    out[i] = kLetters[pool & 63];
    pool >>= 6;
  }
  return out;
}

}  // namespace jotmill::tools
