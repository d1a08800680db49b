#ifndef JOTMILL_INPUT_SOURCE_H_
#define JOTMILL_INPUT_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "jotmill/result.h"

namespace jotmill {

/// One input: a file or standard input.
struct SourceEntry {
  std::string
      name;  ///< the path as given, or found below a directory as given; "-" for standard input
  std::uint64_t size_bytes = 0;  ///< of a regular file when it was listed; 0 otherwise
};

struct SourceList {
  std::vector<SourceEntry> sources;
  /// Directories that could not be read, and links to nothing: one Error each (kUnreadable). They
  /// do not stop a run, they are events of it.
  std::vector<Error> unreadable;
  /// What was found in a directory and is no input, in words: directories that are read by another
  /// path, links to one above, pipes, sockets, devices. Sorted.
  std::vector<std::string> skipped;
};

/// Resolves the arguments of a run. A directory gives all regular files below it, sorted by path
/// byte for byte; links are followed, and each directory is read once. No argument means standard
/// input.
SourceList list_sources(std::span<const std::string> inputs);

/// Where a record begins in its source.
struct RecordPlace {
  std::uint64_t offset_bytes = 0;
  std::uint64_t line = 1;  ///< 1-based
};

/// What the format of a source is told by (sniff_format()): its first bytes, at most kHeadBytes.
struct SourceHead {
  Bytes bytes;
  bool whole = false;  ///< they are all of it, so that the last line is complete
};
inline constexpr std::size_t kHeadBytes = 64 * 1024;

/// Bytes of an input one after the other.
class ByteReader {
 public:
  virtual ~ByteReader() = default;
  /// Fills up to `wanted` bytes at `to`; 0 means end.
  virtual Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) = 0;
  /// How many read() has handed out so far.
  virtual std::uint64_t bytes_read() const = 0;
  /// Goes on at this offset, as if all before it had been read; false, and nothing done, where that
  /// cannot be.
  virtual bool seek([[maybe_unused]] std::uint64_t offset_bytes) { return false; }
};

/// Reads one source with read(), never mmap: a file that is truncated under a map kills the
/// process.
class SourceReader final : public ByteReader {
 public:
  SourceReader() = default;
  ~SourceReader() override;
  SourceReader(const SourceReader&) = delete;
  SourceReader& operator=(const SourceReader&) = delete;

  /// Opens `name` ("-": standard input). Error kUnreadable with the system's reason.
  Status open(const std::string& name);

  /// Asked while a pipe or terminal is silent; true makes read() fail with kInterrupted. May be
  /// empty.
  void set_interrupted(std::function<bool()> interrupted) { interrupted_ = std::move(interrupted); }

  /// Fills up to `wanted` bytes at `to`; 0 means end. Interrupted calls are repeated. Errors
  /// kUnreadable, kInterrupted.
  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override;

  /// Reading goes on at `offset_bytes` of a regular file that is at least so long, as if all before
  /// it had been read; false for everything else.
  bool seek(std::uint64_t offset_bytes) override;

  /// After the end: whether a regular file is still the one that was opened, as long as it was
  /// then, and was read whole. The reason in words when it is not (inputs.md, input_changed).
  /// Of one that was read in part, with `whole` false, all but the last.
  std::optional<std::string> changed(bool whole = true) const;

  /// Whether what was read is a regular file to the end that it had when it was opened and has
  /// now. True for everything else.
  bool is_settled() const;

  /// Of a regular file when it was opened; 0 otherwise.
  std::uint64_t size_bytes() const { return regular_ ? size_bytes_ : 0; }

  /// As they stand in the file: before decompression. Any thread may ask, for a progress line.
  std::uint64_t bytes_read() const override { return bytes_read_; }
  void close();

 private:
  Status wait_for_bytes();

  std::string name_;
  std::function<bool()> interrupted_;
  int fd_ = -1;
  bool regular_ = false;
  std::uint64_t device_ = 0, inode_ = 0, size_bytes_ = 0;
  std::atomic<std::uint64_t> bytes_read_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_SOURCE_H_
