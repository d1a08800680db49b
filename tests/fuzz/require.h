#ifndef JOTMILL_TESTS_FUZZ_REQUIRE_H_
#define JOTMILL_TESTS_FUZZ_REQUIRE_H_

#include <cstdio>
#include <cstdlib>

/// A statement that must hold for every input; the fuzzer keeps the input that breaks it.
#define FUZZ_REQUIRE(statement)                                                           \
  do {                                                                                    \
    if (!(statement)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #statement); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

#endif  // JOTMILL_TESTS_FUZZ_REQUIRE_H_
