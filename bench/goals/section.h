#ifndef JOTMILL_BENCH_GOALS_SECTION_H_
#define JOTMILL_BENCH_GOALS_SECTION_H_

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

// A section of the program `goals`: what is measured against what, both sides in one round.
namespace jotmill::bench {

/// Name -> value of one round: rates in 1/s and ratios.
using Measures = std::map<std::string, double>;

/// Made once, with keys and data; called once a round, and adds its measures.
using Section = std::function<void(Measures&)>;

/// Name -> how the section is made. One line in goals.cc for each.
Section make_rsa_section();
Section make_ecc_section();

inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "goals: %s\n", what);
  std::exit(1);
}

/// Seconds that this thread has computed. Both sides of a ratio compute on one thread and wait for
/// nothing; what others do on the machine meanwhile does not count.
inline double cpu_seconds() {
  timespec now{};
  require(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "no clock");
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace jotmill::bench

#endif  // JOTMILL_BENCH_GOALS_SECTION_H_
