#ifndef JOTMILL_TOOLS_MANUAL_COMPLETION_H_
#define JOTMILL_TOOLS_MANUAL_COMPLETION_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/manual/command_doc.h"

namespace jotmill::tools {

/// What a shell can offer in the place of a value or an argument.
struct Offer {
  bool files = false, folders = false;
  std::vector<std::string> words;
};

/// By the name of the value: PATH and FILE are files, DIR is a folder, "on|off" are two words.
Offer offer_of(const OptionDoc& option);

/// Whether arguments of the command are files: those of every one but explain, whose argument is a
/// token.
bool takes_files(const CommandDoc& command);

/// Names of an option, each with its dashes: "-h, --help" has two.
std::vector<std::string> names_of(const OptionDoc& option);

/// Every option of a command, --help too.
std::vector<OptionDoc> options_of(const CommandDoc& command);

/// The scripts, which need nothing but the shell itself.
std::string bash_completion(std::span<const CommandDoc> commands);
std::string zsh_completion(std::span<const CommandDoc> commands);
std::string fish_completion(std::span<const CommandDoc> commands);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_MANUAL_COMPLETION_H_
