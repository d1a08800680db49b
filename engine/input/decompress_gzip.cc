// gzip (RFC 1952) with zlib: any number of members, zero padding behind any of them (tapes and
// block devices leave it there).

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <new>

#include "input/decoder.h"

namespace jotmill {
namespace {

/// zlib counts in 32 bits.
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;
constexpr int kGzipAlone = 15 + 16;  ///< the largest window; gzip's header, not zlib's
constexpr std::uint64_t kMagicBytes = 2;
constexpr std::uint8_t kFirstByte = 0x1F;
constexpr const char* kNoMember = "what follows the last member is no gzip";

class GzipDecoder final : public Decoder {
 public:
  ~GzipDecoder() override { inflateEnd(&z_); }
  bool init() { return inflateInit2(&z_, kGzipAlone) == Z_OK; }
  const char* name() const override { return "gzip"; }

  DecodeStep step(Bytes in, std::span<std::uint8_t> out, bool last) override {
    std::size_t padding = 0;
    if (!in_member_) {
      padding = skip_padding(in);
      if (padding == in.size()) {
        const auto state = last ? DecodeStep::State::kEnd : DecodeStep::State::kGoing;
        return {.state = state, .taken = padding};
      }
      if (members_ > 0 && in[padding] != kFirstByte) {
        return {.state = DecodeStep::State::kDamaged, .taken = padding, .reason = kNoMember};
      }
      in_member_ = true;
    }
    DecodeStep step = inflate_member(in.subspan(padding), out, last);
    step.taken += padding;
    return step;
  }

 private:
  /// The zeros at the front of `in`, where they may stand. A member begins behind them, if anything
  /// does.
  std::size_t skip_padding(Bytes in) const {
    const bool allowed = members_ > 0;
    const auto next = std::find_if(in.begin(), in.end(),
                                   [allowed](std::uint8_t c) { return !allowed || c != 0; });
    return static_cast<std::size_t>(next - in.begin());
  }

  DecodeStep inflate_member(Bytes in, std::span<std::uint8_t> out, bool last) {
    z_.next_in = in.data();
    z_.avail_in = static_cast<uInt>(std::min(in.size(), kMostAtOnce));
    z_.next_out = out.data();
    z_.avail_out = static_cast<uInt>(std::min(out.size(), kMostAtOnce));
    const int code = inflate(&z_, Z_NO_FLUSH);
    DecodeStep step{.taken = static_cast<std::size_t>(z_.next_in - in.data()),
                    .made = static_cast<std::size_t>(z_.next_out - out.data())};
    if (code == Z_STREAM_END) {
      ++members_;
      in_member_ = false;
      step.sound = true;
      inflateReset(&z_);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      step.state = DecodeStep::State::kDamaged;
      step.reason = reason_of(code);
    } else if (last && step.taken == in.size() && z_.avail_out > 0) {
      step.state = DecodeStep::State::kCut;
    }
    return step;
  }

  std::string reason_of(int code) const {
    if (code == Z_MEM_ERROR) return "memory ran out";
    if (members_ > 0 && z_.total_in <= kMagicBytes) return kNoMember;
    return z_.msg ? z_.msg : "damaged data";
  }

  z_stream z_{};
  bool in_member_ = false;
  std::uint64_t members_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
  std::unique_ptr<GzipDecoder> decoder(new (std::nothrow) GzipDecoder);
  if (!decoder || !decoder->init()) return nullptr;
  return decoder;
}

}  // namespace jotmill
