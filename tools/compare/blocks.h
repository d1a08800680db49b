#ifndef JOTMILL_TOOLS_COMPARE_BLOCKS_H_
#define JOTMILL_TOOLS_COMPARE_BLOCKS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "jotmill/result.h"
#include "tools/bench/read_report.h"
#include "tools/bench/workload.h"
#include "tools/compare/comparison.h"

namespace jotmill::tools {

/// A program to be measured, and what it is told beside the workload's own options.
struct Side {
  std::string binary;
  std::vector<std::string> arguments;  ///< of verify: --kernels rsa=openssl, ...
  std::string words() const;
};

struct BlockOptions {
  std::vector<unsigned> threads = {1};
  std::size_t blocks = 12;        ///< at least; more where the smallest p of so many is too great
  std::size_t most_blocks = 200;  ///< at most
  double budget_s = 300;          ///< after it no block is begun that is not needed
  std::uint64_t seed = 1;
};

struct BlockHooks {
  std::function<void(const std::string&)> on_progress = {};
  std::function<bool()> interrupted = {};
};

/// One run of one side: a workload, a number of threads. An Error ends the comparison.
using RunSide =
    std::function<Result<ReportNumbers>(bool fresh, std::size_t workload, unsigned threads)>;

/// Measures both sides in blocks of four, A B B A and B A A B in turn, so that a drift of the
/// machine falls on both; all rows interleaved at random. One run of each side before the first
/// block is dropped. `names` are the workloads' names. The logic alone: `run` does the running.
Result<Comparison> compare_in_blocks(const std::vector<std::string>& names,
                                     const BlockOptions& options, const RunSide& run,
                                     const BlockHooks& hooks);

/// The same with two binaries: tokens are made once, in a folder that goes away, and both verify
/// the same files. Time is what their own reports say, without start-up.
Result<Comparison> compare_binaries(const Side& base, const Side& fresh,
                                    const std::vector<WorkloadSource>& sources,
                                    const BlockOptions& options, const BlockHooks& hooks);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_COMPARE_BLOCKS_H_
