#include "input/part_reader.h"

#include <algorithm>
#include <cstring>

namespace jotmill {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

}  // namespace

void PartReader::begin(ByteReader& source, const SourcePart& part) {
  source_ = &source;
  part_ = part;
  held_.clear();
  held_begin_ = 0;
  at_ = bytes_read_ = 0;
  at_end_ = done_ = false;
  failure_.reset();
}

/// Reads once, up to `wanted` bytes behind what is held.
void PartReader::refill(std::size_t wanted) {
  const std::size_t have = held_.size();
  held_.resize(have + wanted);
  Result<std::size_t> got = source_->read(held_.data() + have, wanted);
  held_.resize(have + (got ? got.value() : 0));
  if (!got) failure_ = got.error();
  at_end_ = !got || got.value() == 0;
}

SourceHead PartReader::head() {
  while (held_.size() < kHeadBytes && !at_end_) refill(kHeadBytes - held_.size());
  return {held_, held_.size() < kHeadBytes && !failure_};
}

RecordPlace PartReader::to_first_record(const std::function<bool()>& interrupted) {
  RecordPlace place;
  if (part_.begin_bytes == 0) return place;
  // The record that begins in front of the part goes on to the first line end from here on.
  const std::uint64_t front = part_.begin_bytes - 1;
  for (;;) {
    const Bytes bytes = Bytes(held_).subspan(held_begin_);
    const auto passed = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), front - std::min(front, at_)));
    const void* lf = bytes.size() == passed
                         ? nullptr
                         : std::memchr(bytes.data() + passed, '\n', bytes.size() - passed);
    const std::size_t taken =
        lf ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(lf) - bytes.data()) + 1
           : bytes.size();
    if (taken > 0) {
      place.line += scan_(bytes.data(), 0, taken, kernels::ScanFor::kCountLines);
      at_ += taken;
      held_begin_ += taken;
    }
    done_ = !part_.to_end && at_ >= part_.end_bytes;
    if (lf || done_ || at_end_) break;
    held_.clear();
    held_begin_ = 0;
    if (interrupted && interrupted()) {
      failure_ = Error{ErrorKind::kInterrupted, "", "interrupted"};
      break;
    }
    refill(kReadBytes);
  }
  place.offset_bytes = at_;
  return place;
}

/// How many of `bytes`, which come next, belong to the part; sets done_ when none follow.
std::size_t PartReader::within_part(Bytes bytes) {
  if (part_.to_end) return bytes.size();
  // The last record holds the byte before the end, and goes on to its own end.
  const std::uint64_t last = part_.end_bytes - 1;
  const std::uint64_t inside = last - std::min(last, at_);
  if (inside >= bytes.size()) return bytes.size();
  const auto from = static_cast<std::size_t>(inside);
  const void* lf = std::memchr(bytes.data() + from, '\n', bytes.size() - from);
  if (lf == nullptr) return bytes.size();
  done_ = true;
  return static_cast<std::size_t>(static_cast<const std::uint8_t*>(lf) - bytes.data()) + 1;
}

Result<std::size_t> PartReader::read(std::uint8_t* to, std::size_t wanted) {
  if (done_) return std::size_t{0};
  std::size_t got = 0;
  if (held_begin_ < held_.size()) {
    got = std::min(wanted, held_.size() - held_begin_);
    std::copy_n(held_.data() + held_begin_, got, to);
    held_begin_ += got;
  } else {
    if (failure_) return *failure_;
    if (at_end_) return std::size_t{0};
    Result<std::size_t> read = source_->read(to, wanted);
    if (!read) return read;
    got = read.value();
  }
  got = within_part(Bytes(to, got));
  at_ += got;
  bytes_read_ += got;
  return got;
}

}  // namespace jotmill
