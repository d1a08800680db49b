#include "tests/cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "tests/cli/workspace.h"

namespace jotmill::cli_test {
namespace {

using Clock = std::chrono::steady_clock;

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  return ends;
}

/// A terminal: {what we read, what the program writes to}.
std::array<int, 2> make_terminal() {
  std::array<int, 2> ends{};
  if (::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) != 0) {
    throw std::runtime_error("openpty");
  }
  for (const int fd : ends) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return ends;
}

[[noreturn]] void become_program(const Start& start, int in, int out, int err) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (::chdir((start.folder.empty() ? test_folder() : start.folder).c_str()) != 0) ::_exit(126);
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("JOTMILL_CPU_MASK");
  if (const char* mask = std::getenv("JOTMILL_TEST_CPU_MASK"))
    ::setenv("JOTMILL_CPU_MASK", mask, 1);
  for (const auto& [name, value] : start.env) ::setenv(name.c_str(), value.c_str(), 1);
  if (!start.stderr_path.empty()) {
    const int file = ::open(start.stderr_path.c_str(), O_WRONLY | O_APPEND);
    if (file < 0) ::_exit(126);
    ::dup2(file, STDERR_FILENO);
    ::close(file);
  }
  for (const int fd : start.closed) ::close(fd);
  const char* binary = std::getenv("JOTMILL_BINARY");
  std::vector<char*> argv = {const_cast<char*>("jotmill")};
  for (const std::string& arg : start.args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  if (binary != nullptr) ::execv(binary, argv.data());
  ::_exit(127);
}

/// Opens `path` from the test's folder for the program's input or output.
int open_for(const std::string& path, int flags) {
  const int fd = ::open(in_folder(path).c_str(), flags | O_CLOEXEC, 0644);
  if (fd < 0) throw std::runtime_error("cannot open " + path);
  return fd;
}

/// Appends what there is to read; closes at the end of the stream.
void drain(int& fd, std::string& target) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count > 0) {
    target.append(buffer.data(), static_cast<std::size_t>(count));
  } else {
    ::close(std::exchange(fd, -1));
  }
}

}  // namespace

Running::Running(const Start& start)
    : args_(start.args), stdout_path_(start.stdout_path), before_(files_now()) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto in = make_pipe();
  const auto out = start.terminal ? make_terminal() : make_pipe();
  const auto err = make_pipe();
  const int child_in = start.stdin_path.empty() ? in[0] : open_for(start.stdin_path, O_RDONLY);
  const int child_out = start.stdout_path.empty()
                            ? out[1]
                            : open_for(start.stdout_path, O_WRONLY | O_CREAT | O_APPEND);
  if (start.close_stdout) ::close(out[0]);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    become_program(start, child_in, child_out, start.terminal ? child_out : err[1]);
  }
  for (const int fd : {in[0], out[1], err[1]}) ::close(fd);
  if (child_in != in[0]) ::close(child_in);
  if (child_out != out[1]) ::close(child_out);
  in_ = in[1];
  out_ = start.close_stdout ? -1 : out[0];
  err_ = err[0];
}

Running::~Running() {
  for (const int fd : {in_, out_, err_}) {
    if (fd >= 0) ::close(fd);
  }
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Running::write(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t count = ::write(in_, text.data() + at, text.size() - at);
    if (count < 0) return;  // the program does not read any more; its end will tell
    at += static_cast<std::size_t>(count);
  }
}

void Running::close_input() {
  if (in_ >= 0) ::close(std::exchange(in_, -1));
}

void Running::signal(int number) { ::kill(pid_, number); }

