#ifndef JOTMILL_TESTS_CLI_PROGRAM_H_
#define JOTMILL_TESTS_CLI_PROGRAM_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace jotmill::cli_test {

/// How the program is started. Paths are taken from the test's folder (Folder::path()).
struct Start {
  std::vector<std::string> args;
  std::string input = {};        ///< what stands on standard input, when stdin_path is empty
  std::string stdin_path = {};   ///< file to read standard input from
  std::string stdout_path = {};  ///< file to append standard output to, instead of collecting it
  std::map<std::string, std::string> env = {};
  std::string folder = {};       ///< working folder; empty: the test's own
  bool close_stdout = false;     ///< standard output is a pipe that nobody reads
  std::vector<int> closed = {};  ///< standard descriptors that are not open at all
  std::string stderr_path = {};  ///< file to append standard error to, instead of collecting it
  bool terminal = false;         ///< standard output and error are one terminal; both come in `out`
};

/// What the shadow and quarantine of a sanitizer may add to max_rss_kib; the true bound is checked
/// by the plain builds, and a line of 1 GiB that is kept breaks this one too.
#ifdef JOTMILL_SANITIZER_KIB
inline constexpr long kSanitizerKib = JOTMILL_SANITIZER_KIB;
#else
inline constexpr long kSanitizerKib = 0;
#endif

/// How it ended.
struct Ended {
  int exit_code = -1;  ///< 128 + signal when a signal ended it
  std::string out;
  std::string err;
  long max_rss_kib = 0;
  bool dumped_core = false;
};

/// What every run must keep to, whatever its test looks at: no piece of a token or secret (see
/// remember_secret()) in what it printed or in a file that it wrote, and mode 0600 for every new
/// file. Not for `generate` and `extract --raw`, whose business tokens are. A run that does not
/// fails its test with an exception.
///
/// Runs the program named by the environment variable JOTMILL_BINARY to its end; kills it after a
/// minute, which fails the test.
Ended run(const Start& start);
inline Ended run(std::vector<std::string> args, std::string input = "") {
  return run(Start{std::move(args), std::move(input)});
}

/// Can Start::terminal be had? Not in a chroot without /dev/pts.
bool can_open_terminal();

/// A program that is still running, its standard input an open pipe.
class Running {
 public:
  explicit Running(const Start& start);
  ~Running();
  Running(const Running&) = delete;
  void write(const std::string& text);
  void close_input();
  void signal(int number);
  /// Lets it run on until it has read all that was written; ten seconds at most.
  void run_on_until_read();
  /// Likewise until it catches the signal, which would end it before.
  void run_on_until_it_catches(int number);
  /// Lets it run on for a while.
  void run_on(int milliseconds);
  pid_t id() const { return pid_; }
  /// Waits for the end.
  Ended wait();

 private:
  /// Regular files of the folder, with their size and time.
  using Files = std::map<std::string, std::pair<std::uintmax_t, std::int64_t>>;
  static Files files_now();
  void check_outputs() const;
  bool pump(int timeout_ms);  ///< false when both outputs are at their end
  pid_t pid_ = -1;
  int in_ = -1, out_ = -1, err_ = -1;
  Ended ended_;
  std::vector<std::string> args_;
  std::string stdout_path_;
  Files before_;
};

}  // namespace jotmill::cli_test

#endif  // JOTMILL_TESTS_CLI_PROGRAM_H_
