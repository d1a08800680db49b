#ifndef JOTMILL_INPUT_EXTRACT_TEXT_H_
#define JOTMILL_INPUT_EXTRACT_TEXT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/record_counts.h"
#include "input/candidate.h"
#include "input/channel.h"
#include "input/har_map.h"
#include "input/undo.h"
#include "kernels/scan/scan.h"

namespace jotmill {

/// text: tokens anywhere in any bytes (inputs.md, Rules). Keeps its working memory between chunks;
/// one object a worker.
///
///   extractor.begin(chunk);
///   while (extractor.extract(batch, counts)) ...;    // a batch at a time
///   extractor.count_records(counts);
class TextExtractor {
 public:
  TextExtractor(kernels::ScanFn* scan, std::size_t max_token_bytes)
      : scan_(scan), judge_(scan, max_token_bytes), max_token_bytes_(max_token_bytes) {}

  void begin(const Chunk& chunk);
  /// Likewise, for bytes within a record: a line end in them ends no record, so that what stands
  /// before it is not cut.
  void begin_body(const Chunk& chunk);
  /// har: likewise, for whole elements of a document. Channels are parts of an entry, records are
  /// entries, and what stands around these where it has a token; what `encoding` says is base64 is
  /// scanned decoded.
  void begin_har(const Chunk& chunk);
  /// Adds the next tokens to the batch, which is empty; true when there may be more. A stretch of
  /// escapes ends in the batch that it begins in.
  bool extract(TokenBatch& batch, RecordCounts& counts);

  /// After the last extract(): what became of the lines of a chunk of whole lines. With
  /// `as_json` a line without a token that is no JSON text is not_json.
  void count_records(RecordCounts& counts, bool as_json) const;
  /// The same after begin_har().
  void count_entries(RecordCounts& counts) const;
  /// After begin_har(): gives each token of the batch the time of its own entry; returns how many
  /// records with tokens that were not met before have none.
  std::uint64_t read_entry_times(TokenBatch& batch);
  /// The same for tokens of a piece of a HAR record: the time of its entry, when that stands in the
  /// head that every piece knows.
  static std::uint64_t read_time_of_cut_entry(TokenBatch& batch);
  /// Of a piece of a line: whether a token was found in it, and whether it is blank so far.
  bool piece_has_tokens() const { return !token_lines_.empty(); }
  bool piece_is_blank() const;

 private:
  /// Where a candidate was found in the record, and where its text is.
  struct Place {
    std::size_t raw_begin, raw_end;
    std::string_view text;
    bool in_chunk;  ///< the text stands at raw_begin as it is
    LayerList layers;
    std::size_t text_end;  ///< what the text was read from ends there, at raw_end or before
  };
  void take(Candidate::Kind kind, const Place& place, TokenBatch& batch, RecordCounts& counts);
  void look_at(std::size_t at, TokenBatch& batch, RecordCounts& counts);
  void undo_stretch(std::size_t at, TokenBatch& batch, RecordCounts& counts);
  bool boundary(std::size_t at, bool& escaped) const;
  bool is_behind_mark(std::size_t at) const;
  Channel channel_of(const Place& place);
  const HarMap::Span* span_of(std::size_t at);
  bool is_cookie_chunk_of_har(const HarMap::Span& span, const Place& place);
  void begin_base64(const HarMap::Span& span);
  void go_on_in_base64(TokenBatch& batch, RecordCounts& counts);
  std::size_t next_base64();
  std::size_t har_record(std::size_t at, std::size_t& entry) const;
  void note_entry(std::size_t at) { har_has_tokens_[har_record(at, entry_at_)] = true; }
  std::size_t line_of(std::size_t at);
  std::string_view raw() const { return as_text(chunk_->view()); }
  std::size_t body_end() const { return chunk_->size_bytes - chunk_->tail_bytes; }

  kernels::ScanFn* scan_;
  CandidateJudge judge_;
  Undone stretch_, before_;
  std::string inner_;
  const Chunk* chunk_ = nullptr;
  std::size_t at_ = 0;       ///< everything before has been looked at
  std::size_t counted_ = 0;  ///< line ends before are in line_
  std::size_t line_ = 0;     ///< 0-based
  bool har_ = false;
  bool of_lines_ = true;  ///< a line end ends a record
  HarMap map_;
  std::size_t span_at_ = 0, base64_at_ = 0, entry_at_ = 0;  ///< passed spans and entries
  /// Of the records of a HAR document, as har_record() numbers them.
  std::vector<bool> har_has_tokens_, har_timed_;
  /// A string of a HAR document that is base64, while it is scanned: it may hold more tokens than a
  /// batch, and is dropped at its end, for it may be large.
  struct Base64Body {
    Chunk chunk;                        ///< what it stands for
    std::vector<std::uint32_t> places;  ///< of its bytes in the string, as it stands in the record
    std::vector<std::uint8_t>
        passes;        ///< of its bytes: which of `undone` stood for them; empty: none
    LayerList undone;  ///< from the string, before it was base64
    std::size_t span_begin = 0, span_end = 0;
    std::uint32_t stop = 0;  ///< where in the string it stops to be base64
    bool whole = false;      ///< all of it is
    RecordCounts found;
  };
  std::unique_ptr<Base64Body> base64_;
  TokenBatch inner_batch_;
  std::unique_ptr<TextExtractor> inner_extractor_;  ///< for what was base64
  std::vector<std::uint32_t> text_ends_;            ///< of the rows of a body's batch
  std::size_t max_token_bytes_;
  std::vector<std::uint32_t> token_lines_;  ///< lines with tokens, ascending
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_EXTRACT_TEXT_H_
