#ifndef JOTMILL_INPUT_PART_READER_H_
#define JOTMILL_INPUT_PART_READER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/bytes.h"
#include "input/shard.h"
#include "input/source.h"
#include "jotmill/result.h"
#include "kernels/scan/scan.h"

namespace jotmill {

/// Reads the LF-ended records that begin in one part of a source, from the first of them to the end
/// of the last one, wherever that is. Problem: a record of a later part must carry the line number
/// that it has in the source, and only the bytes before it tell. So these are read too, as fast as
/// line ends can be counted; that is the part of one file at most for each shard. Parts that follow
/// each other give all bytes of the source, each once. Memory: 256 KiB.
class PartReader final : public ByteReader {
 public:
  explicit PartReader(kernels::ScanFn* scan) : scan_(scan) {}

  /// Starts on a source that was just opened, and reads nothing yet.
  void begin(ByteReader& source, const SourcePart& part);

  /// For telling the format of the source; before to_first_record().
  SourceHead head();

  /// The part is all of the source after all; before to_first_record().
  void take_all() { part_ = {.first = true, .to_end = true}; }
  bool to_end() const { return part_.to_end; }

  /// Goes to the first record that begins in the part, before the first read(). Where there is none
  /// read() finds its end at once. What goes wrong is told by read(), also that `interrupted` (may
  /// be empty; asked now and then) said true.
  RecordPlace to_first_record(const std::function<bool()>& interrupted);

  /// Fills up to `wanted` (> 0) bytes at `to`; 0 means the end of the part. Errors: the source's.
  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override;

  /// Handed out so far, of this part.
  std::uint64_t bytes_read() const override { return bytes_read_; }

 private:
  void refill(std::size_t wanted);
  std::size_t within_part(Bytes bytes);

  kernels::ScanFn* scan_;
  ByteReader* source_ = nullptr;
  SourcePart part_;
  std::vector<std::uint8_t> held_;  ///< read, not handed out: from held_begin_ on
  std::size_t held_begin_ = 0;
  std::uint64_t at_ = 0;  ///< offset in the source of what comes next
  std::uint64_t bytes_read_ = 0;
  bool at_end_ = false;  ///< of the source
  bool done_ = false;    ///< of the part
  std::optional<Error> failure_;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_PART_READER_H_
