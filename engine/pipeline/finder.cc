#include "pipeline/finder.h"

#include <algorithm>

#include "input/record_time.h"

namespace jotmill {
namespace {

/// Bytes that a line is held whole up to, for the formats that are scanned as text; a longer one
/// comes in pieces of as many. Four of the longest tokens at least, so that cutting one is rare.
std::size_t text_piece_bytes(std::size_t max_token_bytes) {
  constexpr std::size_t kLeast = 1024 * 1024;
  return std::max(kLeast, 4 * max_token_bytes);
}

}  // namespace

TokenFinder::TokenFinder(const FindOptions& options)
    : fields_(options.fields),
      jsonl_(options.fields, options.max_record_bytes),
      text_(options.scan, options.max_token_bytes) {}

void TokenFinder::begin(const Chunk& chunk, InputFormat format) {
  chunk_ = &chunk;
  format_ = format;
  counts_ = {};
  piece_ = {};
  last_line_.reset();
  const bool whole = chunk.piece == Chunk::Piece::kWhole;
  if (format == InputFormat::kHar && whole) {
    text_.begin_har(chunk);
  } else {
    text_.begin(chunk);
  }
}

bool TokenFinder::next(TokenBatch& batch) {
  if (format_ == InputFormat::kLines) {
    counts_ = extract_lines(*chunk_, batch);
    return false;
  }
  if (by_field()) {
    counts_ = jsonl_.extract(*chunk_, batch);
    return false;
  }
  if (text_.extract(batch, counts_)) return true;
  finish_text();
  return false;
}

void TokenFinder::finish_text() {
  if (chunk_->piece == Chunk::Piece::kWhole) {
    if (format_ == InputFormat::kHar) {
      text_.count_entries(counts_);
    } else {
      text_.count_records(counts_, format_ == InputFormat::kJsonl);
    }
    return;
  }
  piece_ = {.present = true,
            .last = chunk_->piece == Chunk::Piece::kLast,
            .blank = text_.piece_is_blank(),
            .with_tokens = text_.piece_has_tokens()};
}

std::uint64_t TokenFinder::read_times(TokenBatch& batch, std::optional<int> year) {
  const bool by_entry = format_ == InputFormat::kHar && chunk_->piece == Chunk::Piece::kWhole;
  if (by_entry) return text_.read_entry_times(batch);
  std::uint64_t without = read_record_times(batch, year);
  if (batch.size == 0) return without;
  if (last_line_ == batch.line[0] && batch.has_record_time[0] == 0) --without;
  last_line_ = batch.line[batch.size - 1];
  return without;
}

void cut_records(Chunker& chunker, InputFormat format, const FindOptions& options) {
  const std::size_t piece_bytes = text_piece_bytes(options.max_token_bytes);
  if (format == InputFormat::kLines) {
    chunker.set_max_record_bytes(options.max_token_bytes);
  } else if (format == InputFormat::kJsonl) {
    chunker.set_max_record_bytes(options.max_record_bytes,
                                 options.fields.empty() ? piece_bytes : 0);
  } else if (format == InputFormat::kHar) {
    chunker.set_max_record_bytes(options.max_record_bytes, piece_bytes);
    chunker.cut_as_har();
  } else {
    chunker.set_max_record_bytes(piece_bytes, piece_bytes);
  }
}

}  // namespace jotmill
