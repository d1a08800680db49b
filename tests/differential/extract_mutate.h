#ifndef JOTMILL_TESTS_DIFFERENTIAL_EXTRACT_MUTATE_H_
#define JOTMILL_TESTS_DIFFERENTIAL_EXTRACT_MUTATE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace jotmill::testing {

/// Lines that no logger ever wrote: fragments of tokens, wrappings and separators put together at
/// random, then changed in a few places.
class WildText {
 public:
  explicit WildText(std::uint64_t seed) : random_(seed) {}
  std::string draw();

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string token();
  std::string fragment();
  std::string wrapped(std::string text);
  void change(std::string& text);

  std::mt19937_64 random_;
};

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_DIFFERENTIAL_EXTRACT_MUTATE_H_
