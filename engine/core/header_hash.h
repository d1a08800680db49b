#ifndef JOTMILL_CORE_HEADER_HASH_H_
#define JOTMILL_CORE_HEADER_HASH_H_

#include <cstdint>
#include <cstring>
#include <string_view>

namespace jotmill {

/// Where a table of headers keeps this one: 64 bits of which the upper ones are the best mixed.
/// Sixteen bytes a step, in two chains that need not wait for each other; the last step overlaps.
/// No seed: whoever aims at it makes a table forget a header, which costs a miss and nothing else.
inline std::uint64_t header_hash(std::string_view header) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15u;
  if (header.size() < 8) return 0;
  std::uint64_t a = header.size(), b = kFactor;
  const auto step = [&](std::size_t at_a, std::size_t at_b) {
    std::uint64_t word_a = 0, word_b = 0;
    std::memcpy(&word_a, header.data() + at_a, sizeof word_a);
    std::memcpy(&word_b, header.data() + at_b, sizeof word_b);
    a = (a ^ word_a) * kFactor;
    b = (b ^ word_b) * kFactor;
    a ^= a >> 32;
    b ^= b >> 32;
  };
  for (std::size_t at = 0; at + 16 < header.size(); at += 16) step(at, at + 8);
  step(header.size() < 16 ? 0 : header.size() - 16, header.size() - 8);
  return (a + b * 2) * kFactor;
}

}  // namespace jotmill

#endif  // JOTMILL_CORE_HEADER_HASH_H_
