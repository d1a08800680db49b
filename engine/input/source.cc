#include "input/source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace jotmill {
namespace {

namespace fs = std::filesystem;

Error unreadable(const std::string& name, int errno_value) {
  return {ErrorKind::kUnreadable, name, std::generic_category().message(errno_value)};
}

std::uint64_t size_or_zero(const std::string& path) {
  struct stat st {};
  return ::stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode)
             ? static_cast<std::uint64_t>(st.st_size)
             : 0;
}

void walk(const std::string& directory, SourceList& list) {
  std::error_code error;
  std::vector<std::string> found;
  fs::recursive_directory_iterator it(directory, error), end;
  while (!error && it != end) {
    std::error_code type_error;
    if (it->is_regular_file(type_error)) {
      found.push_back(it->path().string());
    } else if (type_error) {
      list.unreadable.push_back(
          {ErrorKind::kUnreadable, it->path().string(), type_error.message()});
    } else if (it->is_directory(type_error) && !it->is_symlink(type_error) &&
               ::access(it->path().c_str(), R_OK | X_OK) != 0) {
      list.unreadable.push_back(unreadable(it->path().string(), errno));
      it.disable_recursion_pending();
    } else if (it->is_directory(type_error) && it->is_symlink(type_error)) {
      list.skipped.push_back(it->path().string() + ": a link to a directory is not followed");
    } else if (!it->is_directory(type_error)) {
      list.skipped.push_back(it->path().string() + ": not a regular file, skipped");
    }
    it.increment(error);
  }
  if (error) list.unreadable.push_back({ErrorKind::kUnreadable, directory, error.message()});
  std::sort(list.skipped.begin(), list.skipped.end());
  std::sort(found.begin(), found.end());
  for (std::string& path : found) {
    const std::uint64_t size = size_or_zero(path);
    list.sources.push_back({std::move(path), size});
  }
}

}  // namespace

SourceList list_sources(std::span<const std::string> inputs) {
  SourceList list;
  if (inputs.empty()) list.sources.push_back({"-", 0});
  for (const std::string& input : inputs) {
    if (input == "-") {
      list.sources.push_back({"-", 0});
      continue;
    }
    std::error_code error;
    const fs::file_status status = fs::status(input, error);
    if (fs::is_directory(status)) {
      walk(input, list);
    } else {
      // A file that is not there is found out by open(), so that its event stands in its place
      // among the others.
      list.sources.push_back({input, size_or_zero(input)});
    }
  }
  return list;
}

SourceReader::~SourceReader() { close(); }

void SourceReader::close() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
  fd_ = -1;
}

Status SourceReader::open(const std::string& name) {
  close();
  name_ = name;
  bytes_read_ = 0;
  regular_ = false;
  fd_ = name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return unreadable(name, errno);
  struct stat st {};
  if (::fstat(fd_, &st) != 0) return unreadable(name, errno);
  if (S_ISDIR(st.st_mode)) return unreadable(name, EISDIR);
  regular_ = S_ISREG(st.st_mode) && name != "-";
  device_ = st.st_dev;
  inode_ = st.st_ino;
  size_bytes_ = static_cast<std::uint64_t>(st.st_size);
  if (regular_) ::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  return Unit{};
}

/// A signal may be taken by another thread than the one that reads, so a silent pipe is watched and
/// the question asked again and again. Regular files never wait.
Status SourceReader::wait_for_bytes() {
  constexpr int kPatienceMs = 50;
  struct pollfd watched {
    fd_, POLLIN, 0
  };
  for (;;) {
    if (interrupted_()) return Error{ErrorKind::kInterrupted, name_, "interrupted"};
    if (::poll(&watched, 1, kPatienceMs) > 0) return Unit{};
  }
}

Result<std::size_t> SourceReader::read(std::uint8_t* to, std::size_t wanted) {
  // Linux reads at most 2 GiB - 4 KiB at a time; asking for less keeps the call portable.
  wanted = std::min<std::size_t>(wanted, std::size_t{1} << 30);
  for (;;) {
    if (!regular_ && interrupted_) {
      if (Status ready = wait_for_bytes(); !ready) return ready.error();
    }
    const ssize_t got = ::read(fd_, to, wanted);
    if (got >= 0) {
      bytes_read_ += static_cast<std::uint64_t>(got);
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) return unreadable(name_, errno);
  }
}

bool SourceReader::seek(std::uint64_t offset_bytes) {
  if (!regular_ || offset_bytes > size_bytes_) return false;
  if (::lseek(fd_, static_cast<::off_t>(offset_bytes), SEEK_SET) < 0) return false;
  bytes_read_ = offset_bytes;
  return true;
}

std::optional<std::string> SourceReader::changed(bool whole) const {
  if (!regular_) return std::nullopt;
  struct stat st {};
  if (::stat(name_.c_str(), &st) != 0)
    return "gone at the end: " + std::generic_category().message(errno);
  if (st.st_dev != device_ || st.st_ino != inode_) return "replaced by another file";
  const auto size_now = static_cast<std::uint64_t>(st.st_size);
  if (size_now != size_bytes_) {
    return "was " + std::to_string(size_bytes_) + " bytes, is " + std::to_string(size_now);
  }
  if (whole && bytes_read_ != size_bytes_) {
    return "of " + std::to_string(size_bytes_) + " bytes " + std::to_string(bytes_read_) +
           " were read";
  }
  return std::nullopt;
}

bool SourceReader::is_settled() const {
  struct stat st {};
  if (!regular_) return true;
  return ::fstat(fd_, &st) == 0 && static_cast<std::uint64_t>(st.st_size) == size_bytes_ &&
         bytes_read_ == size_bytes_;
}

}  // namespace jotmill
