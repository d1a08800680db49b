#ifndef JOTMILL_TOOLS_BENCH_BENCH_TEXT_H_
#define JOTMILL_TOOLS_BENCH_BENCH_TEXT_H_

#include <string>

#include "tools/bench/result.h"

namespace jotmill::tools {

/// The bench as tables for people: machine, noise floor, throughput with its spread, batches,
/// stages, counters.
std::string render_bench_text(const BenchFile& file);

/// "1.23 M", three digits.
std::string in_si(double value);
/// "12 ns", "1.3 us", "4.5 ms", "2.1 s".
std::string in_ns(double ns);
/// "+4.1 %" or, without sign, "4.1 %"; "over 1,000 %" beyond it, for more digits tell nobody more.
std::string in_percent(double share, bool with_sign = false);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_BENCH_TEXT_H_
