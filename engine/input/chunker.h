#ifndef JOTMILL_INPUT_CHUNKER_H_
#define JOTMILL_INPUT_CHUNKER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/batch.h"
#include "input/har_cutter.h"
#include "input/source.h"
#include "jotmill/result.h"
#include "kernels/scan/scan.h"

namespace jotmill {

struct ChunkerOptions {
  std::size_t chunk_bytes =
      1024 * 1024;  ///< wanted size; a chunk ends at the first line end from there on
  std::size_t max_record_bytes = 256 * 1024;  ///< a longer line becomes an OversizeRecord
  /// Not 0: a longer line is not dropped but handed out in pieces of this size, for formats that
  /// are then scanned as text. A chunk may hold any number of lines.
  std::size_t piece_bytes = 0;
  kernels::ScanFn* scan = nullptr;  ///< needed with piece_bytes
};

/// Cuts a source into chunks of whole LF-ended records. Problem: chunks must not split a record,
/// records may be of any length, and memory is bounded. Idea: read into the chunk itself behind
/// what the last one left over, cut at a line end, carry the rest; a record over the limit is read
/// past, keeping only length, blankness and digest. Every byte is looked at a constant number of
/// times. Memory: chunk_bytes + max_record_bytes, and the carry.
///
/// With piece_bytes a longer line comes in pieces (Chunk::piece). A piece ends behind a byte that
/// no token holds in any layer, if there is one; then all that the answers depend on is the context
/// that the pieces overlap by. A run of piece_bytes without such a byte is cut where they are full,
/// with as much behind the cut: a token that begins before it is seen whole unless it is longer.
/// Where lines are cut depends on the lines alone and never on chunk_bytes.
class Chunker {
 public:
  explicit Chunker(ChunkerOptions options) : options_(options) {}

  /// Starts a source; `digest` (may be null: digests stay zero) serves its oversize records.
  /// `place`: where in the source its first byte stands, when that is not the beginning.
  void begin(ByteReader& reader, std::uint32_t source, TokenDigest* digest, RecordPlace place = {});

  /// The limit depends on the format, which may be known only after a peek(); to be set before the
  /// first next().
  void set_max_record_bytes(std::size_t bytes, std::size_t piece_bytes = 0) {
    options_.max_record_bytes = bytes;
    options_.piece_bytes = piece_bytes;
    har_ = few_lines_ = false;
  }
  /// With piece_bytes: a chunk holds at most a few thousand lines and 512 KiB of them, for a format
  /// whose tokens may be of any size. Likewise before the first next().
  void cut_few_lines() { few_lines_ = true; }
  /// The source is a HAR document: its records are not lines but the elements of its `log`'s
  /// arrays. Likewise before the first next().
  void cut_as_har() { har_ = true; }

  /// In the place of everything before `offset_bytes`, where line `line` begins and a chunk ended
  /// when the source was read before: nothing of it is handed out again. Reads what the reader has
  /// not passed over itself. Before the first next() and without any peek(). Errors: the reader's;
  /// kFormat when the source ends sooner.
  Status resume_at(std::uint64_t offset_bytes, std::uint64_t line,
                   const std::function<bool()>& interrupted = {});

  /// Where the next chunk begins, and whether that is between two records.
  std::uint64_t offset_bytes() const { return offset_bytes_; }
  std::uint64_t line() const { return next_line_; }
  bool between_records() const { return !in_pieces_; }

  /// The next chunk of the source into `chunk`, whose memory is reused; false at the end. After an
  /// error (the reader's, with the offset) everything before the damage has been handed out; the
  /// unterminated record at the damage has not, which the reason says.
  Result<bool> next(Chunk& chunk);

  /// Bytes that the first chunks will be cut from, up to `bytes` of them. Read ahead, not consumed.
  Bytes peek(std::size_t bytes);
  /// Likewise, for telling the format.
  SourceHead head();

  /// Reading has failed: what was handed out or peeked at is not all of the source.
  bool failed() const { return failure_.has_value(); }

  /// Bytes of an unterminated record that an error cut off, after next() failed.
  std::uint64_t lost_bytes() const { return lost_bytes_; }

 private:
  std::size_t fill(std::vector<std::uint8_t>& to, std::size_t have, std::size_t wanted);
  Error losing(std::uint64_t lost_bytes);
  Result<bool> skip_oversize(Chunk& chunk, std::size_t have);
  Result<bool> next_piece(Chunk& chunk);
  bool is_too_long(Bytes bytes);
  std::size_t chunk_bytes() const;
  /// Where a chunk ends: one past a line end, and the line ends before that.
  struct Cut {
    std::size_t end = 0, lines = 0;
  };
  std::optional<Cut> find_cut(Bytes bytes);
  std::optional<Cut> find_cut_of_any_lines(Bytes bytes);
  std::optional<Cut> find_cut_of_har(Bytes bytes);
  std::optional<std::size_t> record_end(Bytes bytes, std::size_t from);
  void describe(Chunk& chunk, Cut cut);
  Bytes carried() const;

  ChunkerOptions options_;
  ByteReader* reader_ = nullptr;
  TokenDigest* digest_ = nullptr;
  std::uint32_t source_ = 0;
  std::uint64_t begin_bytes_ = 0, offset_bytes_ = 0, next_line_ = 1, lost_bytes_ = 0;
  std::vector<std::uint8_t> carry_;  ///< read, but behind the last cut: from carry_begin_ on
  std::size_t carry_begin_ = 0;
  bool at_end_ = false;
  bool har_ = false, few_lines_ = false;
  HarCutter har_cutter_;
  bool in_pieces_ = false;      ///< the carry begins within a line that comes in pieces ...
  bool pieces_inside_ = false;  ///< Chunk::har_inside of each of them
  std::vector<std::uint8_t> line_head_;
  std::size_t piece_lead_ = 0;    ///< ... and with this much of what was handed out
  std::optional<Error> failure_;  ///< reading failed; told after the whole records before it
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_CHUNKER_H_
