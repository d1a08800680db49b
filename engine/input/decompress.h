#ifndef JOTMILL_INPUT_DECOMPRESS_H_
#define JOTMILL_INPUT_DECOMPRESS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "input/decoder.h"
#include "input/frame_batch.h"
#include "input/source.h"
#include "jotmill/result.h"
#include "jotmill/stats.h"

namespace jotmill {

/// The bytes of a source after decompression. gzip (RFC 1952, any number of members), zstd (RFC
/// 8878, frames and skippable frames) and xz (streams and their padding) are told by their first
/// bytes, never by the name; all else is handed through unchanged and, but for its first read,
/// uncopied. Memory: 256 KiB, and what the codec needs (a window of at most 128 MiB; some 16 MiB
/// for frames of known sizes, which are decoded many at once). A cut or damaged stream yields
/// everything before the damage and then one error.
class Decompressor final : public ByteReader {
 public:
  enum class Damage : std::uint8_t { kNone, kCut, kDamaged };

  /// Threads that decode frames of known sizes, with this one; 1 unless set. 0: one decoder goes
  /// through everything in sequence, as it does through a stream of unknown sizes.
  void set_threads(unsigned threads) { threads_ = threads; }

  /// Starts on a source that was just opened and outlives the reading. Reads nothing yet.
  void begin(ByteReader& source);

  /// Whether it is compressed: looks at the first bytes, and waits for them. What goes wrong is
  /// told by read().
  bool is_compressed();

  /// Before the first read() of a plain regular file: reading begins at `offset_bytes`, as if all
  /// before it had been handed out. False, and nothing changed, for everything else.
  bool skip_plain(std::uint64_t offset_bytes);

  /// Fills up to `wanted` (> 0) bytes at `to`; 0 means end. Errors kFormat (cut or damaged: see
  /// damage(); the reason has the codec and the offset in the compressed bytes), and those of
  /// the source. An error stays: the next call gives it again.
  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override;

  /// Whether a source that begins so is compressed.
  static bool is_packed(Bytes begin);

  /// Decompressed bytes handed out so far.
  std::uint64_t bytes_read() const override { return bytes_read_; }

  /// What the last error of read() means.
  Damage damage() const { return damage_; }
  InputEventKind event() const;

 private:
  Status refill();
  Status choose_codec();
  Result<std::size_t> read_plain(std::uint8_t* to, std::size_t wanted);
  Result<std::size_t> read_decoded(std::uint8_t* to, std::size_t wanted);
  Result<bool> decode_frames();
  void settle(const DecodeStep& step);
  Error fail(Error error);
  Bytes pending() const { return Bytes(raw_.data() + at_, have_ - at_); }

  ByteReader* source_ = nullptr;
  unsigned threads_ = 1;
  std::unique_ptr<Decoder> decoder_;    ///< null: plain bytes
  std::unique_ptr<FrameBatch> frames_;  ///< null: no codec with frames of known sizes
  bool in_sequence_ = false;            ///< the next frame is left to decoder_ ...
  bool all_in_sequence_ = false;        ///< ... and all that follow it
  std::vector<std::uint8_t> raw_;       ///< read from the source; [at_, have_) not yet taken
  std::size_t at_ = 0, have_ = 0;
  bool chosen_ = false;        ///< the codec is known
  bool source_ended_ = false;  ///< nothing comes after raw_
  bool ended_ = false;         ///< nothing more is decoded
  std::uint64_t bytes_read_ = 0;
  std::uint64_t sound_bytes_ = 0;  ///< decompressed bytes that the stream's own checks confirmed
  Damage damage_ = Damage::kNone;
  std::optional<Error> failure_;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_DECOMPRESS_H_
