// compare --run: two programs over the same files. Each run is a process of its own: `verify` has
// been there in every build, reports of every build say how long it took and what was found, and
// nothing of one side can warm up the other.

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tools/bench/counters.h"
#include "tools/compare/blocks.h"
#include "tools/generate/capture.h"
#include "tools/generate/produce.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with its content.
class Scratch {
 public:
  static Result<Scratch> create() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    std::string pattern = (base / "jotmill-compare-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr) {
      return Error{ErrorKind::kOutput, pattern, std::strerror(errno)};
    }
    return Scratch(pattern);
  }
  Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// This process's environment, and where a program is to write its allocations.
std::vector<std::string> environment_with(int allocations_fd) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) all.emplace_back(*one);
  all.push_back(fmt::format("{}={}", kAllocationsFd, allocations_fd));
  return all;
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

/// Where a program's own words go.
struct SpokenInto {
  std::string err, allocations;
};

/// Runs a program to its end, its output in files; the exit code, or -1 with errno when it could
/// not be started, 128 + the signal that ended it.
int run_to_end(const std::vector<std::string>& command, const SpokenInto& files) {
  constexpr int kFd = 3;
  const std::vector<std::string> environment = environment_with(kFd);
  const std::vector<char*> arguments = pointers_to(command), variables = pointers_to(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 2, files.err.c_str(), kNew, 0600);
  posix_spawn_file_actions_addopen(&actions, kFd, files.allocations.c_str(), kNew, 0600);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  errno = error;
  if (error != 0) return -1;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// A count that a program wrote; nothing where its build writes none.
std::optional<double> count_in(const std::string& path) {
  const std::string text = text_of(path);
  std::uint64_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return static_cast<double>(count);
}

/// Tokens of a workload, made once for both sides.
struct Prepared {
  std::string folder, capture;
};

/// Whether a run ended because somebody wanted it to: a terminal sends its Ctrl-C to the programs
/// that are measured too, and they may be seen to end before this one looks at its own flag.
bool was_interrupted(int code, const BlockHooks& hooks) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (code == 128 + signal) return true;  // 130: also the exit code of an interrupted verify
  }
  return code != 0 && hooks.interrupted && hooks.interrupted();
}

Error interrupted_error() { return {ErrorKind::kInterrupted, "compare", "interrupted"}; }

Result<ReportNumbers> run_verify(const Side& side, const Prepared& files, unsigned threads,
                                 const BlockHooks& hooks) {
  const std::string& folder = files.folder;
  const std::string report = folder + "/report.json";
  const SpokenInto spoken{folder + "/stderr", folder + "/allocations"};
  std::error_code ignored;
  fs::remove(report, ignored);
  std::vector<std::string> command = {side.binary, "verify",
                                      "--config",  folder + "/policy.toml",
                                      "--threads", std::to_string(threads),
                                      "--report",  report,
                                      "--quiet",   "--no-progress"};
  command.insert(command.end(), side.arguments.begin(), side.arguments.end());
  command.push_back(files.capture);
  const PerfCounters perf;
  const int code = run_to_end(command, spoken);
  if (was_interrupted(code, hooks)) return interrupted_error();
  if (code == -1) return Error{ErrorKind::kUsage, side.binary, std::strerror(errno)};
  const PerfCounters::Counts counts = perf.read();
  // 1: tokens were rejected, as some workloads have it.
  if (code != 0 && code != 1) {
    const std::string said = text_of(spoken.err);
    return Error{ErrorKind::kUsage, side.binary,
                 fmt::format("verify ended with {}: {}", code,
                             printable(said.substr(0, said.find('\n')), 300))};
  }
  if (!fs::exists(report, ignored)) {
    return Error{ErrorKind::kUsage, side.binary,
                 fmt::format("verify ended with {} and wrote no report: is it a jotmill?", code)};
  }
  auto numbers = read_report_numbers(text_of(report), side.binary);
  if (!numbers) return numbers;
  numbers.value().instructions = counts.instructions;
  numbers.value().allocations = count_in(spoken.allocations);
  return numbers;
}

Result<Prepared> prepare(const WorkloadSource& source, const std::string& folder,
                         const BlockHooks& hooks) {
  const Result<World> world = world_of(source);
  if (!world) return world.error();
  ProduceOptions options;
  options.folder = folder;
  options.interrupted = hooks.interrupted;
  const Result<Tally> tally = produce(world.value(), options);
  if (!tally && tally.error().kind == ErrorKind::kInterrupted) return interrupted_error();
  if (!tally) return tally.error();
  return Prepared{folder, folder + "/" + capture_name(world.value())};
}

}  // namespace

std::string Side::words() const {
  std::string words = binary;
  for (const std::string& argument : arguments) words += " " + argument;
  return words;
}

Result<Comparison> compare_binaries(const Side& base, const Side& fresh,
                                    const std::vector<WorkloadSource>& sources,
                                    const BlockOptions& options, const BlockHooks& hooks) {
  for (const Side* side : {&base, &fresh}) {
    if (::access(side->binary.c_str(), X_OK) == 0 && !fs::is_directory(side->binary)) continue;
    return Error{ErrorKind::kUsage, side->binary, "is no program that can be run"};
  }
  const Result<Scratch> scratch = Scratch::create();
  if (!scratch) return scratch.error();
  std::vector<Prepared> prepared;
  std::vector<std::string> names;
  for (const WorkloadSource& source : sources) {
    if (hooks.on_progress) hooks.on_progress("making tokens  " + source.name);
    auto one = prepare(source, scratch.value().path() + "/" + std::to_string(names.size()), hooks);
    if (!one) return one.error();
    prepared.push_back(std::move(one).value());
    names.push_back(source.name);
  }
  const RunSide run = [&](bool is_fresh, std::size_t workload, unsigned threads) {
    const Prepared& files = prepared[workload];
    return run_verify(is_fresh ? fresh : base, files, threads, hooks);
  };
  Result<Comparison> comparison = compare_in_blocks(names, options, run, hooks);
  if (!comparison) return comparison;
  comparison.value().base = base.words();
  comparison.value().fresh = fresh.words();
  comparison.value().notes.push_back("paired: blocks of A B B A and B A A B, all rows interleaved");
  return comparison;
}

}  // namespace jotmill::tools
