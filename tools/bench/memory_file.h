#ifndef JOTMILL_TOOLS_BENCH_MEMORY_FILE_H_
#define JOTMILL_TOOLS_BENCH_MEMORY_FILE_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"

namespace jotmill::tools {

/// A file without a place on any disk (memfd_create): the engine reads it as it reads every file,
/// and no disk is measured by mistake.
class MemoryFile {
 public:
  static Result<MemoryFile> create();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  ~MemoryFile();
  Status append(std::string_view bytes);
  /// A path that opens it anew, good within this process.
  std::string path() const;

 private:
  explicit MemoryFile(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_MEMORY_FILE_H_
