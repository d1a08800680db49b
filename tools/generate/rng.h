#ifndef JOTMILL_TOOLS_GENERATE_RNG_H_
#define JOTMILL_TOOLS_GENERATE_RNG_H_

#include <array>
#include <cstdint>
#include <string>

namespace jotmill::tools {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): 128 bits
/// out of a counter and a key, without state. That is why the bytes of a capture depend on neither
/// the number of threads nor who makes which token.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// What a draw is for. Draws of different streams never share a counter.
enum class Stream : std::uint32_t {
  kToken = 1,
  kPool = 2,
  kSlot = 3,
  kRecord = 4,
  kRepeat = 5,
  kInstead = 6
};

/// The random numbers of one item: a function of (seed, stream, index) alone.
class Rng {
 public:
  Rng(std::uint64_t seed, Stream stream, std::uint64_t index);

  std::uint64_t next();
  /// Uniform in [0, bound); bound must not be 0.
  std::uint64_t below(std::uint64_t bound);
  /// True in `per_million` of 1,000,000 cases.
  bool chance(std::uint32_t per_million) { return below(1'000'000) < per_million; }
  /// Uniform in [0, 1), 53 bits.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  std::string bytes(std::size_t count);
  /// `count` characters of A-Z a-z 0-9.
  std::string word(std::size_t count);

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int left_ = 0;  ///< unused 64-bit halves of block_
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_RNG_H_
