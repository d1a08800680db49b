#include "sinks/compress.h"

namespace jotmill {

std::string_view compression_suffix(std::string_view path) {
  for (const std::string_view suffix : {".gz", ".zst"}) {
    if (path.ends_with(suffix)) return suffix;
  }
  return {};
}

std::unique_ptr<Compressor> make_compressor(std::string_view path) {
  const std::string_view suffix = compression_suffix(path);
  if (suffix == ".gz") return make_gzip_compressor();
  if (suffix == ".zst") return make_zstd_compressor();
  return nullptr;
}

}  // namespace jotmill
