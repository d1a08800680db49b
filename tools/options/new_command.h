#ifndef JOTMILL_TOOLS_OPTIONS_NEW_COMMAND_H_
#define JOTMILL_TOOLS_OPTIONS_NEW_COMMAND_H_

#include "tools/options/given.h"

namespace jotmill::tools {

/// A subcommand while it is put together. CLI11 stays behind it: its headers take longer to compile
/// than all that a command does.
class NewCommand {
 public:
  NewCommand(CLI::App& program, const char* name, const char* description, const char* footer);

  /// Any number of arguments, each as it stands. (CLI11's own way for "any number" would take an
  /// argument "[a,b]" for a list of two.)
  void arguments(const char* name, const char* meaning);
  /// One argument, which may be missing.
  void argument(const char* name, const char* meaning);
  /// An option with one value; with `repeat` it may be given several times. An empty group is the
  /// one that CLI11 has for all.
  void option(const char* name, const char* value, const char* group, const char* meaning,
              bool repeat = false);
  void flag(const char* name, const char* group, const char* meaning);
  /// The options of the table that belong to `command` (kForVerify, kForExplain, kForExtract).
  void table_options(unsigned command);

  /// What the command does once its options are read; its answer becomes `exit_code`.
  void runs(int (*work)(const Given& given), int& exit_code);

 private:
  CLI::App* command_;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_NEW_COMMAND_H_
