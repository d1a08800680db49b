#ifndef JOTMILL_TOOLS_BENCH_BENCH_JSON_H_
#define JOTMILL_TOOLS_BENCH_BENCH_JSON_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"
#include "tools/bench/result.h"

namespace jotmill::tools {

/// The file as JSON of schema jotmill.bench/1, with a line feed at its end. Its members `context`
/// and `benchmarks` are those of Google Benchmark, so that compare.py reads it: one entry for each
/// repetition, times in nanoseconds a token.
std::string render_bench_json(const BenchFile& file);

/// Reads what render_bench_json() has written, from anyone. Errors (kUsage, `name` the subject):
/// not JSON, cut off, another schema, members missing, of the wrong type or out of range, no rows,
/// the same row twice.
Result<BenchFile> read_bench_json(std::string_view json, const std::string& name);

/// The same from a file; one that cannot be read is kUsage too.
Result<BenchFile> read_bench_file(const std::string& path);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_BENCH_JSON_H_
