#ifndef JOTMILL_TOOLS_MANUAL_COMMAND_DOC_H_
#define JOTMILL_TOOLS_MANUAL_COMMAND_DOC_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace jotmill::tools {

/// One option or argument, in words.
struct OptionDoc {
  std::string name;     ///< with its dashes; of an argument as it stands in the usage
  std::string value;    ///< name of its value; empty: a flag, or an argument
  bool repeat = false;  ///< may be given several times
  std::string meaning;  ///< what it does, its unit, its default
};

/// Options under one heading.
struct OptionGroup {
  std::string title;
  std::vector<OptionDoc> entries;
};

/// What can be said about a command: help, man page and completions are all made of this, and this
/// of what the command itself has registered.
struct CommandDoc {
  std::string name;  ///< without "jotmill"
  std::string description;
  std::string usage;  ///< what stands behind the name
  std::vector<OptionDoc> arguments;
  std::vector<OptionGroup> groups;
  std::string footer;  ///< examples, exit codes; may be empty
};

CommandDoc describe(const CLI::App& command);

/// All commands of the program, in its order.
std::vector<CommandDoc> describe_all(const CLI::App& program);

/// The one option that every command has beside its own.
OptionDoc help_option();

/// What the program takes in the place of a command.
std::vector<OptionDoc> program_options();

/// "--name VALUE (repeat)", as help and man pages head an option.
std::string heading_of(const OptionDoc& option);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_MANUAL_COMMAND_DOC_H_
