#include "input/chunker.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/arena.h"
#include "input/channel.h"

namespace jotmill {
namespace {

/// Small reads cost a system call each; below this a chunk is cut from a larger read.
constexpr std::size_t kLeastReadBytes = 64 * 1024;

/// A record's line end is at most CR LF, so a token of exactly the limit still fits.
constexpr std::size_t kLineEndBytes = 2;

/// Records of a chunk at most, where one batch takes a whole chunk.
constexpr std::size_t kMostRecords = TokenBatch::kMostRows;

/// Bytes of a chunk at most, where its tokens may be of one letter: it then holds 75,000, and their
/// records wait for those of the chunks before.
constexpr std::size_t kMostBytesOfTokens = 512 * 1024;

/// Context that a piece of a line has before it, for telling channels and escapes; and behind it,
/// for telling what ended a token.
constexpr std::size_t kPieceLeadBytes = kUrlLookBack + kChannelLookBack;
constexpr std::size_t kPieceTailBytes = 256;
/// How much of the line every piece of it knows.
constexpr std::size_t kLineHeadBytes = 4096;

/// No byte of a token in any layer (extract_text.cc).
bool separates(std::uint8_t c) {
  return !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '=' || c == '%' || c == '\\');
}

bool is_blank(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t c) { return c == ' ' || c == '\t'; });
}

const std::uint8_t* find_lf(const std::uint8_t* from, std::size_t len) {
  return len == 0 ? nullptr : static_cast<const std::uint8_t*>(std::memchr(from, '\n', len));
}

}  // namespace

void Chunker::begin(ByteReader& reader, std::uint32_t source, TokenDigest* digest,
                    RecordPlace place) {
  reader_ = &reader;
  digest_ = digest;
  source_ = source;
  begin_bytes_ = offset_bytes_ = place.offset_bytes;
  next_line_ = place.line;
  lost_bytes_ = 0;
  carry_.clear();
  carry_begin_ = 0;
  at_end_ = false;
  in_pieces_ = false;
  har_ = false;
  har_cutter_.begin();
  failure_.reset();
}

/// A line over max_record_bytes must not hide among others in a larger chunk.
std::size_t Chunker::chunk_bytes() const {
  if (options_.piece_bytes == 0) return options_.chunk_bytes;
  const std::size_t most = few_lines_ ? kMostBytesOfTokens : options_.chunk_bytes;
  return std::min({options_.chunk_bytes, options_.max_record_bytes, most});
}

/// Whether the line at the start of `bytes` is over the limit and comes in pieces.
bool Chunker::is_too_long(Bytes bytes) {
  const std::size_t limit = options_.max_record_bytes;
  if (options_.piece_bytes == 0 || bytes.size() <= limit) return false;
  if (har_) return record_end(bytes, 0).value_or(bytes.size()) > limit;
  const std::uint8_t* lf = find_lf(bytes.data(), std::min(bytes.size(), limit + kLineEndBytes));
  if (lf == nullptr) return bytes.size() >= limit + kLineEndBytes || at_end_;
  const auto len = static_cast<std::size_t>(lf - bytes.data());
  return len > limit && (len > limit + 1 || bytes[limit] != '\r');
}

/// Reads until `to` holds `wanted` bytes or the source ends or fails; returns how many it holds
/// then.
std::size_t Chunker::fill(std::vector<std::uint8_t>& to, std::size_t have, std::size_t wanted) {
  if (to.size() < wanted + kSlackBytes) to.resize(wanted + kSlackBytes);
  while (have < wanted && !at_end_) {
    Result<std::size_t> got = reader_->read(to.data() + have, wanted - have);
    if (!got) {
      failure_ = got.error();
      failure_->offset_bytes = begin_bytes_ + reader_->bytes_read();
      at_end_ = true;
    } else if (got.value() == 0) {
      at_end_ = true;
    } else {
      have += got.value();
    }
  }
  return have;
}

Bytes Chunker::peek(std::size_t bytes) {
  carry_.resize(fill(carry_, carry_.size(), std::max(bytes, carry_.size())));
  return carried().first(std::min(bytes, carried().size()));
}

