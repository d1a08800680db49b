#ifndef JOTMILL_TOOLS_RUN_REQUEST_H_
#define JOTMILL_TOOLS_RUN_REQUEST_H_

#include <string>
#include <vector>

#include "jotmill/options.h"
#include "jotmill/result.h"
#include "jotmill/shard.h"
#include "tools/options/given.h"

namespace jotmill::tools {

/// A run of `verify` as the command line asks for it: what the engine does, and what the tool does
/// around it.
struct RunRequest {
  RunOptions options;
  Shard shard = {};
  std::vector<std::string> reports;  ///< --report, each ending in .json or .txt
  bool quiet = false;
  bool show_progress = false;     ///< standard error is a terminal and nobody minds
  bool color = false;             ///< of the text report where it goes to a terminal
  bool report_to_stderr = false;  ///< standard output holds the records
};

/// The options that verify and extract share: inputs, --format, --field, limits, --threads,
/// --chunk-bytes, --kernels, --fingerprint-key. Errors name their option.
Status read_input_options(const Given& given, RunOptions& options);

/// --shard; of 1/1 where it is not given. `options`: what the other options say.
Result<Shard> read_shard(const Given& given, const RunOptions& options);

/// Options -> request, with every check that needs no run: what contradicts itself, what this build
/// lacks, outputs that are also read. Nothing is opened for writing. An Error names its option.
Result<RunRequest> read_run_request(const Given& given);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_RUN_REQUEST_H_
