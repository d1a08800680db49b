#ifndef JOTMILL_TOOLS_BENCH_THREADS_H_
#define JOTMILL_TOOLS_BENCH_THREADS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "jotmill/result.h"

namespace jotmill::tools {

inline constexpr std::uint64_t kMostThreads = 1024;

/// Numbers of threads from "1,2,4" or "1-8" or both, sorted, each once; `otherwise` when nothing is
/// given. Errors as those of parse.h.
Result<std::vector<unsigned>> read_threads(const std::vector<std::string>& given,
                                           std::vector<unsigned> otherwise);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_THREADS_H_