SourceHead Chunker::head() {
  const Bytes first = peek(kHeadBytes);
  return {first, first.size() < kHeadBytes && !failed()};
}

Status Chunker::resume_at(std::uint64_t offset_bytes, std::uint64_t line,
                          const std::function<bool()>& interrupted) {
  std::vector<std::uint8_t> passed(kLeastReadBytes);
  offset_bytes_ = reader_->bytes_read();
  while (offset_bytes_ < offset_bytes) {
    // A compressed terabyte is passed over for hours.
    if (interrupted && interrupted()) return Error{ErrorKind::kInterrupted, "", "interrupted"};
    const std::uint64_t left = offset_bytes - offset_bytes_;
    const Result<std::size_t> got =
        reader_->read(passed.data(), std::min<std::uint64_t>(passed.size(), left));
    if (!got) return got.error();
    if (got.value() == 0)
      return Error{ErrorKind::kFormat, "", "it ends at byte " + std::to_string(offset_bytes_)};
    if (har_) har_cutter_.look(Bytes(passed).first(got.value()), offset_bytes_);
    har_cutter_.ends().clear();
    offset_bytes_ += got.value();
  }
  next_line_ = line;
  return Unit{};
}

Bytes Chunker::carried() const { return Bytes(carry_).subspan(carry_begin_); }

/// Behind the last line end within chunk_bytes, else behind the first one after; sooner when
/// kMostRecords come before. Nothing: more has to be read.
std::optional<Chunker::Cut> Chunker::find_cut(Bytes bytes) {
  if (har_) return find_cut_of_har(bytes);
  if (options_.piece_bytes != 0 && !few_lines_) return find_cut_of_any_lines(bytes);
  if (options_.piece_bytes != 0 && is_too_long(bytes)) return std::nullopt;
  const std::size_t within = std::min(bytes.size(), chunk_bytes());
  Cut cut;
  while (cut.end < within && cut.lines < kMostRecords) {
    const std::uint8_t* lf = find_lf(bytes.data() + cut.end, within - cut.end);
    if (!lf) break;
    cut.end = static_cast<std::size_t>(lf - bytes.data()) + 1;
    ++cut.lines;
  }
  if (cut.lines == kMostRecords) return cut;
  const bool enough = bytes.size() >= chunk_bytes() || at_end_;
  if (cut.lines > 0) return enough ? std::optional(cut) : std::nullopt;
  const std::uint8_t* lf = find_lf(bytes.data() + within, bytes.size() - within);
  if (!lf) return std::nullopt;
  return Cut{static_cast<std::size_t>(lf - bytes.data()) + 1, 1};
}

/// Likewise, of as many lines as there are.
std::optional<Chunker::Cut> Chunker::find_cut_of_any_lines(Bytes bytes) {
  const std::size_t within = std::min(bytes.size(), chunk_bytes());
  if (within == 0 || is_too_long(bytes)) return std::nullopt;
  const void* last = ::memrchr(bytes.data(), '\n', within);
  if (last == nullptr) last = find_lf(bytes.data() + within, bytes.size() - within);
  if (last == nullptr) return std::nullopt;
  const auto end = static_cast<std::size_t>(static_cast<const std::uint8_t*>(last) - bytes.data());
  if (end < within && bytes.size() < chunk_bytes() && !at_end_) return std::nullopt;
  return Cut{end + 1, options_.scan(bytes.data(), 0, end + 1, kernels::ScanFor::kCountLines)};
}

/// One past the end of the record that goes on at bytes[from], when it is there; bytes[0] is
/// offset_bytes_ of the source less `from`.
std::optional<std::size_t> Chunker::record_end(Bytes bytes, std::size_t from) {
  if (!har_) {
    const std::uint8_t* lf = find_lf(bytes.data() + from, bytes.size() - from);
    if (lf == nullptr) return std::nullopt;
    return static_cast<std::size_t>(lf - bytes.data()) + 1;
  }
  har_cutter_.look(bytes.subspan(from), offset_bytes_);
  std::deque<std::uint64_t>& ends = har_cutter_.ends();
  while (!ends.empty() && ends.front() <= offset_bytes_) ends.pop_front();
  if (ends.empty()) return std::nullopt;
  return static_cast<std::size_t>(ends.front() - offset_bytes_) + from;
}

