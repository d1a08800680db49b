#ifndef JOTMILL_TESTS_SUPPORT_GEN_RANDOM_H_
#define JOTMILL_TESTS_SUPPORT_GEN_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace jotmill::gen {

// The same numbers from the same seed on every machine and library, which std::*_distribution does
// not promise. SplitMix64 (Steele, Lea, Flood 2014): good enough to choose test cases, never for
// secrets that matter.
//
// Never two draws in one expression or argument list: C++ leaves their order open, and with it the
// result.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  // In [0, count); count must not be 0.
  size_t below(size_t count) { return static_cast<size_t>(next() % count); }

  // In [low, high].
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<size_t>(high - low) + 1));
  }

  bool percent(size_t chance) { return below(100) < chance; }

  template <typename Container>
  const auto& pick(const Container& from) {
    return *(std::begin(from) + static_cast<std::ptrdiff_t>(below(std::size(from))));
  }

  std::string bytes(size_t count) {
    std::string out(count, '\0');
    for (char& c : out) c = static_cast<char>(next() & 0xFF);
    return out;
  }

  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  uint64_t state_;
};

// One seed of two numbers, so that the stream of a case depends on all bits of both.
inline uint64_t mix(uint64_t a, uint64_t b) {
  Random first(a);
  return Random(first.next() ^ (b * 0xD1342543DE82EF95ULL)).next();
}

}  // namespace jotmill::gen

#endif  // JOTMILL_TESTS_SUPPORT_GEN_RANDOM_H_
