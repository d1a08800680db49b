#include "input/decompress.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace jotmill {
namespace {

constexpr std::size_t kRawBytes = 256 * 1024;
/// A batch of frames keeps several threads busy for some milliseconds.
constexpr std::size_t kRawBytesOfFrames = std::size_t{4} << 20;

enum class Codec { kPlain, kGzip, kZstd, kXz };

struct Magic {
  std::string_view bytes;
  Codec codec;
};

/// RFC 1952 s2.3.1 (the method behind it is the decoder's business), RFC 8878 s3.1.1, xz 2.1.1.1.
constexpr Magic kMagics[] = {
    {"\x1F\x8B", Codec::kGzip},
    {"\x28\xB5\x2F\xFD", Codec::kZstd},
    {std::string_view("\xFD\x37\x7A\x58\x5A\0", 6), Codec::kXz},
};

/// RFC 8878 s3.1.2: 0x184D2A50 to 0x184D2A5F, little endian. Text may begin with its "P*M".
bool is_skippable_frame(std::string_view start) {
  return start.size() >= 4 && (start[0] & 0xF0) == 0x50 && start.substr(1, 3) == "\x2A\x4D\x18";
}

/// Whether more bytes could still make it one of the magics.
bool is_undecided(std::string_view start) {
  const bool part_of_magic =
      std::any_of(std::begin(kMagics), std::end(kMagics), [start](const Magic& magic) {
        return start.size() < magic.bytes.size() && magic.bytes.starts_with(start);
      });
  const std::string_view skippable = "\x2A\x4D\x18";
  const bool part_of_skippable = start.size() < 4 && !start.empty() && (start[0] & 0xF0) == 0x50 &&
                                 skippable.starts_with(start.substr(1));
  return part_of_magic || part_of_skippable;
}

/// The codec of bytes that begin (when undecided: that are) like this. Two bytes or more of a magic
/// and then the end are a stream that was cut: none of them are text. One byte is what it is.
Codec codec_of(std::string_view start) {
  for (const Magic& magic : kMagics) {
    if (start.starts_with(magic.bytes)) return magic.codec;
    if (start.size() >= 2 && magic.bytes.starts_with(start)) return magic.codec;
  }
  return is_skippable_frame(start) ? Codec::kZstd : Codec::kPlain;
}

std::unique_ptr<Decoder> make_decoder(Codec codec) {
  switch (codec) {
    case Codec::kGzip: return make_gzip_decoder();
    case Codec::kZstd: return make_zstd_decoder();
    case Codec::kXz: return make_xz_decoder();
    case Codec::kPlain: break;
  }
  return nullptr;
}

MakeFrameCodec* frame_codec(Codec codec) {
  if (codec == Codec::kGzip) return make_bgzf_codec;
  return codec == Codec::kZstd ? make_zstd_frame_codec : nullptr;
}

}  // namespace

void Decompressor::begin(ByteReader& source) {
  source_ = &source;
  decoder_.reset();
  frames_.reset();
  in_sequence_ = all_in_sequence_ = false;
  at_ = have_ = 0;
  chosen_ = source_ended_ = ended_ = false;
  bytes_read_ = sound_bytes_ = 0;
  damage_ = Damage::kNone;
  failure_.reset();
}

InputEventKind Decompressor::event() const {
  switch (damage_) {
    case Damage::kCut: return InputEventKind::kInputTruncated;
    case Damage::kDamaged: return InputEventKind::kDecompressError;
    case Damage::kNone: break;
  }
  return InputEventKind::kInputUnreadable;
}

Error Decompressor::fail(Error error) {
  failure_ = std::move(error);
  return *failure_;
}

/// Reads once from the source, behind what is pending.
Status Decompressor::refill() {
  if (raw_.empty()) raw_.resize(kRawBytes);
  if (at_ == have_) at_ = have_ = 0;
  if (have_ == raw_.size()) {
    std::memmove(raw_.data(), raw_.data() + at_, have_ - at_);
    have_ -= std::exchange(at_, 0);
  }
  Result<std::size_t> got = source_->read(raw_.data() + have_, raw_.size() - have_);
  if (!got) return fail(got.error());
  have_ += got.value();
  source_ended_ = got.value() == 0;
  return Unit{};
}

/// Reads no more than it takes to tell: a pipe may say little and then wait.
Status Decompressor::choose_codec() {
  while (!source_ended_ && is_undecided(as_text(pending()))) {
    if (Status read = refill(); !read) return read;
  }
  const Codec codec = codec_of(as_text(pending()));
  chosen_ = true;
  if (codec == Codec::kPlain) return Unit{};
  decoder_ = make_decoder(codec);
  if (!decoder_) return fail({ErrorKind::kInternal, "", "no memory to decompress it"});
  if (MakeFrameCodec* make = frame_codec(codec); make != nullptr && threads_ > 0)
    frames_ = std::make_unique<FrameBatch>(make, threads_);
  return Unit{};
}

