#ifndef JOTMILL_TESTS_SUPPORT_MEMORY_FILE_H_
#define JOTMILL_TESTS_SUPPORT_MEMORY_FILE_H_

// Files and pipes with a name, for readers that open what they read. They need no /proc, which a
// chroot may lack.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/catch.h"

namespace jotmill::testing {

/// A name that nobody has yet, in memory where there is such a place.
inline std::string fresh_name(int& fd) {
  const bool in_memory = ::access("/dev/shm", W_OK) == 0;
  const auto folder = in_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
  std::string name = (folder / "jotmill-XXXXXX").string();
  fd = ::mkstemp(name.data());
  REQUIRE(fd >= 0);
  return name;
}

/// A file whose bytes change: thousands of them would keep a disk busy for a minute.
class ChangingFile {
 public:
  ChangingFile() : path_(fresh_name(fd_)) {}
  ~ChangingFile() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  ChangingFile(const ChangingFile&) = delete;
  const std::string& holding(const std::string& bytes) {
    REQUIRE(::ftruncate(fd_, 0) == 0);
    REQUIRE(::pwrite(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    return path_;
  }

 private:
  int fd_ = -1;
  std::string path_;
};

/// A pipe that is opened by its name: to read it waits for a writer and the other way round; O_RDWR
/// waits for nobody.
class NamedPipe {
 public:
  NamedPipe() {
    int fd = -1;
    path_ = fresh_name(fd);
    ::close(fd);
    ::unlink(path_.c_str());
    REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
  }
  ~NamedPipe() { ::unlink(path_.c_str()); }
  NamedPipe(const NamedPipe&) = delete;
  const std::string& path() const { return path_; }
  int open(int how) const { return ::open(path_.c_str(), how | O_CLOEXEC); }

 private:
  std::string path_;
};

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_MEMORY_FILE_H_
