#ifndef JOTMILL_PIPELINE_FINDER_H_
#define JOTMILL_PIPELINE_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/record_counts.h"
#include "input/chunker.h"
#include "input/extract.h"
#include "input/extract_text.h"
#include "jotmill/options.h"
#include "kernels/scan/scan.h"

namespace jotmill {

/// What finding tokens needs to know of a run.
struct FindOptions {
  std::vector<std::string> fields = {};
  std::size_t max_record_bytes = RunOptions().max_record_bytes;
  std::size_t max_token_bytes = Policy().max_token_bytes;
  kernels::ScanFn* scan = nullptr;
  bool record_times = false;  ///< --as-of record
  std::optional<int> year;    ///< of syslog times
};
FindOptions find_options(const RunOptions& options, kernels::ScanFn* scan);

/// What became of a line that comes in pieces, as far as one of them knows.
struct LinePiece {
  bool present = false;
  bool last = false;
  bool blank = true;
  bool with_tokens = false;
  bool without_time = false;  ///< it has tokens and no time, where times are asked for
};

/// What became of the records of a chunk ...
struct FoundRecords {
  RecordCounts counts;
  LinePiece piece;  ///< ... and of the line that it is a piece of, which the counts leave out
  std::vector<TokenBatch::LongRecord> long_records;
};

/// The first stage of a chunk, for every format: its tokens, a batch at a time. Not thread-safe.
///
///   finder.begin(chunk, format);
///   do more = finder.next(batch); while (more);
class TokenFinder {
 public:
  explicit TokenFinder(const FindOptions& options);

  void begin(const Chunk& chunk, InputFormat format);
  /// Fills the extract columns of an empty batch, and record_time where that is asked for; false:
  /// these were the last tokens of the chunk.
  bool next(TokenBatch& batch);

  /// After the last next().
  const FoundRecords& found() const { return found_; }

 private:
  bool find(TokenBatch& batch);
  void refuse_long_lines(TokenBatch& batch) const;
  bool by_field() const { return format_ == InputFormat::kJsonl && by_field_; }
  bool in_piece() const { return chunk_->piece != Chunk::Piece::kWhole; }
  void finish_text();
  std::uint64_t read_times(TokenBatch& batch);

  bool by_field_, record_times_;
  std::size_t max_record_bytes_, max_token_bytes_;
  std::optional<int> year_;
  JsonlExtractor jsonl_;
  TextExtractor text_;
  const Chunk* chunk_ = nullptr;
  InputFormat format_ = InputFormat::kLines;
  FoundRecords found_;
  std::optional<std::uint32_t> last_line_;  ///< of the last token of the batch before
};

/// How a source of this format is cut into records: sets the limits of the chunker. After
/// Chunker::begin(), before its first next().
void cut_records(Chunker& chunker, InputFormat format, const RunOptions& options);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_FINDER_H_
