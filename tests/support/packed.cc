#include "support/packed.h"

#define ZLIB_CONST
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <stdexcept>

namespace jotmill::testing {
namespace {

void must(bool held) {
  if (!held) throw std::runtime_error("a compression library failed in a test's own code");
}

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Takes one byte at a time; what comes out is appended to `out`. False: damaged.
class Unpacker {
 public:
  virtual ~Unpacker() = default;
  virtual bool feed(const std::uint8_t& byte, std::string& out) = 0;
  virtual bool at_end() const = 0;
};

class GzipUnpacker final : public Unpacker {
 public:
  GzipUnpacker() { must(inflateInit2(&z_, 15 + 16) == Z_OK); }
  ~GzipUnpacker() override { inflateEnd(&z_); }
  bool feed(const std::uint8_t& byte, std::string& out) override {
    if (at_end_) inflateReset(&z_);
    at_end_ = false;
    z_.next_in = &byte;
    z_.avail_in = 1;
    do {
      z_.next_out = room_;
      z_.avail_out = sizeof room_;
      const int code = inflate(&z_, Z_SYNC_FLUSH);
      out.append(reinterpret_cast<char*>(room_), sizeof room_ - z_.avail_out);
      at_end_ = code == Z_STREAM_END;
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return false;
    } while (z_.avail_out == 0);
    return true;
  }
  bool at_end() const override { return at_end_; }

 private:
  z_stream z_{};
  bool at_end_ = false;
  std::uint8_t room_[4096];
};

class ZstdUnpacker final : public Unpacker {
 public:
  ~ZstdUnpacker() override { ZSTD_freeDCtx(context_); }
  bool feed(const std::uint8_t& byte, std::string& out) override {
    ZSTD_inBuffer from{&byte, 1, 0};
    ZSTD_outBuffer to{};
    do {
      to = {room_, sizeof room_, 0};
      const std::size_t code = ZSTD_decompressStream(context_, &to, &from);
      if (ZSTD_isError(code)) return false;
      out.append(room_, to.pos);
      at_end_ = code == 0;
      if (at_end_) break;
    } while (to.pos == to.size);
    return true;
  }
  bool at_end() const override { return at_end_; }

 private:
  ZSTD_DCtx* context_ = ZSTD_createDCtx();
  bool at_end_ = false;
  char room_[4096];
};

class XzUnpacker final : public Unpacker {
 public:
  ~XzUnpacker() override { lzma_end(&xz_); }
  bool feed(const std::uint8_t& byte, std::string& out) override {
    if (at_end_) must(lzma_stream_decoder(&xz_, UINT64_MAX, 0) == LZMA_OK);
    at_end_ = false;
    xz_.next_in = &byte;
    xz_.avail_in = 1;
    do {
      xz_.next_out = room_;
      xz_.avail_out = sizeof room_;
      const lzma_ret code = lzma_code(&xz_, LZMA_RUN);
      out.append(reinterpret_cast<char*>(room_), sizeof room_ - xz_.avail_out);
      at_end_ = code == LZMA_STREAM_END;
      if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR) return false;
    } while (xz_.avail_out == 0);
    return true;
  }
  bool at_end() const override { return at_end_; }

 private:
  lzma_stream xz_ = LZMA_STREAM_INIT;
  bool at_end_ = true;
  std::uint8_t room_[4096];
};

std::unique_ptr<Unpacker> make_unpacker(Packing packing) {
  switch (packing) {
    case Packing::kGzip: return std::make_unique<GzipUnpacker>();
    case Packing::kZstd: return std::make_unique<ZstdUnpacker>();
    case Packing::kXz: break;
  }
  return std::make_unique<XzUnpacker>();
}

}  // namespace

