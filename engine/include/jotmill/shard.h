#ifndef JOTMILL_SHARD_H_
#define JOTMILL_SHARD_H_

#include <cstdint>

#include "jotmill/jotmill.hpp"

namespace jotmill {

/// One of the runs that share an input: the index-th of `of`, from 1.
struct Shard {
  std::uint64_t index = 1, of = 1;
};
inline constexpr std::uint64_t kMostShards = 1'000'000;

/// As run() does, but only for the records that begin in this part of the inputs' bytes, as these
/// lie in their files one behind the other. A file that cannot be cut between lines (compressed, or
/// HAR) belongs to the shard that has its first byte. The records of all shards, one behind the
/// other, are those of the whole (a CSV header is in the first alone), and the sum of their reports
/// is its report, as long as every shard sees the same files and judges at the same time.
///
/// Errors: those of run(); kUsage with the subject "shard" for a shard that cannot be, for
/// inputs that are no files when there is more than one shard, and together with
/// RunOptions::checkpoint_path.
Result<RunOutcome> run_shard(const RunOptions& options, Shard shard, const RunHooks& hooks = {});

}  // namespace jotmill

#endif  // JOTMILL_SHARD_H_
