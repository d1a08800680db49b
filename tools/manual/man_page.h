#ifndef JOTMILL_TOOLS_MANUAL_MAN_PAGE_H_
#define JOTMILL_TOOLS_MANUAL_MAN_PAGE_H_

#include <CLI/CLI.hpp>
#include <string>

namespace jotmill::tools {

/// The page jotmill-COMMAND(1) in the macros of man(7): the words of its --help.
std::string man_page(const CLI::App& program, const CLI::App& command);

/// The page jotmill(1): what the program does, its commands, how to begin.
std::string man_page_of_program(const CLI::App& program);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_MANUAL_MAN_PAGE_H_
