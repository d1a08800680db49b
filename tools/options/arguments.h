#ifndef JOTMILL_TOOLS_OPTIONS_ARGUMENTS_H_
#define JOTMILL_TOOLS_OPTIONS_ARGUMENTS_H_

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "jotmill/result.h"

namespace jotmill::tools {

/// What stands behind the command's name, put into one plain form.
struct Arguments {
  bool help = false;  ///< -h or --help was there: nothing else counts
  /// "--name" "value" ... "--" positionals: the form that CLI11 reads in one way only.
  std::vector<std::string> canonical;
};

/// Reads the arguments of one command, by one rule for every command: an option takes exactly one
/// value (the next argument whatever it looks like, or what follows =, which may be empty) and
/// never a following argument more; a flag takes none; "--" ends the options; "-" is an argument.
/// CLI11 alone would take an empty --opt= for a missing value, let a list eat the inputs behind it,
/// and split "[a,b]".
///
/// Options of the TOML file that --config names stand before those of the command line and only
/// where the command line does not give them. Errors are kUsage and name the option.
Result<Arguments> read_arguments(CLI::App& command, std::span<const std::string> args);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_ARGUMENTS_H_
