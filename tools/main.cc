#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "tools/commands.h"
#include "tools/help.h"
#include "tools/manual/completion.h"
#include "tools/manual/man_page.h"
#include "tools/options/arguments.h"
#include "tools/options/parse.h"
#include "tools/output.h"
#include "tools/safe_text.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "jotmill verifies captured JSON Web Tokens in bulk, offline, and says what it found: how many "
    "were good, why each of the others was not, and how fast it went.";

constexpr const char* kFooter = R"(Begin with:
  jotmill generate --recipe demo --output demo
  jotmill verify --config demo/policy.toml demo/capture.jsonl
  jotmill verify --keys keys.json --verdicts verdicts.ndjson tokens.txt
)";

std::string version_text() {
  const BuildInfo& build = build_info();
  std::vector<std::string> libraries = build.libraries;
  libraries.push_back("CLI11 " CLI11_VERSION);
  libraries.push_back(
      fmt::format("fmt {}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
  return fmt::format("jotmill {} (commit {})\ncompiler: {}\nlibraries: {}\n", build.version,
                     build.commit, build.compiler, fmt::join(libraries, ", "));
}

void add_commands(CLI::App& program, int& exit_code) {
  program.require_subcommand(0, 1);
  program.set_help_flag();  // the arguments are read before CLI11 sees them
  add_verify(program, exit_code);
  add_explain(program, exit_code);
  add_extract(program, exit_code);
  add_keys(program, exit_code);
  add_generate(program, exit_code);
  add_merge(program, exit_code);
  add_bench(program, exit_code);
  add_compare(program, exit_code);
  add_plan(program, exit_code);
  add_cpu(program, exit_code);
  for (CLI::App* command : program.get_subcommands({})) {
    if (command->get_option_no_throw("--config") != nullptr) continue;
    command
        ->add_option("--config", CLI::callback_t{},
                     "take options from this TOML file; the command line wins")
        ->type_name("FILE")
        ->expected(1);
  }
}

CLI::App* find_command(CLI::App& program, const std::string& name) {
  for (CLI::App* command : program.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

int unknown_command(CLI::App& program, const std::string& name) {
  if (name.starts_with('-')) {
    return fail({ErrorKind::kUsage, printable(name.substr(0, name.find('=')), 40),
                 "options come after a command, as in jotmill verify --keys FILE INPUT"});
  }
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
  const auto close = nearest(name, names);
  return fail(
      {ErrorKind::kUsage, in_quotes(name),
       close ? fmt::format("there is no such command; did you mean {}?", *close)
             : fmt::format("there is no such command; there are {}", fmt::join(names, ", "))});
}

/// --completion SHELL, or --completion=SHELL.
int print_completion(const CLI::App& program, std::span<const std::string> args) {
  const std::string& first = args.front();
  const std::size_t equals = first.find('=');
  const std::string shell = equals != first.npos ? first.substr(equals + 1)
                            : args.size() > 1    ? args[1]
                                                 : "";
  const std::vector<CommandDoc> commands = describe_all(program);
  if (shell == "bash") return print(bash_completion(commands));
  if (shell == "zsh") return print(zsh_completion(commands));
  if (shell == "fish") return print(fish_completion(commands));
  return fail(
      {ErrorKind::kUsage, "--completion", in_quotes(shell) + " is not one of bash, zsh, fish"});
}

/// What CLI11 still has to say (a missing required option, a number that is none), in one line.
int usage_failure(const CLI::App& command, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    return fail({ErrorKind::kUsage, command.get_name(),
                 fmt::format("too many arguments; see 'jotmill {} --help'", command.get_name())});
  }
  return fail({ErrorKind::kUsage, command.get_name(), error.what()});
}

int run_command(CLI::App& program, CLI::App& command, std::span<const std::string> args,
                const int& exit_code) {
  const Result<Arguments> read = read_arguments(command, args);
  if (!read) return fail(read.error());
  if (read.value().help) return print(help_of(command));
  std::vector<std::string> line = read.value().canonical;
  line.insert(line.begin(), command.get_name());
  std::ranges::reverse(line);  // the order that CLI11 takes them in
  try {
    program.parse(line);
  } catch (const CLI::ParseError& error) {
    return usage_failure(command, error);
  }
  return exit_code;
}

int run_program(std::span<const std::string> args) {
  int exit_code = kExitOk;
  CLI::App program{kDescription, "jotmill"};
  program.footer(kFooter);
  add_commands(program, exit_code);
  if (args.empty()) {
    print_to_stderr(help_of_program(program));
    return kExitUsage;
  }
  const std::string& first = args.front();
  if (first == "--version" || first == "-V") return print(version_text());
  if (first == "--help" || first == "-h") return print(help_of_program(program));
  if (first == "--man") {
    if (args.size() == 1) return print(man_page_of_program(program));
    const CLI::App* about = find_command(program, args[1]);
    return about != nullptr ? print(man_page(program, *about)) : unknown_command(program, args[1]);
  }
  if (first == "--completion" || first.starts_with("--completion=")) {
    return print_completion(program, args);
  }
  if (first == "help") {
    if (args.size() == 1) return print(help_of_program(program));
    const CLI::App* about = find_command(program, args[1]);
    return about != nullptr ? print(help_of(*about)) : unknown_command(program, args[1]);
  }
  CLI::App* command = find_command(program, first);
  if (command == nullptr) return unknown_command(program, first);
  return run_command(program, *command, args.subspan(1), exit_code);
}

std::atomic<bool> memory_ran_out = false;

[[noreturn]] void note_want_of_memory() {
  memory_ran_out = true;
  throw std::bad_alloc();
}

/// Libraries have noexcept functions that allocate (CLI11's names of options, simdjson's choice of
/// an implementation): without memory they end the process. That is exit code 5, in words, and not
/// an abort; all else stays one.
[[noreturn]] void end_for_want_of_memory() {
  bool memory = false;
  if (const std::exception_ptr current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const std::bad_alloc&) {
      memory = true;
    } catch (...) {
    }
  } else {
    // An exception that compiled clean-up brought here is still under way, and cannot be seen.
    memory = std::uncaught_exceptions() > 0 && memory_ran_out;
  }
  if (!memory) std::abort();
  say_out_of_memory();
  std::_Exit(kExitInternal);
}

/// Tokens and secrets are in memory: a crash puts none of it into a file. The limit does not hold
/// for cores that go to a program (core(5)); that no memory is in them does. Both can be undone
/// from outside by who looks for a bug (prlimit, /proc/PID/coredump_filter).
void leave_no_core() {
  const int filter = ::open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (filter >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(filter, "0", 1);
    ::close(filter);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  [[maybe_unused]] const int set = ::setrlimit(RLIMIT_CORE, &limit);
}

/// A standard descriptor that the caller closed would be that of the next file that is opened: a
/// message would land in the report. Something that refuses takes its place (POSIX open: the lowest
/// free number), so that what cannot be read or written is said, and has its exit code.
bool hold_closed_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1) continue;
    const int refuses = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", refuses) != fd) return false;
  }
  return true;
}

}  // namespace
}  // namespace jotmill::tools

int main(int argc, char* argv[]) {
  using namespace jotmill::tools;
  leave_no_core();
  if (!hold_closed_descriptors()) return kExitInternal;
  std::set_new_handler(note_want_of_memory);
  std::set_terminate(end_for_want_of_memory);
  // A reader that goes away is an exit code (141) with its clean-up, not a sudden end.
  ::signal(SIGPIPE, SIG_IGN);
  // So is a file that may not grow (ulimit -f): 4, as a disk that is full.
  ::signal(SIGXFSZ, SIG_IGN);
  try {
    const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
    return run_program(args);
  } catch (const std::bad_alloc&) {
    say_out_of_memory();
  } catch (const std::exception& error) {
    say_internal_error(error.what());
  }
  return kExitInternal;
}
