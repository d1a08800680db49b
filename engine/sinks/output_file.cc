#include "sinks/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sinks/lock.h"

namespace jotmill {

OutputFile::~OutputFile() { close(); }

Status OutputFile::open(const std::string& path) {
  path_ = path;
  const auto failed = [&] {
    return Error{ErrorKind::kOutput, path, std::generic_category().message(errno)};
  };
  fd_ = path == "-" ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) return failed();
  struct stat info {};
  if (fd_ != STDOUT_FILENO && ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode)) {
    if (!take_lock(fd_)) return held_by_another(path);
    if (::ftruncate(fd_, 0) != 0) return failed();
  }
  compressor_.reset();
  if (compression_suffix(path).empty()) return Unit{};
  compressor_ = make_compressor(path);
  if (!compressor_) return Error{ErrorKind::kOutput, path, "no memory to compress it"};
  return Unit{};
}

Status OutputFile::open_to_resume(const std::string& path, std::uint64_t keep_bytes,
                                  const std::function<Status(int fd)>& why_not) {
  path_ = path;
  const auto fail_with = [&](int errno_value) {
    return Error{ErrorKind::kOutput, path, std::generic_category().message(errno_value)};
  };
  const int create = keep_bytes == 0 ? O_CREAT : 0;
  fd_ = ::open(path.c_str(), O_RDWR | create | O_CLOEXEC | O_NONBLOCK, 0600);
  if (fd_ < 0 && errno == ENOENT && create == 0)
    return Error{ErrorKind::kUsage, path,
                 "the records that the checkpoint speaks of are gone; remove it to begin anew"};
  if (fd_ < 0) return fail_with(errno);
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return fail_with(errno);
  if (!S_ISREG(info.st_mode))
    return Error{ErrorKind::kUsage, path, "a run with a checkpoint writes regular files alone"};
  if (!take_lock(fd_)) return held_by_another(path);
  if (static_cast<std::uint64_t>(info.st_size) < keep_bytes) {
    return Error{ErrorKind::kUsage, path,
                 "holds " + std::to_string(info.st_size) + " bytes, but the checkpoint speaks of " +
                     std::to_string(keep_bytes) + "; remove the checkpoint to begin anew"};
  }
  if (why_not) {
    if (Status sound = why_not(fd_); !sound) return sound.error();
  }
  const auto end = static_cast<::off_t>(keep_bytes);
  if (::ftruncate(fd_, end) != 0 || ::lseek(fd_, end, SEEK_SET) < 0) return fail_with(errno);
  size_bytes_ = keep_bytes;
  return Unit{};
}

bool OutputFile::sync() {
  if (!error_ && fd_ >= 0 && ::fdatasync(fd_) != 0) fail(errno);
  return !error_;
}

void OutputFile::write(std::string_view bytes) {
  if (!compressor_) return write_raw(bytes);
  if (error_ || reader_went_away_) return;
  compressed_.clear();
  if (!compressor_->add(bytes, compressed_)) return fail_compression();
  write_raw(compressed_);
}

void OutputFile::write_raw(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size() && !error_ && !reader_went_away_) {
    const ssize_t written = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
      size_bytes_ += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      fail(errno);
      if (!compressor_) cut_back(bytes.substr(0, done));
    }
  }
}

/// A disk that fills up takes a part of a record. `written` is what it took since the last record
/// that is known to be whole.
void OutputFile::cut_back(std::string_view written) {
  const std::size_t whole = written.rfind('\n') + 1;  // npos + 1 is 0
  const ::off_t end = ::lseek(fd_, 0, SEEK_CUR);
  struct stat info {};
  if (whole == written.size() || end < 0 || ::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) {
    return;
  }
  // Should this fail too, the error that is already told stands for both.
  [[maybe_unused]] const int cut =
      ::ftruncate(fd_, end - static_cast<::off_t>(written.size() - whole));
}

void OutputFile::close() {
  if (fd_ >= 0 && compressor_ && !error_ && !reader_went_away_) {
    compressed_.clear();
    if (compressor_->finish(compressed_)) {
      write_raw(compressed_);
    } else {
      fail_compression();
    }
  }
  compressor_.reset();
  if (fd_ > STDERR_FILENO && ::close(fd_) != 0 && errno != EINTR) fail(errno);
  fd_ = -1;
}

void OutputFile::fail(int errno_value) {
  if (errno_value == EPIPE) {
    reader_went_away_ = true;
  } else if (!error_) {
    error_ = Error{ErrorKind::kOutput, path_, std::generic_category().message(errno_value)};
  }
}

void OutputFile::fail_compression() {
  if (!error_) error_ = Error{ErrorKind::kOutput, path_, "compression failed"};
}

}  // namespace jotmill
