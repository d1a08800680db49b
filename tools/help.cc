#include "tools/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/manual/command_doc.h"

namespace jotmill::tools {
namespace {

constexpr std::size_t kHelpColumn = 28;

/// "  --name VALUE      what it means", the meaning in its own column.
std::string entry(const std::string& left, const std::string& meaning) {
  std::string out = "  " + left;
  if (out.size() + 2 > kHelpColumn) {
    out += '\n' + std::string(kHelpColumn, ' ');
  } else {
    out.resize(kHelpColumn, ' ');
  }
  return out + wrapped(meaning, kHelpColumn) + '\n';
}

std::string group_of(const std::string& title, const std::vector<OptionDoc>& entries) {
  std::string out;
  for (const OptionDoc& option : entries) out += entry(heading_of(option), option.meaning);
  return out.empty() ? out : '\n' + title + ":\n" + out;
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::size_t word = end - at;
    if (column > indent && column + 1 + word > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out.append(text, at, word);
    column += word;
    at = end + 1;
    if (end < text.size() && text[end] == '\n') {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    }
  }
  return out;
}

std::string help_of(const CLI::App& app) {
  const CommandDoc command = describe(app);
  std::string out = wrapped(command.description, 0);
  out += fmt::format("\n\nUsage: jotmill {} {}\n", command.name, command.usage);
  out += group_of("Arguments", command.arguments);
  for (const OptionGroup& group : command.groups) out += group_of(group.title, group.entries);
  const OptionDoc help = help_option();
  out += '\n' + entry(heading_of(help), help.meaning);
  if (!command.footer.empty()) out += '\n' + command.footer;
  if (out.back() != '\n') out += '\n';
  return out;
}

std::string help_of_program(const CLI::App& program) {
  std::string out = wrapped(program.get_description(), 0);
  out += "\n\nUsage: jotmill COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n";
  for (const CLI::App* command : program.get_subcommands({})) {
    const std::string text = command->get_description();
    out += fmt::format("  {:<12}{}\n", command->get_name(), wrapped(text, 14));
  }
  out += '\n';
  for (const OptionDoc& option : program_options())
    out += entry(heading_of(option), option.meaning);
  out += '\n';
  out += program.get_footer();
  return out;
}

}  // namespace jotmill::tools
