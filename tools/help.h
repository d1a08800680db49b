#ifndef JOTMILL_TOOLS_HELP_H_
#define JOTMILL_TOOLS_HELP_H_

#include <string>

namespace CLI {
class App;
}

namespace jotmill::tools {

/// Help of one command, at most 80 columns wide: what it does, usage, arguments, options by
/// group, and the command's footer (examples, exit codes) as it stands.
std::string help_of(const CLI::App& command);

/// Help of the whole program: every command in a line, and how to begin.
std::string help_of_program(const CLI::App& program);

/// `text` in lines of at most `width` columns, each but the first behind `indent` spaces. Words
/// are never broken; a line feed in `text` stays one.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width = 80);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_HELP_H_