bool Running::pump(int timeout_ms) {
  std::array<pollfd, 2> fds = {pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  ::poll(fds.data(), fds.size(), timeout_ms);
  if (fds[0].revents != 0) drain(out_, ended_.out);
  if (fds[1].revents != 0) drain(err_, ended_.err);
  return out_ >= 0 || err_ >= 0;
}

void Running::run_on_until_read() {
  int unread = 1;
  for (int i = 0; i < 1000 && unread > 0; ++i) {
    run_on(10);
    if (::ioctl(in_, FIONREAD, &unread) != 0) throw std::runtime_error("FIONREAD");
  }
}

void Running::run_on_until_it_catches(int number) {
  for (int i = 0; i < 1000; ++i) {
    run_on(10);
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    bool ours = false;  // before it becomes the program it is a fork of the test, which catches too
    for (std::string line; std::getline(status, line);) {
      ours = ours || line == "Name:\tjotmill";
      if (!ours || !line.starts_with("SigCgt:")) continue;
      if ((std::stoull(line.substr(7), nullptr, 16) >> (number - 1) & 1) != 0) return;
    }
  }
}

void Running::run_on(int milliseconds) {
  const auto limit = Clock::now() + std::chrono::milliseconds(milliseconds);
  while (Clock::now() < limit) pump(10);
}

Ended Running::wait() {
  const auto limit = Clock::now() + std::chrono::seconds(60);
  while (pump(1000)) {
    if (Clock::now() > limit) ::kill(pid_, SIGKILL);
  }
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, WNOHANG, &usage) == 0) {
    if (Clock::now() > limit) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  pid_ = -1;
  ended_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended_.max_rss_kib = usage.ru_maxrss;
  ended_.dumped_core = WIFSIGNALED(status) && WCOREDUMP(status);
  check_outputs();
  return ended_;
}

Running::Files Running::files_now() {
  namespace fs = std::filesystem;
  Files files;
  std::error_code error;
  if (test_folder().empty()) return files;
  for (fs::recursive_directory_iterator at(test_folder(), error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_symlink(error) || !at->is_regular_file(error)) continue;
    files[at->path().string()] = {at->file_size(error),
                                  at->last_write_time(error).time_since_epoch().count()};
  }
  return files;
}

void Running::check_outputs() const {
  namespace fs = std::filesystem;
  const auto given = [this](std::string_view arg) {
    return std::find(args_.begin(), args_.end(), arg) != args_.end();
  };
  if (given("generate") || given("--raw")) return;
  std::string command;
  for (const std::string& arg : args_) command += ' ' + arg;
  const auto check = [&](const std::string& text, const std::string& where) {
    if (holds_secret(text))
      throw std::runtime_error("a piece of a token or secret stands in " + where + " of jotmill" +
                               command);
  };
  check(ended_.out, "standard output");
  check(ended_.err, "standard error");
  constexpr std::uintmax_t kMostBytes = 64 << 20;
  std::error_code error;
  for (const auto& [path, now] : files_now()) {
    const auto before = before_.find(path);
    if ((before != before_.end() && before->second == now) || now.first > kMostBytes) continue;
    const fs::file_status status = fs::status(path, error);
    std::ifstream file(path, std::ios::binary);
    if (!file && errno != ENOENT) throw std::runtime_error("cannot read " + path);
    // Another run that is still at work has renamed its file since the walk.
    if (!file || !fs::exists(status)) continue;
    check({std::istreambuf_iterator<char>(file), {}}, path);
    // What run() writes for another one meanwhile is no output.
    const bool ours = path == in_folder(stdout_path_) || path == in_folder("standard-input");
    if (before != before_.end() || ours) continue;
    if ((status.permissions() & fs::perms::all) != (fs::perms::owner_read | fs::perms::owner_write))
      throw std::runtime_error("the new file " + path + " has another mode than 0600: jotmill" +
                               command);
  }
}

bool can_open_terminal() {
  int ours = -1, theirs = -1;
  if (::openpty(&ours, &theirs, nullptr, nullptr, nullptr) != 0) return false;
  ::close(ours);
  ::close(theirs);
  return true;
}

Ended run(const Start& start) {
  Start from_file = start;
  if (start.stdin_path.empty()) {
    // From a file, so that a program that never reads it cannot block the test.
    from_file.stdin_path = "standard-input";
    write_file(from_file.stdin_path, start.input);
  }
  Running running(from_file);
  running.close_input();
  return running.wait();
}

}  // namespace jotmill::cli_test
