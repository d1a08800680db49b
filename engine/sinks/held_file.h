#ifndef JOTMILL_SINKS_HELD_FILE_H_
#define JOTMILL_SINKS_HELD_FILE_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"

namespace jotmill {

/// A small file that one process keeps to itself and replaces whole, again and again.
///
/// The process holds a lock (flock) on the file or, before there is one, on `path`.new, which every
/// replacement is written to: without a moment between them in which neither is held. Where a file
/// system has no locks it goes on without.
class HeldFile {
 public:
  HeldFile() = default;
  ~HeldFile();
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  /// Takes `path`, and changes nothing of it. `mark` is what the contents always begin with: a
  /// `path`.new that begins otherwise is not ours to write over; one that a killed process left is.
  /// kUsage: another process holds it, or `path`.new is something else. kOutput: nothing can be
  /// written there.
  Status hold(const std::string& path, std::string_view mark);

  /// `path` holds `bytes` after it, with mode 0600, and on the disk; after any failure, a kill or a
  /// loss of power it holds what it held before. After an error another call may do better. Error
  /// kOutput.
  Status replace(std::string_view bytes);

 private:
  Status take_next();
  void drop_next();

  std::string path_, next_path_;
  int current_ = -1;  ///< the file at path_, locked; -1 before there is one
  int next_ = -1;     ///< an empty file at next_path_, locked; -1: not made yet
};

}  // namespace jotmill

#endif  // JOTMILL_SINKS_HELD_FILE_H_
