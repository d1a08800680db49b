#ifndef JOTMILL_STATS_HASH_H_
#define JOTMILL_STATS_HASH_H_

#include <cstdint>
#include <string_view>

namespace jotmill {

/// XXH3 with 64 bits. Without a seed the same in every run and on every machine: reports depend on
/// it, so it never changes.
std::uint64_t hash64(std::string_view bytes);
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed);

/// The finaliser of SplitMix64: every bit of `x` reaches every bit of the answer.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace jotmill

#endif  // JOTMILL_STATS_HASH_H_
