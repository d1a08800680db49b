#include "tools/bench/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "tools/output.h"

namespace jotmill::tools {

namespace {

Error no_memory() { return Error{ErrorKind::kInternal, "memory for tokens", std::strerror(errno)}; }

}  // namespace

Result<MemoryFile> MemoryFile::create() {
  const int fd = ::memfd_create("jotmill-bench", MFD_CLOEXEC);
  if (fd < 0) return no_memory();
  std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (::access(path.c_str(), R_OK) == 0) return MemoryFile(fd, std::move(path), false);
  ::close(fd);
  const bool shared = ::access("/dev/shm", W_OK) == 0;
  std::error_code none;
  const std::filesystem::path folder =
      shared ? "/dev/shm" : std::filesystem::temp_directory_path(none);
  path = (folder / "jotmill-bench-XXXXXX").string();
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named < 0) return no_memory();
  return MemoryFile(named, std::move(path), true);
}

MemoryFile::MemoryFile(int fd, std::string path, bool on_disk)
    : fd_(fd), path_(std::move(path)), on_disk_(on_disk) {}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), on_disk_(other.on_disk_) {}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(on_disk_, other.on_disk_);
  return *this;
}

MemoryFile::~MemoryFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  if (on_disk_) ::unlink(path_.c_str());
}

Status MemoryFile::append(std::string_view bytes) {
  return write_all(fd_, bytes, "memory for tokens");
}

}  // namespace jotmill::tools
