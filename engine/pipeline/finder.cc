#include "pipeline/finder.h"

#include <algorithm>
#include <string>

#include "input/record_time.h"

namespace jotmill {
namespace {

/// Bytes that a line is held whole up to, for the formats that are scanned as text; a longer one
/// comes in pieces of as many. Four of the longest tokens, so that cutting one is rare, but no more
/// than lets every place in a chunk fit its column of 32 bits.
std::size_t text_piece_bytes(std::size_t max_token_bytes) {
  constexpr std::size_t kLeast = std::size_t{1} << 20, kMost = std::size_t{1} << 31;
  return std::clamp(4 * max_token_bytes, kLeast, kMost);
}

}  // namespace

FindOptions find_options(const RunOptions& options, kernels::ScanFn* scan) {
  return {.fields = options.fields,
          .max_record_bytes = options.max_record_bytes,
          .max_token_bytes = options.policy.max_token_bytes,
          .scan = scan,
          .record_times = options.policy.as_of_record,
          .year = options.year};
}

TokenFinder::TokenFinder(const FindOptions& options)
    : by_field_(!options.fields.empty()),
      record_times_(options.record_times),
      max_record_bytes_(options.max_record_bytes),
      max_token_bytes_(options.max_token_bytes),
      year_(options.year),
      jsonl_(options.fields, options.max_record_bytes),
      text_(options.scan, options.max_token_bytes) {}

void TokenFinder::begin(const Chunk& chunk, InputFormat format) {
  chunk_ = &chunk;
  format_ = format;
  found_.counts = {};
  found_.piece = {};
  found_.long_records.clear();
  last_line_.reset();
  if (format == InputFormat::kHar && !in_piece()) {
    text_.begin_har(chunk);
  } else if (by_field() && !in_piece()) {
    jsonl_.begin(chunk);
  } else {
    text_.begin(chunk);
  }
}

bool TokenFinder::next(TokenBatch& batch) {
  const bool more = find(batch);
  found_.long_records.insert(found_.long_records.end(), batch.long_records.begin(),
                             batch.long_records.end());
  if (!record_times_) return more;
  const std::uint64_t without_time = read_times(batch);
  if (in_piece()) {
    found_.piece.without_time = found_.piece.without_time || without_time > 0;
  } else {
    found_.counts.without_time += without_time;
  }
  return more;
}

bool TokenFinder::find(TokenBatch& batch) {
  if (format_ == InputFormat::kLines) {
    found_.counts = extract_lines(*chunk_, batch);
    refuse_long_lines(batch);
    return false;
  }
  if (by_field() && !in_piece()) return jsonl_.extract(batch, found_.counts);
  if (text_.extract(batch, found_.counts)) return true;
  finish_text();
  return false;
}

/// Of one token a line the record is the token: both limits are its own. That of tokens is looked
/// at when they are decoded.
void TokenFinder::refuse_long_lines(TokenBatch& batch) const {
  if (max_record_bytes_ >= max_token_bytes_) return;
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (batch.len_bytes(i) > max_record_bytes_) {
      batch.reject(i, Verdict::kTokenTooLarge,
                   "more than " + std::to_string(max_record_bytes_) + " bytes");
    }
  }
}

void TokenFinder::finish_text() {
  LinePiece& piece = found_.piece;
  if (in_piece()) {
    piece.present = true;
    piece.last = chunk_->piece == Chunk::Piece::kLast;
    piece.blank = text_.piece_is_blank();
    piece.with_tokens = text_.piece_has_tokens();
  } else if (format_ == InputFormat::kHar) {
    text_.count_entries(found_.counts);
  } else {
    text_.count_records(found_.counts, format_ == InputFormat::kJsonl);
  }
}

/// The times of the batch's records; returns how many records with tokens have none. One that the
/// batch before ended in was counted there.
std::uint64_t TokenFinder::read_times(TokenBatch& batch) {
  if (format_ == InputFormat::kHar) {
    return in_piece() ? TextExtractor::read_time_of_cut_entry(batch)
                      : text_.read_entry_times(batch);
  }
  std::uint64_t without = read_record_times(batch, year_);
  if (batch.size == 0) return without;
  if (last_line_ == batch.line[0] && batch.has_record_time[0] == 0) --without;
  last_line_ = batch.line[batch.size - 1];
  return without;
}

void cut_records(Chunker& chunker, InputFormat format, const RunOptions& options) {
  const std::size_t piece_bytes = text_piece_bytes(options.policy.max_token_bytes);
  if (format == InputFormat::kLines) {
    chunker.set_max_record_bytes(
        std::min(options.policy.max_token_bytes, options.max_record_bytes));
  } else if (format == InputFormat::kJsonl) {
    chunker.set_max_record_bytes(options.max_record_bytes, piece_bytes);
    if (!options.fields.empty()) chunker.cut_few_lines();
  } else if (format == InputFormat::kHar) {
    chunker.set_max_record_bytes(options.max_record_bytes, piece_bytes);
    chunker.cut_as_har();
  } else {
    chunker.set_max_record_bytes(piece_bytes, piece_bytes);
  }
}

}  // namespace jotmill
