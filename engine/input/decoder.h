#ifndef JOTMILL_INPUT_DECODER_H_
#define JOTMILL_INPUT_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/bytes.h"

namespace jotmill {

/// The most memory that a stream may make us keep (its window or dictionary). More is refused: 16
/// bytes of header could otherwise ask for gigabytes.
inline constexpr std::uint64_t kMostWindowBytes = std::uint64_t{128} << 20;

/// What one step of a decoder did.
struct DecodeStep {
  enum class State : std::uint8_t {
    kGoing,    ///< there may be more
    kEnd,      ///< the stream ended where it may end
    kCut,      ///< the bytes end where the stream does not
    kDamaged,  ///< no stream goes on like this
  };
  State state = State::kGoing;
  std::size_t taken = 0;    ///< bytes from the front of the input
  std::size_t made = 0;     ///< bytes put at the front of the output; sound also beside kDamaged
  bool sound = false;       ///< a member or frame ended here, and its checks held
  std::string reason = {};  ///< of kDamaged, in words
};

/// One compressed stream, all its members, frames or streams one behind the other.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual const char* name() const = 0;

  /// Goes on with `in`, into `out` (not empty). `last`: nothing comes after `in`; a step that then
  /// takes and makes nothing is not kGoing. Otherwise a step that takes and makes nothing wants
  /// more input.
  virtual DecodeStep step(Bytes in, std::span<std::uint8_t> out, bool last) = 0;

  /// Whether a member or frame may begin with the next byte, and may be decoded by someone else.
  virtual bool at_boundary() const { return false; }
  /// `frames` of them were, at a boundary.
  virtual void passed_over(std::uint64_t /*frames*/) {}
};

/// What the front of a stream says of the frame that begins there.
struct FrameSizes {
  enum class State : std::uint8_t {
    kOther,  ///< no frame, one that does not say its sizes, or a large one
    kPart,   ///< the beginning of a frame that may say them
    kWhole,
  };
  State state = State::kOther;
  std::size_t packed = 0;    ///< bytes of the whole frame
  std::size_t unpacked = 0;  ///< bytes that it claims to hold; at most kMostFrameBytes
};
inline constexpr std::size_t kMostFrameBytes = std::size_t{4} << 20;

/// Decodes whole frames of known sizes, each by itself.
class FrameCodec {
 public:
  virtual ~FrameCodec() = default;
  virtual FrameSizes measure(Bytes in) const = 0;
  /// False unless `frame` is one sound frame that holds exactly out.size() bytes.
  virtual bool decode(Bytes frame, std::span<std::uint8_t> out) = 0;
};
using MakeFrameCodec = std::unique_ptr<FrameCodec>();

/// Each null when there is no memory.
std::unique_ptr<Decoder> make_gzip_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();
std::unique_ptr<Decoder> make_xz_decoder();
/// BGZF blocks: gzip members with their size in an extra field (SAMv1 s4.1), of at most 64 KiB.
std::unique_ptr<FrameCodec> make_bgzf_codec();
/// zstd frames with a content size (RFC 8878 s3.1.1.1.4).
std::unique_ptr<FrameCodec> make_zstd_frame_codec();

}  // namespace jotmill

#endif  // JOTMILL_INPUT_DECODER_H_
