#ifndef JOTMILL_SINKS_COMPRESS_H_
#define JOTMILL_SINKS_COMPRESS_H_

#include <memory>
#include <string>
#include <string_view>

namespace jotmill {

/// One compressed stream on its way out. It compresses fast rather than small: records are written
/// by one thread, and the run waits for it.
class Compressor {
 public:
  virtual ~Compressor() = default;
  /// Compresses `bytes` and appends what is ready to `out`; false: memory or the library failed.
  virtual bool add(std::string_view bytes, std::string& out) = 0;
  /// Appends all the rest and the end of the stream. Nothing may be added after it.
  virtual bool finish(std::string& out) = 0;
};

/// ".gz" or ".zst" when `path` ends so, else "".
std::string_view compression_suffix(std::string_view path);

/// By the suffix of `path`; null when it has none, or memory ran out.
std::unique_ptr<Compressor> make_compressor(std::string_view path);

/// RFC 1952, one member, without name or time: the same records give the same bytes.
std::unique_ptr<Compressor> make_gzip_compressor();
/// RFC 8878, one frame with a checksum.
std::unique_ptr<Compressor> make_zstd_compressor();

}  // namespace jotmill

#endif  // JOTMILL_SINKS_COMPRESS_H_
