#ifndef JOTMILL_TOOLS_OUTPUT_H_
#define JOTMILL_TOOLS_OUTPUT_H_

#include <optional>
#include <string>
#include <string_view>

#include "jotmill/result.h"

namespace jotmill::tools {

/// One output file of a command, whole or not at all. A regular file is written without a name and
/// put in its place when its bytes are on the disk, so that a full disk, an interrupt or a kill
/// leaves the old one as it was and nothing beside it. It keeps the mode of the file that it
/// replaces, a new one gets 0600. A kill leaves `.jotmill-*` beside it only between the two calls
/// that replace an older file, and, where the file system knows no nameless files (NFS, FAT), while
/// it is written. Anything else (a pipe, /dev/full, whatever stands under /dev or /proc) is written
/// in place.
class OutputFile {
 public:
  /// Opens `path` for writing; every Error is kOutput. Opening before a long run finds a bad path
  /// while nothing is lost.
  static Result<OutputFile> open(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();  ///< without finish(): the temporary is removed

  /// Writes everything and puts the file in its place. To be called once.
  Status finish(std::string_view content);

 private:
  enum Naming { kNameless, kNamed };

  OutputFile() = default;
  std::string folder() const;
  Status make_temporary(Naming naming);
  Status write_temporary(Naming naming, std::string_view content);
  bool give_name();
  void drop();

  std::string path_;       ///< as given, for messages
  std::string target_;     ///< `path_` with symbolic links followed; empty: written in place
  std::string temporary_;  ///< its name; empty: there is none now, or it has no name
  unsigned mode_ = 0600;
  int fd_ = -1;
};

/// Writes all of `content` to `fd`. Error kOutput with `name` as its subject. EPIPE is
/// told apart by reader_went_away().
Status write_all(int fd, std::string_view content, const std::string& name);

/// Writes to standard output and returns the exit code: 0, 4 (said on standard error), or 141 when
/// the reader went away.
int print(std::string_view content);

/// The same to standard error; there is no place left to say what went wrong.
int print_to_stderr(std::string_view content);

/// Whether `error` of write_all says that nobody reads any more (EPIPE).
bool reader_went_away(const Error& error);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OUTPUT_H_
