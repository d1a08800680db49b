// xz: any number of streams and the padding between them. A header has 12 bytes: garbage behind a
// stream that is shorter than one cannot be told from a cut.

#include <lzma.h>

#include <new>

#include "input/decoder.h"

namespace jotmill {
namespace {

/// The dictionary, and what the decoder needs beside it.
constexpr std::uint64_t kMemoryLimit = kMostWindowBytes + (1 << 20);

class XzDecoder final : public Decoder {
 public:
  ~XzDecoder() override { lzma_end(&xz_); }
  bool init() { return lzma_stream_decoder(&xz_, kMemoryLimit, LZMA_CONCATENATED) == LZMA_OK; }
  const char* name() const override { return "xz"; }

  DecodeStep step(Bytes in, std::span<std::uint8_t> out, bool last) override {
    xz_.next_in = in.data();
    xz_.avail_in = in.size();
    xz_.next_out = out.data();
    xz_.avail_out = out.size();
    const lzma_ret code = lzma_code(&xz_, last ? LZMA_FINISH : LZMA_RUN);
    DecodeStep step{.taken = in.size() - xz_.avail_in, .made = out.size() - xz_.avail_out};
    switch (code) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // LZMA_OK the first time, this when asked again
        if (last && in.empty() && step.made == 0) step.state = DecodeStep::State::kCut;
        break;
      case LZMA_STREAM_END:
        step.state = DecodeStep::State::kEnd;
        step.sound = true;
        break;
      default: step.state = DecodeStep::State::kDamaged; step.reason = reason_of(code);
    }
    return step;
  }

 private:
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
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder() {
  std::unique_ptr<XzDecoder> decoder(new (std::nothrow) XzDecoder);
  if (!decoder || !decoder->init()) return nullptr;
  return decoder;
}

}  // namespace jotmill
