#ifndef JOTMILL_TESTS_SUPPORT_SANITIZERS_H_
#define JOTMILL_TESTS_SUPPORT_SANITIZERS_H_

/// JOTMILL_UNDER_ASAN, JOTMILL_UNDER_TSAN: 1 in a build with that sanitizer, else 0. g++ and clang
/// tell it in different words.
#if defined(__has_feature)
#define JOTMILL_UNDER_ASAN __has_feature(address_sanitizer)
#define JOTMILL_UNDER_TSAN __has_feature(thread_sanitizer)
#else
#ifdef __SANITIZE_ADDRESS__
#define JOTMILL_UNDER_ASAN 1
#else
#define JOTMILL_UNDER_ASAN 0
#endif
#ifdef __SANITIZE_THREAD__
#define JOTMILL_UNDER_TSAN 1
#else
#define JOTMILL_UNDER_TSAN 0
#endif
#endif

#endif  // JOTMILL_TESTS_SUPPORT_SANITIZERS_H_
