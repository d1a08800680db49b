#ifndef JOTMILL_TOOLS_BENCH_MEMORY_FILE_H_
#define JOTMILL_TOOLS_BENCH_MEMORY_FILE_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"

namespace jotmill::tools {

/// A file without a place on any disk (memfd_create): the engine reads it as it reads every file,
/// and no disk is measured by mistake. Where /proc is missing, which gives it a name, a file of
/// mode 0600 in /dev/shm or the folder of temporary files, which goes with it.
class MemoryFile {
 public:
  static Result<MemoryFile> create();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  ~MemoryFile();
  Status append(std::string_view bytes);
  /// A path that opens it anew, good within this process.
  const std::string& path() const { return path_; }

 private:
  MemoryFile(int fd, std::string path, bool on_disk);
  int fd_ = -1;
  std::string path_;
  bool on_disk_ = false;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_MEMORY_FILE_H_
