#include "sinks/lock.h"

#include <sys/file.h>

#include <cerrno>

namespace jotmill {

bool take_lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

Error held_by_another(const std::string& path) {
  return {ErrorKind::kUsage, path, "another run is writing it"};
}

}  // namespace jotmill
