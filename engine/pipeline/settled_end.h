#ifndef JOTMILL_PIPELINE_SETTLED_END_H_
#define JOTMILL_PIPELINE_SETTLED_END_H_

#include <optional>
#include <string>
#include <utility>

#include "input/source.h"

namespace jotmill {

/// The bytes of a source as another reader makes them of it. Where that one ends, and the file was
/// written to meanwhile, the end is an error like a cut: what is unfinished there may be half a
/// record that is being cut off or written, and nobody judges half a record.
class SettledEnd final : public ByteReader {
 public:
  explicit SettledEnd(const SourceReader& source) : source_(source) {}
  /// `whole`: at the end of `reader` all of the source has been read.
  void begin(ByteReader& reader, bool whole) {
    reader_ = &reader;
    whole_ = whole;
    changed_ = false;
  }

  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override {
    Result<std::size_t> got = reader_->read(to, wanted);
    if (!got || got.value() > 0 || source_.is_settled()) return got;
    std::optional<std::string> reason = source_.changed(whole_);
    if (!reason) return got;
    changed_ = true;
    return Error{ErrorKind::kUnreadable, "", *std::move(reason)};
  }
  std::uint64_t bytes_read() const override { return reader_->bytes_read(); }
  bool seek(std::uint64_t offset_bytes) override { return reader_->seek(offset_bytes); }

  /// Whether that is what the error of read() says.
  bool changed() const { return changed_; }

 private:
  const SourceReader& source_;
  ByteReader* reader_ = nullptr;
  bool whole_ = true, changed_ = false;
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_SETTLED_END_H_
