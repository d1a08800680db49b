#include "tools/help.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace jotmill::tools {
namespace {

constexpr std::size_t kHelpColumn = 28;

/// Usage as people should read it; a command that is not here gets its positionals.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kUsages = {{
    {"verify", "[OPTIONS] --keys FILE [--keys FILE]... [INPUT...]"},
    {"explain", "[OPTIONS] --keys FILE TOKEN|-"},
    {"compare", "[OPTIONS] BASE NEW | --run OLD NEW"},
    {"cpu", "[OPTIONS]"},
}};

std::string usage_of(const CLI::App& command) {
  for (const auto& [name, usage] : kUsages) {
    if (name == command.get_name()) return std::string(usage);
  }
  std::string usage = "[OPTIONS]";
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_required() && option->nonpositional()) {
      usage += fmt::format(" {} {}", option->get_name(), option->get_type_name());
    }
  }
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = option->get_name(true) + (option->get_expected_max() > 1 ? "..." : "");
    usage += option->get_required() ? " " + name : " [" + name + "]";
  }
  return usage;
}

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

std::string left_side(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string left = option.get_name(false, true);
  if (option.get_items_expected_max() == 0) return left;
  left += ' ' + option.get_type_name();
  const bool repeat = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                      option.get_expected_max() > 1;
  return repeat ? left + " (repeat)" : left;
}

std::string meaning_of(const CLI::Option& option) {
  std::string meaning = option.get_description();
  const std::string& fallback = option.get_default_str();
  if (!fallback.empty() && option.get_items_expected_max() != 0) meaning += "; default " + fallback;
  return meaning;
}

std::string group_of(const CLI::App& command, const std::string& title, const std::string& group,
                     bool positional) {
  std::string out;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group() != group || option->get_positional() != positional) continue;
    out += entry(left_side(*option), meaning_of(*option));
  }
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

std::string help_of(const CLI::App& command) {
  std::string out = wrapped(command.get_description(), 0);
  out += fmt::format("\n\nUsage: jotmill {} {}\n", command.get_name(), usage_of(command));
  out += group_of(command, "Arguments", "Options", true);
  for (const std::string& group : command.get_groups()) {
    if (!group.empty() && group != "Options") out += group_of(command, group, group, false);
  }
  out += group_of(command, "Options", "Options", false);
  out += '\n' + entry("-h, --help", "this text");
  if (!command.get_footer().empty()) out += '\n' + command.get_footer();
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
  out += "\n  --version   version, commit, compiler and libraries of this build\n";
  out += "  --help      this text; 'jotmill COMMAND --help' for one command\n\n";
  out += program.get_footer();
  return out;
}

}  // namespace jotmill::tools
