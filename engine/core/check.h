#ifndef JOTMILL_CORE_CHECK_H_
#define JOTMILL_CORE_CHECK_H_

#include <cstdio>
#include <cstdlib>

/// A programmer's error ends the process: going on could turn a wrong index into a wrong
/// acceptance. The message names the condition and the line, never data.
#define JM_CHECK(condition)                                                            \
  do {                                                                                 \
    if (!(condition)) [[unlikely]] {                                                   \
      std::fprintf(stderr, "jotmill: internal check failed: %s (%s:%d)\n", #condition, \
                   __FILE_NAME__, __LINE__);                                           \
      std::abort();                                                                    \
    }                                                                                  \
  } while (false)

#endif  // JOTMILL_CORE_CHECK_H_
