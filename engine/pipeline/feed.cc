#include "pipeline/feed.h"

#include <algorithm>
#include <utility>

#include "pipeline/cores.h"
#include "pipeline/finder.h"

namespace jotmill {
namespace {

/// `auto` looks at this much of each input (inputs.md).
constexpr std::size_t kSniffBytes = 64 * 1024;

/// More threads than these decompress faster than one can cut chunks.
constexpr unsigned kMostDecoders = 8;

InputEventKind kind_of(Decompressor::Damage damage) {
  switch (damage) {
    case Decompressor::Damage::kCut: return InputEventKind::kInputTruncated;
    case Decompressor::Damage::kDamaged: return InputEventKind::kDecompressError;
    case Decompressor::Damage::kNone: break;
  }
  return InputEventKind::kInputUnreadable;
}

}  // namespace

Feed::Feed(const RunOptions& options, SourceList list, std::vector<SourcePart> parts,
           Bytes fingerprint_key, kernels::ScanFn* scan, std::function<bool()> interrupted)
    : options_(options),
      list_(std::move(list)),
      parts_(std::move(parts)),
      fingerprint_(fingerprint_key),
      interrupted_(std::move(interrupted)),
      part_reader_(scan),
      chunker_({.chunk_bytes = options.chunk_bytes,
                .max_record_bytes = options.policy.max_token_bytes,
                .scan = scan}),
      formats_(list_.sources.size(), options.format) {
  // Of two threads only one asks whoever started the run; the one that reads ahead asks whether it
  // is still wanted.
  reader_.set_interrupted(
      [this] { return ahead_.running() ? ahead_.stopping() : interrupted_ && interrupted_(); });
  decompressor_.set_threads(
      std::min(options.threads == 0 ? usable_cores() : options.threads, kMostDecoders));
  for (const Error& error : list_.unreadable)
    events_.push_back({InputEventKind::kInputUnreadable, error.subject, 0, 0, error.reason});
}

void Feed::add_event(InputEventKind kind, const Error& error) {
  events_.push_back(
      {kind, list_.sources[at_].name, error.offset_bytes.value_or(0), 0, error.reason});
}

/// Decides the format of the source that is open.
void Feed::tell_format() {
  InputFormat& format = formats_[at_];
  if (format != InputFormat::kAuto) return;
  const Bytes first = in_part_ ? part_reader_.head() : chunker_.peek(kSniffBytes);
  const bool whole = in_part_ ? part_reader_.head_is_all() : !chunker_.failed();
  format = sniff_format(first, whole && first.size() < kSniffBytes, !options_.fields.empty());
}

/// How long records of its format are handed out.
void Feed::set_limits() {
  const InputFormat format = formats_[at_];
  const bool by_field = !options_.fields.empty();
  const std::size_t max_token_bytes = options_.policy.max_token_bytes;
  const std::size_t piece_bytes = text_piece_bytes(max_token_bytes);
  if (format == InputFormat::kLines) {
    chunker_.set_max_record_bytes(max_token_bytes);
  } else if (format == InputFormat::kJsonl) {
    chunker_.set_max_record_bytes(options_.max_record_bytes, by_field ? 0 : piece_bytes);
  } else if (format == InputFormat::kHar) {
    chunker_.set_max_record_bytes(options_.max_record_bytes, piece_bytes);
    chunker_.cut_as_har();
  } else {
    chunker_.set_max_record_bytes(piece_bytes, piece_bytes);
  }
}

void Feed::prepare() {
  while (!open_ && at_ < list_.sources.size()) {
    if (Status opened = reader_.open(list_.sources[at_].name); !opened) {
      if (is_ours()) add_event(InputEventKind::kInputUnreadable, opened.error());
      ++at_;
      continue;
    }
    open_ = true;
    if (!begin_source()) leave_source();
  }
}

/// Whether this run answers for the source as such; of a shard's source another one may.
bool Feed::is_ours() const { return parts_.empty() || parts_[at_].first; }

/// Goes to the first record of the source that was opened; false when all of it is another shard's.
bool Feed::begin_source() {
  decompressor_.begin(reader_);
  const bool compressed = decompressor_.is_compressed();
  in_part_ = !parts_.empty() && !compressed;
  if (in_part_) return begin_part(parts_[at_]);
  bytes_ = &decompressor_;
  if (!is_ours()) return false;
  if (compressed && ahead_.start(decompressor_, interrupted_)) bytes_ = &ahead_;
  chunker_.begin(*bytes_, static_cast<std::uint32_t>(at_), &fingerprint_);
  tell_format();
  set_limits();
  return true;
}

/// Likewise of a plain source in a shard.
bool Feed::begin_part(SourcePart part) {
  if (reader_.size_bytes() != part.listed_bytes) {
    add_event(InputEventKind::kInputChanged,
              {ErrorKind::kUnreadable, "",
               "was " + std::to_string(part.listed_bytes) + " bytes when shards were cut, is " +
                   std::to_string(reader_.size_bytes()),
               0});
  }
  bytes_ = &part_reader_;
  part_reader_.begin(decompressor_, part);
  tell_format();
  if (formats_[at_] == InputFormat::kHar) {
    if (!part.first) return false;
    part_reader_.take_all();
  }
  const RecordPlace place = part_reader_.seek(interrupted_);
  chunker_.begin(part_reader_, static_cast<std::uint32_t>(at_), &fingerprint_, place);
  set_limits();
  return true;
}

std::vector<InputFormat> Feed::formats() const {
  std::vector<InputFormat> formats = formats_;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].first) formats[i] = InputFormat::kAuto;
  }
  return formats;
}

/// Opens the next source that can be opened; false when there is none left.
bool Feed::open_source() {
  prepare();
  return open_;
}

void Feed::leave_source() {
  ahead_.stop();
  bytes_before_ += bytes_->bytes_read();
  raw_bytes_before_ += reader_.bytes_read();
  reader_.close();
  open_ = false;
  ++at_;
}

bool Feed::next(Item& item) {
  while (open_source()) {
    const Result<bool> got = chunker_.next(item.chunk);
    bytes_read_ = bytes_before_ + bytes_->bytes_read();
    raw_bytes_read_ = raw_bytes_before_ + reader_.bytes_read();
    if (got && got.value()) {
      item.format = formats_[at_];
      return true;
    }
    if (!got && got.error().kind == ErrorKind::kInterrupted) return false;
    ahead_.stop();
    if (!got) {
      Error error = got.error();
      if (chunker_.lost_bytes() > 0) {
        error.reason += "; an unfinished record of " + std::to_string(chunker_.lost_bytes()) +
                        " bytes before it was not judged";
      }
      add_event(kind_of(decompressor_.damage()), error);
    } else if (const std::optional<std::string> changed =
                   reader_.changed(!in_part_ || part_reader_.to_end())) {
      add_event(InputEventKind::kInputChanged,
                {ErrorKind::kUnreadable, "", *changed, bytes_->bytes_read()});
    }
    leave_source();
  }
  return false;
}

}  // namespace jotmill
