#ifndef JOTMILL_TOOLS_BENCH_BENCH_PLOT_H_
#define JOTMILL_TOOLS_BENCH_BENCH_PLOT_H_

#include <string>

#include "tools/bench/result.h"

namespace jotmill::tools {

/// Throughput by threads with 95 % intervals, and the stages of every row as bars, as SVG.
std::string render_bench_plot(const BenchFile& file);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_BENCH_PLOT_H_
