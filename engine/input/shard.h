#ifndef JOTMILL_INPUT_SHARD_H_
#define JOTMILL_INPUT_SHARD_H_

#include <cstdint>
#include <vector>

#include "input/source.h"
#include "jotmill/result.h"
#include "jotmill/shard.h"

namespace jotmill {

/// What a shard has of one source: the records that begin in [begin_bytes, end_bytes).
struct SourcePart {
  std::uint64_t begin_bytes = 0;
  std::uint64_t end_bytes = 0;
  std::uint64_t listed_bytes = 0;  ///< size of the source when the parts were cut
  /// The source's first byte is in it; of an empty source, or one that is not there, the place
  /// where that byte would be. Then the shard answers for the source: counts it as an input, names
  /// it where it cannot be opened, and has all of it where it cannot be cut.
  bool first = false;
  bool to_end = false;  ///< nothing of the source comes behind it
};

/// The sources of one shard, in order, and what it has of each.
struct ShardPlan {
  SourceList list = {};
  std::vector<SourcePart> parts = {};  ///< one for each of list.sources
  std::uint64_t input_bytes = 0;       ///< of all sources, of all shards
};

/// Cuts the bytes of all sources, one behind the other as they stand in their files, into
/// `shard.of` equal parts and keeps what belongs to part `shard.index` (1-based). Each record, each
/// source and each directory that could not be walked is in exactly one shard, as long as all
/// shards see the same files with the same sizes. Error kUsage: a source that has no size
/// (standard input, a pipe, a device), when there is more than one shard.
Result<ShardPlan> plan_shard(SourceList list, Shard shard);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_SHARD_H_