/// Likewise, behind the last element of the document within chunk_bytes.
std::optional<Chunker::Cut> Chunker::find_cut_of_har(Bytes bytes) {
  const std::optional<std::size_t> first = record_end(bytes, 0);
  if (!first || is_too_long(bytes)) return std::nullopt;
  const std::size_t within = std::min(bytes.size(), chunk_bytes());
  if (*first <= within && bytes.size() < chunk_bytes() && !at_end_) return std::nullopt;
  std::size_t end = *first;
  for (const std::uint64_t more : har_cutter_.ends()) {
    if (more - offset_bytes_ > within) break;
    end = std::max(end, static_cast<std::size_t>(more - offset_bytes_));
  }
  return Cut{end, options_.scan(bytes.data(), 0, end, kernels::ScanFor::kCountLines)};
}

/// Where the chunk stands in the source, and the source goes on behind it.
void Chunker::describe(Chunk& chunk, Cut cut) {
  chunk.size_bytes = cut.end;
  chunk.source = source_;
  chunk.offset_bytes = offset_bytes_;
  chunk.first_line = next_line_;
  chunk.line_ends = cut.lines;
  chunk.har_inside = har_ && offset_bytes_ > 0;
  offset_bytes_ += cut.end;
  next_line_ += cut.lines;
}

Result<bool> Chunker::next(Chunk& chunk) {
  chunk.size_bytes = 0;
  chunk.oversize = {};
  chunk.line_ends.reset();
  chunk.piece = Chunk::Piece::kWhole;
  chunk.lead_bytes = chunk.tail_bytes = 0;
  if (in_pieces_) return next_piece(chunk);
  const auto make_room = [&](std::size_t bytes) {
    if (chunk.bytes.size() < bytes + kSlackBytes) chunk.bytes.resize(bytes + kSlackBytes);
  };
  // What was carried may hold several chunks: then only the one that is due is copied.
  if (const auto cut = find_cut(carried())) {
    make_room(cut->end);
    std::ranges::copy(carried().first(cut->end), chunk.bytes.begin());
    carry_begin_ += cut->end;
    describe(chunk, *cut);
    return true;
  }
  std::size_t have = carried().size();
  make_room(have);
  std::ranges::copy(carried(), chunk.bytes.begin());
  carry_.clear();
  carry_begin_ = 0;

  const std::size_t record_limit = options_.max_record_bytes + kLineEndBytes;
  for (;;) {
    const Bytes bytes(chunk.bytes.data(), have);
    if (const auto cut = find_cut(bytes)) {
      carry_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(cut->end), bytes.end());
      describe(chunk, *cut);
      return true;
    }
    if (is_too_long(bytes)) {
      carry_.assign(bytes.begin(), bytes.end());
      in_pieces_ = true;
      pieces_inside_ = har_ && offset_bytes_ > 0;
      piece_lead_ = 0;
      return next_piece(chunk);
    }
    if (have > record_limit && have >= chunk_bytes()) return skip_oversize(chunk, have);
    if (at_end_) break;
    // Doubling keeps the searches of find_cut linear in the length of a long record.
    const std::size_t wanted = have < chunk_bytes() ? std::max(kLeastReadBytes, chunk_bytes())
                                                    : std::min(std::max(2 * have, kLeastReadBytes),
                                                               std::max(have, record_limit) + 1);
    have = fill(chunk.bytes, have, wanted);
  }

  if (failure_) return losing(have);
  if (have == 0) return false;
  describe(chunk, {have, 0});  // the last record has no line end
  return true;
}

/// The failure, which cuts off so much of a record.
Error Chunker::losing(std::uint64_t lost_bytes) {
  lost_bytes_ = lost_bytes;
  Error error = *failure_;
  if (lost_bytes > 0) {
    error.reason += "; an unfinished record of " + std::to_string(lost_bytes) +
                    " bytes before it was not judged";
  }
  return error;
}

