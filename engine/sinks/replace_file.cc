#include "sinks/replace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace jotmill {
namespace {

Error failed(const std::string& path) {
  return {ErrorKind::kOutput, path, std::generic_category().message(errno)};
}

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

int open_new(const std::string& temporary) {
  ::unlink(temporary.c_str());
  return ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/// The new name is safe once its folder is.
void sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a folder that may not be read; its file system will see to it
  static_cast<void>(::fsync(fd));
  ::close(fd);
}

}  // namespace

std::string temporary_of(const std::string& path) { return path + ".new"; }

Status replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = temporary_of(path);
  const int fd = open_new(temporary);
  if (fd < 0) return failed(temporary);
  const bool written = write_whole(fd, bytes) && ::fsync(fd) == 0;
  const Error error = failed(temporary);
  ::close(fd);
  if (!written) {
    ::unlink(temporary.c_str());
    return error;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    Error renamed = failed(path);
    ::unlink(temporary.c_str());
    return renamed;
  }
  sync_folder_of(path);
  return Unit{};
}

Status check_replaceable(const std::string& path) {
  const std::string temporary = temporary_of(path);
  const int fd = open_new(temporary);
  if (fd < 0) return failed(path);
  ::close(fd);
  ::unlink(temporary.c_str());
  return Unit{};
}

}  // namespace jotmill
