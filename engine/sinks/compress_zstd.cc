#include <zstd.h>

#include <new>

#include "sinks/compress.h"

namespace jotmill {
namespace {

constexpr std::size_t kFrameRoomBytes = 128 * 1024;

class ZstdCompressor final : public Compressor {
 public:
  ~ZstdCompressor() override { ZSTD_freeCCtx(context_); }
  bool init() {
    context_ = ZSTD_createCCtx();
    return context_ &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, 1)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1));
  }

  bool add(std::string_view bytes, std::string& out) override {
    return run(bytes, ZSTD_e_continue, out);
  }
  bool finish(std::string& out) override { return run({}, ZSTD_e_end, out); }

 private:
  bool run(std::string_view bytes, ZSTD_EndDirective directive, std::string& out) {
    ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
    for (;;) {
      const std::size_t before = out.size();
      out.resize(before + kFrameRoomBytes);
      ZSTD_outBuffer to{out.data() + before, kFrameRoomBytes, 0};
      const std::size_t left = ZSTD_compressStream2(context_, &to, &from, directive);
      out.resize(before + to.pos);
      if (ZSTD_isError(left)) return false;
      if (directive == ZSTD_e_end ? left == 0 : from.pos == from.size) return true;
    }
  }

  ZSTD_CCtx* context_ = nullptr;
};

}  // namespace

std::unique_ptr<Compressor> make_zstd_compressor() {
  std::unique_ptr<ZstdCompressor> compressor(new (std::nothrow) ZstdCompressor);
  if (!compressor || !compressor->init()) return nullptr;
  return compressor;
}

}  // namespace jotmill
