#include "tools/manual/command_doc.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace jotmill::tools {
namespace {

/// Where CLI11 puts what has no group.
constexpr const char* kNoGroup = "Options";

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

OptionDoc describe(const CLI::Option& option) {
  OptionDoc doc;
  doc.name = option.get_positional() ? option.get_name(true) : option.get_name(false, true);
  doc.meaning = option.get_description();
  if (option.get_items_expected_max() == 0) return doc;
  if (!option.get_positional()) {
    doc.value = option.get_type_name();
    doc.repeat = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                 option.get_expected_max() > 1;
  }
  const std::string& fallback = option.get_default_str();
  if (!fallback.empty()) doc.meaning += "; default " + fallback;
  return doc;
}

std::vector<OptionDoc> entries_of(const CLI::App& command, const std::string& group,
                                  bool positional) {
  std::vector<OptionDoc> entries;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group() != group || option->get_positional() != positional) continue;
    entries.push_back(describe(*option));
  }
  return entries;
}

}  // namespace

CommandDoc describe(const CLI::App& command) {
  CommandDoc doc = {.name = command.get_name(),
                    .description = command.get_description(),
                    .usage = usage_of(command),
                    .arguments = entries_of(command, kNoGroup, true),
                    .groups = {},
                    .footer = command.get_footer()};
  for (const std::string& group : command.get_groups()) {
    if (group.empty() || group == kNoGroup) continue;
    OptionGroup described = {group, entries_of(command, group, false)};
    if (!described.entries.empty()) doc.groups.push_back(std::move(described));
  }
  OptionGroup others = {kNoGroup, entries_of(command, kNoGroup, false)};
  if (!others.entries.empty()) doc.groups.push_back(std::move(others));
  return doc;
}

std::vector<CommandDoc> describe_all(const CLI::App& program) {
  std::vector<CommandDoc> commands;
  for (const CLI::App* command : program.get_subcommands({}))
    commands.push_back(describe(*command));
  return commands;
}

OptionDoc help_option() { return {"-h, --help", "", false, "this text"}; }

std::vector<OptionDoc> program_options() {
  return {{"-V, --version", "", false, "version, commit, compiler and libraries of this build"},
          {"--man", "[COMMAND]", false, "a manual page, for man(1): of the program, of a command"},
          {"--completion", "bash|zsh|fish", false, "completions for this shell"},
          {"-h, --help", "", false, "this text; 'jotmill COMMAND --help' for one command"}};
}

std::string heading_of(const OptionDoc& option) {
  std::string heading = option.name;
  if (!option.value.empty()) heading += ' ' + option.value;
  return option.repeat ? heading + " (repeat)" : heading;
}

}  // namespace jotmill::tools