bool Decompressor::is_packed(Bytes begin) { return codec_of(as_text(begin)) != Codec::kPlain; }

bool Decompressor::is_compressed() {
  if (!chosen_ && !failure_) static_cast<void>(choose_codec().ok());
  return decoder_ != nullptr;
}

bool Decompressor::skip_plain(std::uint64_t offset_bytes) {
  if (is_compressed() || failure_ || bytes_read_ != 0 || !source_->seek(offset_bytes)) return false;
  at_ = have_ = 0;
  source_ended_ = false;
  bytes_read_ = offset_bytes;
  return true;
}

Result<std::size_t> Decompressor::read(std::uint8_t* to, std::size_t wanted) {
  if (failure_) return *failure_;
  if (!chosen_) {
    if (Status chosen = choose_codec(); !chosen) return chosen.error();
  }
  Result<std::size_t> got = decoder_ ? read_decoded(to, wanted) : read_plain(to, wanted);
  if (got) bytes_read_ += got.value();
  return got;
}

Result<std::size_t> Decompressor::read_plain(std::uint8_t* to, std::size_t wanted) {
  const std::size_t first = std::min(wanted, pending().size());
  if (first > 0) {
    std::memcpy(to, raw_.data() + at_, first);
    at_ += first;
    return first;
  }
  if (source_ended_) return std::size_t{0};
  Result<std::size_t> got = source_->read(to, wanted);
  if (!got) return fail(got.error());
  return got;
}

/// The frames of known sizes at the front, if any, all at once. True: there was one, or reading on
/// may show one; false: it is the decoder's turn, until the next frame begins.
Result<bool> Decompressor::decode_frames() {
  const FrameBatch::Did did = frames_->decode(pending());
  at_ += did.taken;
  decoder_->passed_over(did.frames);
  // Once a frame is not as it says, no other is asked: batches that are thrown away time and again
  // would cost more than the stream.
  all_in_sequence_ = did.refused;
  if (did.frames > 0) {
    sound_bytes_ = bytes_read_ + frames_->ready().size();
    return true;
  }
  in_sequence_ = !did.wants_more || source_ended_ ||
                 (at_ == 0 && have_ == raw_.size() && raw_.size() >= kRawBytesOfFrames);
  if (in_sequence_) return false;
  if (raw_.size() < kRawBytesOfFrames) raw_.resize(kRawBytesOfFrames);
  if (Status read = refill(); !read) return read.error();
  return true;
}

Result<std::size_t> Decompressor::read_decoded(std::uint8_t* to, std::size_t wanted) {
  while (!ended_) {
    if (frames_ && !frames_->ready().empty()) {
      const std::size_t count = std::min(wanted, frames_->ready().size());
      std::memcpy(to, frames_->ready().data(), count);
      frames_->take(count);
      return count;
    }
    if (frames_ && !in_sequence_ && !all_in_sequence_ && decoder_->at_boundary()) {
      const Result<bool> tried = decode_frames();
      if (!tried) return tried.error();
      if (tried.value()) continue;
    }
    const DecodeStep step = decoder_->step(pending(), {to, wanted}, source_ended_);
    at_ += step.taken;
    settle(step);
    if (step.made > 0) return step.made;
    if (step.taken > 0 || ended_) continue;
    if (source_ended_) return fail({ErrorKind::kInternal, "", "the decompressor stands still"});
    if (Status read = refill(); !read) return read.error();
  }
  if (failure_) return *failure_;
  return std::size_t{0};
}

/// Notes how the stream goes on; an error is told by the call after the last bytes.
void Decompressor::settle(const DecodeStep& step) {
  const std::uint64_t made = bytes_read_ + step.made;
  if (step.sound) {
    sound_bytes_ = made;
    in_sequence_ = false;
  }
  if (step.state == DecodeStep::State::kGoing) return;
  ended_ = true;
  if (step.state == DecodeStep::State::kEnd) return;
  const bool cut = step.state == DecodeStep::State::kCut;
  damage_ = cut ? Damage::kCut : Damage::kDamaged;
  const std::uint64_t compressed = source_->bytes_read() - pending().size();
  std::string reason = std::string(decoder_->name()) + ": " +
                       (cut ? "the stream is not at its end" : step.reason) +
                       " at compressed byte " + std::to_string(compressed);
  if (!cut && sound_bytes_ < made) {
    // A checksum comes behind its data: what it would have vouched for was handed out before.
    reason += "; from byte " + std::to_string(sound_bytes_) + " on no checksum confirmed the data";
  }
  failure_ = Error{ErrorKind::kFormat, "", std::move(reason), made};
}

}  // namespace jotmill
