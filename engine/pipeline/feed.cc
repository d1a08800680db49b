#include "pipeline/feed.h"

#include <algorithm>
#include <utility>

#include "pipeline/cores.h"
#include "pipeline/finder.h"

namespace jotmill {
namespace {

/// More threads than these decompress faster than one can cut chunks.
constexpr unsigned kMostDecoders = 8;

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

/// Tells the format of the source that is open.
void Feed::choose_format() {
  const bool asks = formats_[at_] == InputFormat::kAuto || formats_[at_] == InputFormat::kHar;
  if (!asks) return;
  formats_[at_] = settle_format(formats_[at_], in_part_ ? part_reader_.head() : chunker_.head(),
                                !options_.fields.empty());
}

/// How the long records of a source of that format are handed out.
void Feed::obey_format() { cut_records(chunker_, formats_[at_], options_); }

void Feed::prepare() {
  while (!open_ && at_ < list_.sources.size()) {
    if (Status opened = reader_.open(list_.sources[at_].name); !opened) {
      if (is_ours()) add_event(InputEventKind::kInputUnreadable, opened.error());
      ++at_;
      continue;
    }
    open_ = true;
    decompressor_.begin(source_);
    if (!parts_.empty()) {
      if (!begin_part(parts_[at_])) leave_source();
      continue;
    }
    begin_whole();
    choose_format();
    obey_format();
  }
}

/// Whether this run answers for the source as such; of a shard's source another one may.
bool Feed::is_ours() const { return parts_.empty() || parts_[at_].first; }

/// From the first byte of the source that decompressor_ has begun.
void Feed::begin_whole() {
  in_part_ = false;
  bytes_ = &decompressor_;
  if (decompressor_.is_compressed()) {
    if (ahead_.start(unpacked_, interrupted_)) bytes_ = &ahead_;
    handed_.begin(bytes_ == &ahead_ ? static_cast<ByteReader&>(ahead_) : unpacked_);
    bytes_ = &handed_;
  }
  settled_.begin(*bytes_, true);
  chunker_.begin(settled_, static_cast<std::uint32_t>(at_), &fingerprint_);
}

/// Likewise from the first record of the shard's part; false when another shard has all of it.
bool Feed::begin_part(SourcePart part) {
  in_part_ = !decompressor_.is_compressed();
  bytes_ = &decompressor_;
  if (!in_part_) {
    if (!part.first) return false;
    begin_whole();
    choose_format();
    obey_format();
    return true;
  }
  if (reader_.size_bytes() != part.listed_bytes) {
    add_event(InputEventKind::kInputChanged,
              {ErrorKind::kUnreadable, "",
               "was " + std::to_string(part.listed_bytes) + " bytes when shards were cut, is " +
                   std::to_string(reader_.size_bytes()),
               0});
  }
  bytes_ = &part_reader_;
  part_reader_.begin(decompressor_, part);
  choose_format();
  if (formats_[at_] == InputFormat::kHar) {
    if (!part.first) return false;
    part_reader_.take_all();
  }
  const RecordPlace place = part_reader_.to_first_record(interrupted_);
  settled_.begin(part_reader_, part_reader_.to_end());
  chunker_.begin(settled_, static_cast<std::uint32_t>(at_), &fingerprint_, place);
  obey_format();
  return true;
}

std::vector<InputFormat> Feed::formats() const {
  std::vector<InputFormat> formats = formats_;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].first) formats[i] = InputFormat::kAuto;
  }
  return formats;
}

/// Of a plain file what was done is passed over; a compressed one has to be decompressed again, and
/// a HAR document to be read, as its brackets tell where it may be cut.
Status Feed::resume(const RunPosition& position, const std::vector<InputFormat>& formats) {
  events_.clear();  // the run that stood here has counted them
  std::ranges::copy(formats, formats_.begin());
  at_ = position.source;
  bytes_before_ = bytes_read_ = position.bytes_before;
  raw_bytes_before_ = raw_bytes_read_ = position.raw_bytes_before;
  if (at_ == list_.sources.size()) return Unit{};
  if (Status opened = reader_.open(list_.sources[at_].name); !opened) return opened.error();
  open_ = true;
  decompressor_.begin(source_);
  begin_whole();
  if (formats_[at_] != InputFormat::kHar) decompressor_.skip_plain(position.offset_bytes);
  obey_format();
  Status passed = chunker_.resume_at(position.offset_bytes, position.line, interrupted_);
  if (passed) return Unit{};
  Error error = passed.error();
  error.subject = list_.sources[at_].name;
  return error;
}

RunPosition Feed::position() const {
  return {.source = static_cast<std::uint32_t>(at_),
          .offset_bytes = open_ ? chunker_.offset_bytes() : 0,
          .line = open_ ? chunker_.line() : 1,
          .bytes_before = bytes_before_,
          .raw_bytes_before = raw_bytes_before_};
}

/// Opens the next source that can be opened; false when there is none left.
bool Feed::open_source() {
  prepare();
  return open_;
}

/// Reading a plain file is part of the time of next() as it is.
void Feed::book_times() {
  const std::uint64_t source = source_.ns() - source_ns_before_;
  const std::uint64_t unpacked = unpacked_.ns() - unpacked_ns_before_;
  source_ns_before_ += source;
  unpacked_ns_before_ += unpacked;
  if (bytes_ != &handed_) return;
  packed_read_ns_ += source;
  decompress_ns_ += unpacked - std::min(unpacked, source);
}

void Feed::leave_source() {
  ahead_.stop();
  book_times();
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
      item.events = std::exchange(events_, {});
      item.end = position();
      item.ends_record = chunker_.between_records();
      return true;
    }
    if (!got && got.error().kind == ErrorKind::kInterrupted) return false;
    ahead_.stop();
    if (!got) {
      add_event(settled_.changed() ? InputEventKind::kInputChanged : decompressor_.event(),
                got.error());
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
