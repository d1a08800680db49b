// zstd (RFC 8878): any number of frames, skippable frames among them.

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
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

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
  std::unique_ptr<ZstdDecoder> decoder(new (std::nothrow) ZstdDecoder);
  if (!decoder || !decoder->init()) return nullptr;
  return decoder;
}

}  // namespace jotmill
