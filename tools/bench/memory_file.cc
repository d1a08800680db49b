#include "tools/bench/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "tools/output.h"

namespace jotmill::tools {

Result<MemoryFile> MemoryFile::create() {
  const int fd = ::memfd_create("jotmill-bench", MFD_CLOEXEC);
  if (fd < 0) return Error{ErrorKind::kInternal, "memory for tokens", std::strerror(errno)};
  return MemoryFile(fd);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status MemoryFile::append(std::string_view bytes) {
  return write_all(fd_, bytes, "memory for tokens");
}

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

}  // namespace jotmill::tools
