#ifndef JOTMILL_TOOLS_GENERATE_PRODUCE_H_
#define JOTMILL_TOOLS_GENERATE_PRODUCE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "jotmill/result.h"
#include "tools/generate/capture.h"
#include "tools/generate/world.h"

namespace jotmill::tools {

struct ProduceOptions {
  std::string folder;          ///< made when it is not there; files of the same names are replaced
  unsigned threads = 0;        ///< 0: as many as this process may use
  bool absolute_paths = true;  ///< of the key files in policy.toml
  /// The capture is cut into this many files, NAME.1.EXT, NAME.2.EXT and so on; 1: one, NAME.EXT.
  unsigned shards = 1;
  /// Called from the calling thread now and then with the tokens made so far; may be empty.
  std::function<void(std::uint64_t made)> on_progress;
  /// Not empty: takes the bytes of every file (name without a folder), piece by piece in order, and
  /// nothing is written anywhere. An Error ends it all.
  std::function<Status(std::string_view name, std::string_view bytes)> sink = {};
  /// Asked before each token is made, by any thread; true ends it all with an Error (kInterrupted).
  /// Files that were begun stay as they are.
  std::function<bool()> interrupted = {};
};

/// Writes the key files, policy.toml, the capture, labels.ndjson and, for a shape, counts.json
/// (what must be found beside the tokens). The bytes depend on the world (its recipe's count and
/// seed) alone, whatever the threads; ECDSA and PSS signatures are random. Memory: a few MiB per
/// thread and the repeat pool. Errors: kOutput (path and the system's reason). Throws what Signer
/// throws.
Result<Tally> produce(const World& world, const ProduceOptions& options);

/// The name of shard `shard` (1-based) of `shards`: access.log -> access.3.log.
std::string shard_name(const std::string& capture, unsigned shard, unsigned shards);

/// Runs make(block) for each block below `blocks` on `threads` threads and hands the results to
/// write(result) in order, in the calling thread. At most 4 results per thread wait to be written.
/// Ends early when write returns false, and with the first exception of any of them.
void run_ordered(unsigned threads, std::uint64_t blocks,
                 const std::function<std::function<bool()>(std::uint64_t block)>& make);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_PRODUCE_H_
