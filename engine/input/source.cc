#include "input/source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
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

/// The files below a directory. Links to directories are followed: logs are often kept elsewhere.
/// Each directory is read once, by its own path where it has one below the root, else by the first
/// link to it in the order of paths, whatever order the system lists them in; so loops end.
class DirectoryWalk {
 public:
  explicit DirectoryWalk(SourceList& list) : list_(list) {}

  void walk(const std::string& root) {
    note_above(root);
    directories_.insert(root);
    while (!directories_.empty() || !links_.empty()) {
      const bool linked = directories_.empty();
      const std::string path = take_first(linked ? links_ : directories_);
      if (is_due(path)) read(path);
    }
    std::sort(list_.skipped.begin(), list_.skipped.end());
    std::sort(found_.begin(), found_.end());
    for (std::string& path : found_) {
      const std::uint64_t size = size_or_zero(path);
      list_.sources.push_back({std::move(path), size});
    }
  }

 private:
  using Id = std::pair<dev_t, ino_t>;

  static std::string take_first(std::set<std::string>& paths) {
    return std::move(paths.extract(paths.begin()).value());
  }

  /// A link to a directory above the root would bring in everything beside the root.
  void note_above(const std::string& root) {
    std::error_code error;
    fs::path path = fs::canonical(root, error);
    struct stat st {};
    while (!error && path.has_relative_path()) {
      path = path.parent_path();
      if (::stat(path.c_str(), &st) == 0) above_.insert({st.st_dev, st.st_ino});
    }
  }

  bool is_due(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0 || ::access(path.c_str(), R_OK | X_OK) != 0) {
      list_.unreadable.push_back(unreadable(path, errno));
      return false;
    }
    const Id id{st.st_dev, st.st_ino};
    if (above_.count(id) > 0) {
      list_.skipped.push_back(path + ": a link to a directory above is not followed");
      return false;
    }
    const auto [first, added] = read_as_.emplace(id, path);
    if (!added) list_.skipped.push_back(path + ": the same directory as " + first->second);
    return added;
  }

  void read(const std::string& directory) {
    std::error_code error;
    fs::directory_iterator it(directory, error), end;
    for (; !error && it != end; it.increment(error)) take(*it);
    if (error) list_.unreadable.push_back({ErrorKind::kUnreadable, directory, error.message()});
  }

  void take(const fs::directory_entry& entry) {
    const std::string& path = entry.path().native();
    std::error_code error;
    const fs::file_status status = entry.status(error);
    if (error) {
      list_.unreadable.push_back({ErrorKind::kUnreadable, path, error.message()});
    } else if (fs::is_regular_file(status)) {
      found_.push_back(path);
    } else if (fs::is_directory(status)) {
      (entry.is_symlink(error) ? links_ : directories_).insert(path);
    } else {
      list_.skipped.push_back(path + ": not a regular file, skipped");
    }
  }

  SourceList& list_;
  std::vector<std::string> found_;
  std::set<std::string> directories_, links_;  ///< to be read
  std::map<Id, std::string> read_as_;
  std::set<Id> above_;
};

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
      DirectoryWalk(list).walk(input);
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
