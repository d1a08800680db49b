#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <new>

#include "sinks/compress.h"

namespace jotmill {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // zlib counts in 32 bits
constexpr std::size_t kDeflateRoomBytes = 64 * 1024;
constexpr int kGzip = 15 + 16;  ///< the largest window; gzip's header and trailer
constexpr int kMemoryLevel = 8;

class GzipCompressor final : public Compressor {
 public:
  ~GzipCompressor() override { deflateEnd(&z_); }
  bool init() {
    return deflateInit2(&z_, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemoryLevel, Z_DEFAULT_STRATEGY) ==
           Z_OK;
  }

  bool add(std::string_view bytes, std::string& out) override {
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, kMostAtOnce);
      bytes.remove_prefix(piece.size());
      if (!run(piece, Z_NO_FLUSH, out)) return false;
    }
    return true;
  }

  bool finish(std::string& out) override { return run({}, Z_FINISH, out); }

 private:
  bool run(std::string_view bytes, int flush, std::string& out) {
    z_.next_in = reinterpret_cast<const Bytef*>(bytes.data());
    z_.avail_in = static_cast<uInt>(bytes.size());
    for (;;) {
      const std::size_t before = out.size();
      out.resize(before + kDeflateRoomBytes);
      z_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      z_.avail_out = static_cast<uInt>(kDeflateRoomBytes);
      const int code = deflate(&z_, flush);
      const bool full = z_.avail_out == 0;
      out.resize(out.size() - z_.avail_out);
      if (code == Z_STREAM_END) return true;
      if (code != Z_OK && code != Z_BUF_ERROR) return false;  // Z_BUF_ERROR: nothing was left to do
      if (!full) return flush == Z_NO_FLUSH;
    }
  }

  z_stream z_{};
};

}  // namespace

std::unique_ptr<Compressor> make_gzip_compressor() {
  std::unique_ptr<GzipCompressor> compressor(new (std::nothrow) GzipCompressor);
  if (!compressor || !compressor->init()) return nullptr;
  return compressor;
}

}  // namespace jotmill
