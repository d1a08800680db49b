#ifndef JOTMILL_BENCH_GOALS_MADD52_H_
#define JOTMILL_BENCH_GOALS_MADD52_H_

namespace jotmill::bench {

/// vpmadd52luq and vpmadd52huq on 512 bits that a core does in a second when none waits for
/// another, over `loops` times 24 of them: the limit that its ports and its clock set just now. On
/// a CPU with AVX-512 IFMA alone; 0 where the compiler targets another architecture.
double madd52_per_s(long loops);

}  // namespace jotmill::bench

#endif  // JOTMILL_BENCH_GOALS_MADD52_H_
