// zstd (RFC 8878): any number of frames, skippable frames among them.

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "input/decoder.h"

namespace jotmill {
namespace {

constexpr int kMostWindowLog = 27;
static_assert(std::uint64_t{1} << kMostWindowLog == kMostWindowBytes);

/// RFC 8878 s3.1.1.2: every block has a header of three bytes.
constexpr std::size_t kBlockHeaderBytes = 3;

class ZstdDecoder final : public Decoder {
 public:
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }
  bool init() {
    context_ = ZSTD_createDCtx();
    return context_ &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMostWindowLog));
  }
  const char* name() const override { return "zstd"; }

  bool at_boundary() const override { return !in_frame_; }
  void passed_over(std::uint64_t frames) override { frames_ += frames; }

  DecodeStep step(Bytes in, std::span<std::uint8_t> out, bool last) override {
    if (in.empty() && last && !in_frame_) return {.state = DecodeStep::State::kEnd};
    // A call that fails does not tell how much it put out before. So no call may do both, finish a
    // block and look at what follows it: the library asks for the rest of a block and the header
    // behind it, and gets the first without the second.
    const std::size_t piece = wanted_ > kBlockHeaderBytes ? wanted_ - kBlockHeaderBytes
                                                          : std::max<std::size_t>(wanted_, 1);
    ZSTD_inBuffer from{in.data(), std::min(in.size(), piece), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(context_, &to, &from);
    DecodeStep step{.taken = from.pos, .made = to.pos};
    if (ZSTD_isError(code)) {
      step.state = DecodeStep::State::kDamaged;
      step.reason = reason_of(code);
      return step;
    }
    step.sound = code == 0;
    frames_ += step.sound ? 1 : 0;
    in_frame_ = !step.sound && (in_frame_ || step.taken > 0);
    wanted_ = code;
    if (last && in.empty() && step.made == 0 && in_frame_) step.state = DecodeStep::State::kCut;
    return step;
  }

 private:
  std::string reason_of(std::size_t code) const {
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_frameParameter_windowTooLarge: return "it needs a window of over 128 MiB";
      case ZSTD_error_prefix_unknown:
        if (frames_ > 0) return "what follows the last frame is no zstd";
        [[fallthrough]];
      default: return ZSTD_getErrorName(code);
    }
  }

  ZSTD_DCtx* context_ = nullptr;
  std::size_t wanted_ = 0;  ///< bytes of input that the library asked for
  bool in_frame_ = false;
  std::uint64_t frames_ = 0;
};

class ZstdFrameCodec final : public FrameCodec {
 public:
  ~ZstdFrameCodec() override { ZSTD_freeDCtx(context_); }
  bool init() {
    context_ = ZSTD_createDCtx();
    return context_ != nullptr;
  }

  FrameSizes measure(Bytes in) const override {
    // Skippable frames stand between the frames of pzstd: they hold nothing, and do so soundly.
    constexpr std::uint8_t kMagic[] = {0x28, 0xB5, 0x2F, 0xFD};
    constexpr std::uint8_t kSkippable[] = {0x50, 0x2A, 0x4D, 0x18};
    constexpr std::size_t kMostHeaderBytes = 18;
    if (in.size() < kMostHeaderBytes) return {.state = FrameSizes::State::kPart};
    const bool frame = std::equal(std::begin(kMagic), std::end(kMagic), in.begin());
    const bool skippable =
        (in[0] & 0xF0) == kSkippable[0] &&
        std::equal(std::begin(kSkippable) + 1, std::end(kSkippable), in.begin() + 1);
    if (!frame && !skippable) return {};
    // A window that the other decoder refuses is refused here too, however little it holds.
    const bool single_segment = (in[4] & 0x20) != 0;
    if (frame && !single_segment && 10 + (in[5] >> 3) >= kMostWindowLog) return {};
    const unsigned long long unpacked = ZSTD_getFrameContentSize(in.data(), in.size());
    if (unpacked > kMostFrameBytes) return {};  // unknown and damaged ones are too
    const std::size_t packed = ZSTD_findFrameCompressedSize(in.data(), in.size());
    if (!ZSTD_isError(packed)) return {FrameSizes::State::kWhole, packed, std::size_t(unpacked)};
    const bool part = ZSTD_getErrorCode(packed) == ZSTD_error_srcSize_wrong;
    return {.state = part ? FrameSizes::State::kPart : FrameSizes::State::kOther};
  }

  bool decode(Bytes frame, std::span<std::uint8_t> out) override {
    const std::size_t made =
        ZSTD_decompressDCtx(context_, out.data(), out.size(), frame.data(), frame.size());
    return !ZSTD_isError(made) && made == out.size();
  }

 private:
  ZSTD_DCtx* context_ = nullptr;
};

}  // namespace

std::unique_ptr<FrameCodec> make_zstd_frame_codec() {
  std::unique_ptr<ZstdFrameCodec> codec(new (std::nothrow) ZstdFrameCodec);
  if (!codec || !codec->init()) return nullptr;
  return codec;
}

std::unique_ptr<Decoder> make_zstd_decoder() {
  std::unique_ptr<ZstdDecoder> decoder(new (std::nothrow) ZstdDecoder);
  if (!decoder || !decoder->init()) return nullptr;
  return decoder;
}

}  // namespace jotmill
