#include "sinks/held_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "sinks/lock.h"

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

/// Whether `path` still leads to the file that was opened.
bool is_at(int fd, const std::string& path) {
  struct stat opened {
  }, named{};
  return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// The owner's alone from here on, whatever the umask took or left; false where a file system knows
/// no such thing.
bool is_private(int fd) {
  static_cast<void>(::fchmod(fd, 0600));
  struct stat info {};
  return ::fstat(fd, &info) == 0 && info.st_uid == ::geteuid() &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

void close_and_forget(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

/// Empty, or what a process left that was killed while it wrote.
bool is_left_over(int fd, std::string_view mark) {
  std::array<char, 64> begin{};
  const std::size_t most = std::min(begin.size(), mark.size());
  const ssize_t got = ::pread(fd, begin.data(), most, 0);
  return got >= 0 &&
         mark.starts_with(std::string_view(begin.data(), static_cast<std::size_t>(got)));
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

HeldFile::~HeldFile() {
  drop_next();
  close_and_forget(current_);
}

void HeldFile::drop_next() {
  if (next_ >= 0 && is_at(next_, next_path_)) ::unlink(next_path_.c_str());
  close_and_forget(next_);
}

Status HeldFile::take_next() {
  next_ = ::open(next_path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (next_ < 0) return failed(next_path_);
  struct stat info {};
  if (::fstat(next_, &info) != 0 || !S_ISREG(info.st_mode)) {
    close_and_forget(next_);
    return Error{ErrorKind::kOutput, next_path_, "it is there and no file"};
  }
  if (!take_lock(next_)) {
    close_and_forget(next_);
    return held_by_another(path_);
  }
  return Unit{};
}

Status HeldFile::hold(const std::string& path, std::string_view mark) {
  path_ = path;
  next_path_ = path + ".new";
  // More than a few rounds: a file system whose inodes are not the same twice.
  for (int round = 0; round < 100; ++round) {
    close_and_forget(current_);
    current_ = open_to_lock(path);
    if (current_ < 0 && errno != ENOENT) return failed(path);
    if (current_ >= 0 && !take_lock(current_)) {
      close_and_forget(current_);
      return held_by_another(path);
    }
    // Its owner may have replaced it between the two calls: then the lock is on what is gone.
    const auto exists = [&] { return ::access(path.c_str(), F_OK) == 0; };
    if (current_ >= 0 && !is_at(current_, path) && exists()) continue;
    if (Status taken = take_next(); !taken) {
      const bool nowhere = taken.error().kind == ErrorKind::kOutput;
      return nowhere ? Status(Error{ErrorKind::kOutput, path, taken.error().reason}) : taken;
    }
    // Nor may it have become the file itself since then.
    if (!is_at(next_, next_path_) || (current_ < 0 && exists())) {
      close_and_forget(next_);
      continue;
    }
    if (!is_left_over(next_, mark)) {
      close_and_forget(next_);
      return Error{ErrorKind::kUsage, path,
                   "is first written to " + next_path_ + ", which is there and something else"};
    }
    if (is_private(next_)) return Unit{};
    drop_next();
    return Error{ErrorKind::kUsage, path, "others may write to what is written there"};
  }
  return Error{ErrorKind::kOutput, path, "it changes all the time"};
}

Status HeldFile::replace(std::string_view bytes) {
  if (next_ >= 0 && !is_at(next_, next_path_)) close_and_forget(next_);  // somebody removed it
  if (next_ < 0) {
    if (Status taken = take_next(); !taken)
      return Error{ErrorKind::kOutput, path_, taken.error().reason};
  }
  if (!is_private(next_) || ::ftruncate(next_, 0) != 0 || ::lseek(next_, 0, SEEK_SET) < 0 ||
      !write_whole(next_, bytes) || ::fsync(next_) != 0) {
    Error error = failed(next_path_);
    [[maybe_unused]] const int emptied = ::ftruncate(next_, 0);  // gives back what it took
    return error;
  }
  if (::rename(next_path_.c_str(), path_.c_str()) != 0) return failed(path_);
  close_and_forget(current_);
  current_ = std::exchange(next_, -1);
  sync_folder_of(path_);
  return Unit{};
}

}  // namespace jotmill