namespace {

std::string bgzf_block(std::string_view bytes) {
  z_stream z{};
  must(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string body(deflateBound(&z, bytes.size()), '\0');
  z.next_in = bytes_of(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(body.data());
  z.avail_out = static_cast<uInt>(body.size());
  must(deflate(&z, Z_FINISH) == Z_STREAM_END);
  body.resize(z.total_out);
  deflateEnd(&z);
  std::string block("\x1F\x8B\x08\x04\0\0\0\0\0\xFF\x06\0BC\x02\0", 16);
  const auto append = [&block](std::size_t number, int width) {
    for (int i = 0; i < width; ++i, number >>= 8) block += static_cast<char>(number & 0xFF);
  };
  append(body.size() + 25, 2);
  block += body;
  append(crc32(0, bytes_of(bytes), static_cast<uInt>(bytes.size())), 4);
  append(bytes.size(), 4);
  return block;
}

}  // namespace

std::string bgzf(std::string_view bytes, std::size_t block_bytes) {
  std::string packed;
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes) {
    packed += bgzf_block(bytes.substr(at, block_bytes));
  }
  return packed + bgzf_block("");
}

std::string gzip(std::string_view bytes, int level, const char* header_name) {
  z_stream z{};
  must(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  gz_header header{};
  std::string file_name = header_name;
  header.name = reinterpret_cast<Bytef*>(file_name.data());
  if (!file_name.empty()) must(deflateSetHeader(&z, &header) == Z_OK);
  std::string out(deflateBound(&z, bytes.size()) + file_name.size(), '\0');
  z.next_in = bytes_of(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  must(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::string zstd(std::string_view bytes, int level, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  must(context != nullptr);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log > 0) {
    must(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log)));
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  }
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  // In two calls: a frame that is made in one is shrunk to the size of its content.
  must(!ZSTD_isError(ZSTD_compressStream2(context, &to, &from, ZSTD_e_continue)));
  must(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end) == 0);
  out.resize(to.pos);
  ZSTD_freeCCtx(context);
  return out;
}

std::string zstd_skippable(std::string_view bytes) {
  std::string frame = "\x5A\x2A\x4D\x18";
  for (int shift = 0; shift < 32; shift += 8) frame += static_cast<char>(bytes.size() >> shift);
  return frame.append(bytes);
}

std::string xz(std::string_view bytes, unsigned preset, unsigned dictionary_bytes) {
  lzma_options_lzma options;
  must(!lzma_lzma_preset(&options, preset));
  if (dictionary_bytes > 0) options.dict_size = dictionary_bytes;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
  std::size_t size = 0;
  must(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC64, nullptr, bytes_of(bytes), bytes.size(),
                                 reinterpret_cast<std::uint8_t*>(out.data()), &size,
                                 out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}

const char* name(Packing packing) {
  switch (packing) {
    case Packing::kGzip: return "gzip";
    case Packing::kZstd: return "zstd";
    case Packing::kXz: break;
  }
  return "xz";
}

std::string pack(Packing packing, std::string_view bytes) {
  switch (packing) {
    case Packing::kGzip: return gzip(bytes);
    case Packing::kZstd: return zstd(bytes);
    case Packing::kXz: break;
  }
  return xz(bytes);
}

std::vector<std::size_t> sizes_of_prefixes(Packing packing, std::string_view packed) {
  const std::unique_ptr<Unpacker> unpacker = make_unpacker(packing);
  std::vector<std::size_t> sizes = {0};
  std::string out;
  for (const char& byte : packed) {
    must(unpacker->feed(*reinterpret_cast<const std::uint8_t*>(&byte), out));
    sizes.push_back(out.size());
  }
  return sizes;
}

std::optional<std::string> unpack(Packing packing, std::string_view packed) {
  const std::unique_ptr<Unpacker> unpacker = make_unpacker(packing);
  std::string out;
  for (const char& byte : packed) {
    if (!unpacker->feed(*reinterpret_cast<const std::uint8_t*>(&byte), out)) return std::nullopt;
  }
  if (!unpacker->at_end()) return std::nullopt;
  return out;
}

}  // namespace jotmill::testing
