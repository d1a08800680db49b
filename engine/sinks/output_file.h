#ifndef JOTMILL_SINKS_OUTPUT_FILE_H_
#define JOTMILL_SINKS_OUTPUT_FILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "jotmill/result.h"
#include "sinks/compress.h"

namespace jotmill {

/// Where verdict records go, in order. A new file gets mode 0600 (records speak about credentials);
/// an existing regular file is emptied and written anew, unless another run writes it (a lock
/// tells); anything else (a pipe, a device) is written in place. Writing goes on to the last byte
/// or the first error, and after an error nothing more is written: no half records behind a hole,
/// and none at the end of a regular file, which is cut back to its last whole line. A name that
/// ends in .gz or .zst is written as one gzip member or zstd frame, which close() makes whole, also
/// after an interrupt.
class OutputFile {
 public:
  OutputFile() = default;
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// `path` "-": standard output. Errors kOutput, and kUsage when another run holds it.
  Status open(const std::string& path);
  /// The same for a file that a later run can go on with: a regular one, not compressed. Its first
  /// `keep_bytes` stay, and writing goes on behind them; all else is cut off. `why_not`, if given,
  /// is asked with the open file before anything is changed.
  Status open_to_resume(const std::string& path, std::uint64_t keep_bytes,
                        const std::function<Status(int fd)>& why_not);
  /// Bytes from the start of the file, after open_to_resume().
  std::uint64_t size_bytes() const { return size_bytes_; }
  /// All that was written is on the disk; false: it is not, and error() says why.
  bool sync();
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

  /// Writes all of `bytes`, unless something failed before.
  void write(std::string_view bytes);

  /// Ends a compressed stream, flushes to the file system and closes; also tells late errors (a
  /// full disk may show only here).
  void close();

  /// The first error, if any; the reader went away (EPIPE) is told apart.
  const std::optional<Error>& error() const { return error_; }
  bool reader_went_away() const { return reader_went_away_; }

 private:
  void write_raw(std::string_view bytes);
  void cut_back(std::string_view written);
  void fail(int errno_value);
  void fail_compression();

  std::string path_;
  std::uint64_t size_bytes_ = 0;
  int fd_ = -1;
  std::unique_ptr<Compressor> compressor_;  ///< null: as it is
  std::string compressed_;                  ///< on its way to the file
  std::optional<Error> error_;
  bool reader_went_away_ = false;
};

}  // namespace jotmill

#endif  // JOTMILL_SINKS_OUTPUT_FILE_H_
