#ifndef JOTMILL_DOORS_SCAN_H_
#define JOTMILL_DOORS_SCAN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "doors/audit.h"
#include "input/chunker.h"
#include "input/decompress.h"
#include "input/source.h"
#include "pipeline/finder.h"
#include "verify/sha2.h"

namespace jotmill::doors {

/// How a stream is read.
struct ScanPlan {
  InputFormat format = InputFormat::kText;
  bool packed = false;  ///< decompress it if its first bytes say so
  std::size_t chunk_bytes = RunOptions{}.chunk_bytes;
};

/// A stream of records in memory of the caller or behind a callback: its tokens are found, judged
/// and counted as those of an input of a run. It begins at the place of the audit. Not thread-safe;
/// the audit is the scan's while it lives. Errors of the input are events of the report.
class Scan {
 public:
  /// `bytes` outlives the scan.
  Scan(Audit& audit, ByteReader& bytes, const ScanPlan& plan);
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  /// Judges the next chunk; `take` sees each batch of its tokens. False: there was none. Throws
  /// std::bad_alloc.
  bool next(bool with_token_ids, const std::function<void(const TokenBatch&)>& take);

 private:
  void begin();
  void end(const Error* failure);

  Audit& audit_;
  ByteReader& source_;
  InputFormat format_;
  bool packed_;
  std::string name_;
  std::uint64_t first_line_, first_offset_bytes_;
  Decompressor decompressor_;
  ByteReader* bytes_;
  Fingerprint fingerprint_;
  Chunker chunker_;
  TokenFinder finder_;
  Chunk chunk_;
  bool begun_ = false, ended_ = false;
};

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_SCAN_H_
