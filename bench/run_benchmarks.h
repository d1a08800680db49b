#ifndef JOTMILL_BENCH_RUN_BENCHMARKS_H_
#define JOTMILL_BENCH_RUN_BENCHMARKS_H_

#include <benchmark/benchmark.h>

#include "cpu/features.h"

namespace jotmill::bench {

/// What main() ends with once its benchmarks are registered: the CPU is noted and those that the
/// command line asks for are run. Returns the exit code.
inline int run_benchmarks(int argc, char** argv) {
  benchmark::AddCustomContext("cpu", cpu_brand());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace jotmill::bench

#endif  // JOTMILL_BENCH_RUN_BENCHMARKS_H_
