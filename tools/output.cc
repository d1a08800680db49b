#include "tools/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tools/words.h"

namespace jotmill::tools {
namespace {

Error output_error(const std::string& name) {
  return Error{ErrorKind::kOutput, name, std::strerror(errno)};
}

/// Where names stand for what is open already (/dev/stdout, /proc/self/fd/1): nothing is put in
/// place of it. /dev/shm holds files like any other folder.
bool is_special_place(std::string_view path) {
  if (path.starts_with("/dev/shm/")) return false;
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string& path) {
  OutputFile out;
  out.path_ = path;
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (!exists && errno != ENOENT) return output_error(path);
  if (is_special_place(path) || (exists && !S_ISREG(info.st_mode))) {
    out.fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (out.fd_ < 0) return output_error(path);
    return out;
  }
  if (exists && ::access(path.c_str(), W_OK) != 0) return output_error(path);
  char* resolved = exists ? ::realpath(path.c_str(), nullptr) : nullptr;
  out.target_ = resolved != nullptr ? resolved : path;
  std::free(resolved);
  if (exists) out.mode_ = info.st_mode & 0777;
  // Whether it can be done is asked now, and nothing stays until it is.
  if (Status made = out.make_temporary(kNameless); !made) return made.error();
  out.drop();
  return out;
}

/// With a '/' at its end; empty: the current one.
std::string OutputFile::folder() const { return target_.substr(0, target_.rfind('/') + 1); }

/// kNameless: where the file system can, else named. A kill leaves nothing of a nameless one.
Status OutputFile::make_temporary(Naming naming) {
  const std::string place = folder();
  if (naming == kNameless) {
    fd_ = ::open(place.empty() ? "." : place.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  }
  if (fd_ < 0) {
    std::string temporary = place + ".jotmill-XXXXXX";
    fd_ = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd_ < 0) return output_error(path_);
    temporary_ = temporary;
  }
  // A new one has what it needs; some file systems know no modes.
  if (mode_ != 0600 && ::fchmod(fd_, mode_) != 0) return output_error(path_);
  return Unit{};
}

OutputFile::OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this == &other) return *this;
  drop();
  path_ = std::move(other.path_);
  target_ = std::move(other.target_);
  temporary_ = std::exchange(other.temporary_, {});
  mode_ = other.mode_;
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

OutputFile::~OutputFile() { drop(); }

void OutputFile::drop() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

Status OutputFile::finish(std::string_view content) {
  if (target_.empty()) {
    if (Status written = write_all(fd_, content, path_); !written) return written;
    return ::close(std::exchange(fd_, -1)) == 0 ? Status{Unit{}} : output_error(path_);
  }
  if (Status written = write_temporary(kNameless, content); !written) return written;
  if (temporary_.empty() && !give_name()) {
    drop();
    if (Status written = write_temporary(kNamed, content); !written) return written;
  }
  // A network or quota error may be told by close() alone.
  if (::close(std::exchange(fd_, -1)) != 0) return output_error(path_);
  if (temporary_.empty()) return Unit{};  // it has its place already
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return output_error(path_);
  temporary_.clear();
  return Unit{};
}

Status OutputFile::write_temporary(Naming naming, std::string_view content) {
  if (Status made = make_temporary(naming); !made) return made;
  if (Status written = write_all(fd_, content, path_); !written) return written;
  return ::fsync(fd_) == 0 ? Status{Unit{}} : output_error(path_);
}

/// Puts a nameless temporary in its place or, where something stands there, gives it a name to be
/// renamed from: no call puts a nameless file in the place of another. False: neither can be done.
bool OutputFile::give_name() {
  const std::string nameless = "/proc/self/fd/" + std::to_string(fd_);
  const auto link_as = [&](const std::string& name) {
    return ::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (link_as(target_)) return true;
  for (int attempt = 0; errno == EEXIST && attempt < 100; ++attempt) {
    const std::string name =
        folder() + ".jotmill-" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
    if (!link_as(name)) continue;
    temporary_ = name;
    return true;
  }
  return false;
}

Status write_all(int fd, std::string_view content, const std::string& name) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return output_error(name);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return Unit{};
}

bool reader_went_away(const Error& error) { return error.reason == std::strerror(EPIPE); }

int print(std::string_view content) {
  const Status written = write_all(STDOUT_FILENO, content, "standard output");
  if (written) return kExitOk;
  return reader_went_away(written.error()) ? kExitReaderGone : fail(written.error());
}

int print_to_stderr(std::string_view content) {
  const Status written = write_all(STDERR_FILENO, content, "standard error");
  if (written) return kExitOk;
  return reader_went_away(written.error()) ? kExitReaderGone : kExitOutput;
}

}  // namespace jotmill::tools
