#ifndef JOTMILL_TESTS_SUPPORT_LONG_RUN_H_
#define JOTMILL_TESTS_SUPPORT_LONG_RUN_H_

#include <cstddef>
#include <cstdlib>

namespace jotmill::testing {

/// The number in JOTMILL_LONG, of which each long test says what it counts; 0: the usual, short
/// run.
inline std::size_t long_run() {
  const char* const text = std::getenv("JOTMILL_LONG");
  return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_LONG_RUN_H_