/// The record at the start of the chunk is over the limit: read on to its end, keeping nothing but
/// what is known of it.
Result<bool> Chunker::skip_oversize(Chunk& chunk, std::size_t have) {
  OversizeRecord record{.present = true};
  chunk.source = source_;
  chunk.offset_bytes = offset_bytes_;
  chunk.first_line = next_line_;
  if (digest_) digest_->begin();
  bool held_cr = false;  // a CR is part of the token unless LF follows
  const std::uint8_t cr = '\r';
  auto take = [&](Bytes piece) {
    if (piece.empty()) return;
    if (held_cr) {
      record.blank = false;
      ++record.len_bytes;
      if (digest_) digest_->update({&cr, 1});
    }
    held_cr = piece.back() == '\r';
    if (held_cr) piece = piece.first(piece.size() - 1);
    record.blank = record.blank && is_blank(piece);
    record.len_bytes += piece.size();
    if (digest_) digest_->update(piece);
  };
  for (;;) {
    const std::uint8_t* start = chunk.bytes.data();
    const std::uint8_t* lf = find_lf(start, have);
    const std::size_t part = lf ? static_cast<std::size_t>(lf - start) : have;
    take({start, part});
    offset_bytes_ += part + (lf ? 1 : 0);
    if (lf) {
      carry_.assign(lf + 1, start + have);
      ++next_line_;
      break;
    }
    if (at_end_) {
      carry_.clear();
      if (failure_) return losing(record.len_bytes);
      if (held_cr) {
        record.blank = false;
        ++record.len_bytes;
        if (digest_) digest_->update({&cr, 1});
      }
      break;
    }
    have = fill(chunk.bytes, 0, std::max(kLeastReadBytes, options_.chunk_bytes));
  }
  if (digest_) record.digest = digest_->finish();
  chunk.oversize = record;
  return true;
}

/// The next piece of the line that the carry begins in.
Result<bool> Chunker::next_piece(Chunk& chunk) {
  carry_.erase(carry_.begin(), carry_.begin() + static_cast<std::ptrdiff_t>(carry_begin_));
  carry_begin_ = 0;
  const std::size_t lead = piece_lead_, full = lead + options_.piece_bytes;
  carry_.resize(fill(carry_, carry_.size(), std::max(carry_.size(), full + options_.piece_bytes)));
  const std::uint8_t* data = carry_.data();
  const std::optional<std::size_t> record = record_end(carry_, lead);
  const std::size_t line_end = record.value_or(carry_.size());
  const bool last = (record || at_end_) && line_end <= full;
  if (last && !record && failure_) return losing(line_end - lead);
  std::size_t cut = last ? line_end : full, tail = 0;
  if (!last) {
    while (cut > lead && !separates(data[cut - 1])) --cut;
    const bool hard = cut == lead;
    if (hard) cut = full;
    tail = std::min(line_end - cut, hard ? options_.piece_bytes : kPieceTailBytes);
  }
  const bool first = lead == 0;
  if (first) line_head_.assign(data, data + std::min(carry_.size(), kLineHeadBytes));
  chunk.line_head = line_head_;
  chunk.har_inside = pieces_inside_;
  chunk.piece = last ? Chunk::Piece::kLast : first ? Chunk::Piece::kFirst : Chunk::Piece::kMiddle;
  chunk.lead_bytes = lead;
  chunk.tail_bytes = tail;
  chunk.bytes.resize(std::max(chunk.bytes.size(), cut + tail + kSlackBytes));
  std::copy_n(data, cut + tail, chunk.bytes.begin());
  chunk.size_bytes = cut + tail;
  chunk.source = source_;
  const auto lines = [&](std::size_t from, std::size_t to) {
    return options_.scan(data, from, to, kernels::ScanFor::kCountLines);
  };
  chunk.offset_bytes = offset_bytes_ - lead;
  chunk.first_line = next_line_ - lines(0, lead);
  next_line_ += lines(lead, cut);
  offset_bytes_ += cut - lead;
  in_pieces_ = !last;
  piece_lead_ = last ? 0 : std::min(kPieceLeadBytes, cut);
  carry_begin_ = cut - piece_lead_;
  return true;
}

}  // namespace jotmill
