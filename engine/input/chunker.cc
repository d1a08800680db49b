#include "input/chunker.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/arena.h"

namespace jotmill {
namespace {

/// Small reads cost a system call each; below this a chunk is cut from a larger read.
constexpr std::size_t kLeastReadBytes = 64 * 1024;

/// A record's line end is at most CR LF, so a token of exactly the limit still fits.
constexpr std::size_t kLineEndBytes = 2;

bool is_blank(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t c) { return c == ' ' || c == '\t'; });
}

const std::uint8_t* find_lf(const std::uint8_t* from, std::size_t len) {
  return len == 0 ? nullptr : static_cast<const std::uint8_t*>(std::memchr(from, '\n', len));
}

/// Line ends in `bytes`. std::count keeps 64-bit sums and is four times slower; sums of single
/// bytes fit a vector register, but only for 255 rows at a time.
std::uint64_t count_lf(Bytes bytes) {
  constexpr std::size_t kRow = 64, kMostRows = 255;
  std::uint64_t total = 0;
  while (bytes.size() >= kRow) {
    const std::size_t rows = std::min(bytes.size() / kRow, kMostRows);
    std::array<std::uint8_t, kRow> sums{};
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t i = 0; i < kRow; ++i) {
        sums[i] = static_cast<std::uint8_t>(sums[i] + (bytes[r * kRow + i] == '\n' ? 1 : 0));
      }
    }
    for (const std::uint8_t sum : sums) total += sum;
    bytes = bytes.subspan(rows * kRow);
  }
  return total + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

}  // namespace

void Chunker::begin(ByteReader& reader, std::uint32_t source, TokenDigest* digest) {
  reader_ = &reader;
  digest_ = digest;
  source_ = source;
  offset_bytes_ = 0;
  next_line_ = 1;
  lost_bytes_ = 0;
  carry_.clear();
  at_end_ = false;
  failure_.reset();
}

/// Reads until `to` holds `wanted` bytes or the source ends or fails; returns how many it holds
/// then.
std::size_t Chunker::fill(std::vector<std::uint8_t>& to, std::size_t have, std::size_t wanted) {
  if (to.size() < wanted + kSlackBytes) to.resize(wanted + kSlackBytes);
  while (have < wanted && !at_end_) {
    Result<std::size_t> got = reader_->read(to.data() + have, wanted - have);
    if (!got) {
      failure_ = got.error();
      failure_->offset_bytes = reader_->bytes_read();
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
  return Bytes(carry_.data(), std::min(bytes, carry_.size()));
}

/// One past the line end to cut behind: the last one within chunk_bytes, else the first one after.
std::optional<std::size_t> Chunker::find_cut(const std::vector<std::uint8_t>& bytes,
                                             std::size_t have) const {
  const std::size_t within = std::min(have, options_.chunk_bytes);
  if (have >= options_.chunk_bytes || at_end_) {
    if (const void* lf = ::memrchr(bytes.data(), '\n', within)) {
      return static_cast<std::size_t>(static_cast<const std::uint8_t*>(lf) - bytes.data()) + 1;
    }
  }
  if (const std::uint8_t* lf = find_lf(bytes.data() + within, have - within)) {
    return static_cast<std::size_t>(lf - bytes.data()) + 1;
  }
  return std::nullopt;
}

void Chunker::hand_out(Chunk& chunk, std::size_t cut, std::size_t have) {
  carry_.assign(chunk.bytes.begin() + static_cast<std::ptrdiff_t>(cut),
                chunk.bytes.begin() + static_cast<std::ptrdiff_t>(have));
  chunk.size_bytes = cut;
  chunk.source = source_;
  chunk.offset_bytes = offset_bytes_;
  chunk.first_line = next_line_;
  offset_bytes_ += cut;
  next_line_ += count_lf({chunk.bytes.data(), cut});
}

Result<bool> Chunker::next(Chunk& chunk) {
  chunk.size_bytes = 0;
  chunk.oversize = {};
  const std::size_t record_limit = options_.max_record_bytes + kLineEndBytes;
  std::size_t have = carry_.size();
  if (chunk.bytes.size() < have + kSlackBytes) chunk.bytes.resize(have + kSlackBytes);
  std::copy(carry_.begin(), carry_.end(), chunk.bytes.begin());

  for (;;) {
    if (const auto cut = find_cut(chunk.bytes, have)) {
      hand_out(chunk, *cut, have);
      return true;
    }
    if (have > record_limit && have >= options_.chunk_bytes) return skip_oversize(chunk, have);
    if (at_end_) break;
    // Doubling keeps the searches of find_cut linear in the length of a long record.
    const std::size_t wanted =
        have < options_.chunk_bytes
            ? std::max(kLeastReadBytes, options_.chunk_bytes)
            : std::min(std::max(2 * have, kLeastReadBytes), std::max(have, record_limit) + 1);
    have = fill(chunk.bytes, have, wanted);
  }

  if (failure_) {
    lost_bytes_ = have;
    return *failure_;
  }
  if (have == 0) return false;
  hand_out(chunk, have, have);  // the last record has no line end
  return true;
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
      if (failure_) {
        lost_bytes_ = record.len_bytes;
        return *failure_;
      }
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

}  // namespace jotmill
