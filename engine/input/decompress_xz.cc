// xz: any number of streams and the padding between them. The library would do that itself, but
// takes up to 12 bytes of what is no stream for the beginning of one, which was cut.

#include <lzma.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "input/decoder.h"

namespace jotmill {
namespace {

/// The dictionary, and what the decoder needs beside it.
constexpr std::uint64_t kMemoryLimit = kMostWindowBytes + (1 << 20);

class XzDecoder final : public Decoder {
 public:
  ~XzDecoder() override { lzma_end(&xz_); }
  bool init() { return lzma_stream_decoder(&xz_, kMemoryLimit, 0) == LZMA_OK; }
  const char* name() const override { return "xz"; }

  DecodeStep step(Bytes in, std::span<std::uint8_t> out, bool last) override {
    std::size_t padding = 0;
    if (!in_stream_) {
      DecodeStep begun = begin_stream(in, last);
      if (!in_stream_) return begun;
      padding = begun.taken;
    }
    DecodeStep step = decode(in.subspan(padding), out, last);
    step.taken += padding;
    return step;
  }

 private:
  using State = DecodeStep::State;
  /// The xz file format, 2.1.1.1, and 2.2: padding comes in fours.
  static constexpr std::uint8_t kMagic[] = {0xFD, '7', 'z', 'X', 'Z', 0};
  static constexpr std::uint64_t kPaddingUnit = 4;
  static constexpr const char* kNoStream = "what follows the last stream is no xz";

  /// Over the padding; sets in_stream_ when a stream begins behind it.
  DecodeStep begin_stream(Bytes in, bool last) {
    const auto stop = streams_ == 0 ? in.begin() : std::find_if(in.begin(), in.end(), is_not_zero);
    const auto zeros = static_cast<std::size_t>(stop - in.begin());
    padding_bytes_ += zeros;
    const bool whole_padding = padding_bytes_ % kPaddingUnit == 0;
    const Bytes rest = in.subspan(zeros);
    if (rest.empty() && !last) return {.taken = zeros};
    if (!whole_padding) return {.state = State::kDamaged, .taken = zeros, .reason = kNoStream};
    if (rest.empty()) return {.state = State::kEnd, .taken = zeros};
    const std::size_t shown = std::min(rest.size(), std::size(kMagic));
    if (!std::equal(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(shown), kMagic))
      return {.state = State::kDamaged, .taken = zeros, .reason = kNoStream};
    if (shown < std::size(kMagic))
      return last ? DecodeStep{.state = State::kCut, .taken = in.size()}
                  : DecodeStep{.taken = zeros};
    if (streams_ > 0 && !init())
      return {.state = State::kDamaged, .taken = zeros, .reason = "memory ran out"};
    in_stream_ = true;
    return {.taken = zeros};
  }

  DecodeStep decode(Bytes in, std::span<std::uint8_t> out, bool last) {
    xz_.next_in = in.data();
    xz_.avail_in = in.size();
    xz_.next_out = out.data();
    xz_.avail_out = out.size();
    const lzma_ret code = lzma_code(&xz_, LZMA_RUN);
    DecodeStep step{.taken = in.size() - xz_.avail_in, .made = out.size() - xz_.avail_out};
    switch (code) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // LZMA_OK the first time, this when asked again
        if (last && in.empty() && step.made == 0) step.state = State::kCut;
        break;
      case LZMA_STREAM_END:
        ++streams_;
        in_stream_ = false;
        padding_bytes_ = 0;
        step.sound = true;
        break;
      default: step.state = State::kDamaged; step.reason = reason_of(code);
    }
    return step;
  }

  static bool is_not_zero(std::uint8_t byte) { return byte != 0; }
  static std::string reason_of(lzma_ret code) {
    switch (code) {
      case LZMA_MEMLIMIT_ERROR: return "it needs a dictionary of over 128 MiB";
      case LZMA_MEM_ERROR: return "memory ran out";
      case LZMA_OPTIONS_ERROR: return "it uses a feature that the library does not know";
      case LZMA_FORMAT_ERROR: return "no xz header";
      default: return "damaged data";
    }
  }

  lzma_stream xz_ = LZMA_STREAM_INIT;
  bool in_stream_ = false;
  std::uint64_t streams_ = 0;        ///< that are done
  std::uint64_t padding_bytes_ = 0;  ///< behind the last of them
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder() {
  std::unique_ptr<XzDecoder> decoder(new (std::nothrow) XzDecoder);
  if (!decoder || !decoder->init()) return nullptr;
  return decoder;
}

}  // namespace jotmill
