#ifndef JOTMILL_TOOLS_OPTIONS_TABLE_H_
#define JOTMILL_TOOLS_OPTIONS_TABLE_H_

#include <span>
#include <string_view>

namespace jotmill::tools {

/// Commands whose options stand in the table; an option may belong to several.
enum : unsigned { kForVerify = 1, kForExplain = 2, kForExtract = 4 };

/// One option of verify, explain or extract. Help, config files, man pages, completions and the
/// check of what a command knows all come from this one table.
struct OptionSpec {
  std::string_view name;   ///< with its dashes
  std::string_view value;  ///< name of the value in help; empty: a flag
  std::string_view group;  ///< heading in help
  unsigned commands;       ///< kForVerify, kForExplain, kForExtract
  bool repeat;             ///< may be given several times
  std::string_view help;   ///< meaning, unit, default
  /// Not empty: this build does not have the option yet; it is hidden in help, and whoever gives it
  /// is told this.
  std::string_view missing = {};
};

std::span<const OptionSpec> option_table();

/// Whether `name` (with dashes) is an option of any command in the table.
bool in_option_table(std::string_view name);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_TABLE_H_
