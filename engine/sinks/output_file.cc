#include "sinks/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace jotmill {

OutputFile::~OutputFile() { close(); }

Status OutputFile::open(const std::string& path) {
  path_ = path;
  fd_ = path == "-" ? STDOUT_FILENO
                    : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd_ < 0) return Error{ErrorKind::kOutput, path, std::generic_category().message(errno)};
  compressor_.reset();
  if (compression_suffix(path).empty()) return Unit{};
  compressor_ = make_compressor(path);
  if (!compressor_) return Error{ErrorKind::kOutput, path, "no memory to compress it"};
  return Unit{};
}

void OutputFile::write(std::string_view bytes) {
  if (!compressor_) return write_raw(bytes);
  if (error_ || reader_went_away_) return;
  compressed_.clear();
  if (!compressor_->add(bytes, compressed_)) return fail_compression();
  write_raw(compressed_);
}

void OutputFile::write_raw(std::string_view bytes) {
  while (!bytes.empty() && !error_ && !reader_went_away_) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
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
