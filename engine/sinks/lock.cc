#include "sinks/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace jotmill {

bool take_lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

int open_to_lock(const std::string& path) {
  constexpr int kFlags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  const int fd = ::open(path.c_str(), O_RDWR | kFlags);
  return fd >= 0 || errno == ENOENT ? fd : ::open(path.c_str(), O_RDONLY | kFlags);
}

Error held_by_another(const std::string& path) {
  return {ErrorKind::kUsage, path, "another run is writing it"};
}

}  // namespace jotmill
