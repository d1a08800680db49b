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

  bool at_boundary() const override { return !in_member_; }
  void passed_over(std::uint64_t frames) override { members_ += frames; }

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

class BgzfCodec final : public FrameCodec {
 public:
  ~BgzfCodec() override { inflateEnd(&z_); }
  bool init() { return inflateInit2(&z_, kGzipAlone) == Z_OK; }

  /// Only the form that every writer of BGZF makes: the size is the one extra field.
  FrameSizes measure(Bytes in) const override {
    constexpr std::uint8_t kHead[] = {0x1F, 0x8B, 8, 4};
    constexpr std::uint8_t kExtra[] = {6, 0, 'B', 'C', 2, 0};
    constexpr std::size_t kExtraAt = 10, kHeaderBytes = 18, kTrailerBytes = 8;
    constexpr std::uint32_t kMostUnpacked = 65536;
    for (std::size_t i = 0; i < sizeof kHead; ++i) {
      if (i == in.size()) return {.state = FrameSizes::State::kPart};
      if (in[i] != kHead[i]) return {};
    }
    for (std::size_t i = 0; i < sizeof kExtra; ++i) {
      if (kExtraAt + i >= in.size()) return {.state = FrameSizes::State::kPart};
      if (in[kExtraAt + i] != kExtra[i]) return {};
    }
    if (in.size() < kHeaderBytes) return {.state = FrameSizes::State::kPart};
    const std::size_t packed = std::size_t{in[16]} + std::size_t{in[17]} * 256 + 1;
    if (packed < kHeaderBytes + kTrailerBytes) return {};
    if (in.size() < packed) return {.state = FrameSizes::State::kPart};
    std::uint32_t unpacked = 0;
    for (std::size_t i = 0; i < 4; ++i) unpacked = unpacked << 8 | in[packed - 1 - i];
    if (unpacked > kMostUnpacked) return {};
    return {FrameSizes::State::kWhole, packed, unpacked};
  }

  bool decode(Bytes frame, std::span<std::uint8_t> out) override {
    std::uint8_t nothing = 0;
    inflateReset(&z_);
    z_.next_in = frame.data();
    z_.avail_in = static_cast<uInt>(frame.size());
    z_.next_out = out.empty() ? &nothing : out.data();
    z_.avail_out = static_cast<uInt>(out.size());
    return inflate(&z_, Z_FINISH) == Z_STREAM_END && z_.avail_in == 0 && z_.avail_out == 0;
  }

 private:
  z_stream z_{};
};

}  // namespace

std::unique_ptr<FrameCodec> make_bgzf_codec() {
  std::unique_ptr<BgzfCodec> codec(new (std::nothrow) BgzfCodec);
  if (!codec || !codec->init()) return nullptr;
  return codec;
}

std::unique_ptr<Decoder> make_gzip_decoder() {
  std::unique_ptr<GzipDecoder> decoder(new (std::nothrow) GzipDecoder);
  if (!decoder || !decoder->init()) return nullptr;
  return decoder;
}

}  // namespace jotmill
