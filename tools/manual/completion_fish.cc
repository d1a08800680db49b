#include <fmt/format.h>

#include "tools/manual/completion.h"

namespace jotmill::tools {
namespace {

/// Text within single quotes, where fish knows \\ and \'.
std::string fish_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '\'';
}

std::string value_of(const OptionDoc& option) {
  if (option.value.empty()) return "";
  const Offer offer = offer_of(option);
  std::string words;
  for (const std::string& word : offer.words) words += (words.empty() ? "" : " ") + word;
  std::string out = offer.files ? " -r -F" : " -x";
  if (offer.folders) out += " -a '(__fish_complete_directories (commandline -ct))'";
  if (!words.empty()) out += " -a " + fish_text(words);
  return out;
}

std::string line_of(const std::string& condition, const OptionDoc& option) {
  std::string out = "complete -c jotmill -n " + fish_text(condition);
  for (const std::string& name : names_of(option)) {
    const bool is_long = name.starts_with("--");
    out += (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1);
  }
  return out + value_of(option) + " -d " + fish_text(option.meaning) + '\n';
}

}  // namespace

std::string fish_completion(std::span<const CommandDoc> commands) {
  std::string out = "# fish completion for jotmill; made by jotmill --completion fish\n";
  std::string names;
  for (const CommandDoc& command : commands) names += (names.empty() ? "" : " ") + command.name;
  out += "complete -c jotmill -n __fish_use_subcommand -f\n";
  for (const OptionDoc& option : program_options()) out += line_of("__fish_use_subcommand", option);
  for (const CommandDoc& command : commands) {
    out += fmt::format("complete -c jotmill -n __fish_use_subcommand -a {} -d {}\n", command.name,
                       fish_text(command.description));
  }
  out += "complete -c jotmill -n __fish_use_subcommand -a help -d 'the help of a command'\n";
  out +=
      fmt::format("complete -c jotmill -n '__fish_seen_subcommand_from help' -x -a '{}'\n", names);
  for (const CommandDoc& command : commands) {
    const std::string condition = "__fish_seen_subcommand_from " + command.name;
    if (!takes_files(command)) out += "complete -c jotmill -n " + fish_text(condition) + " -f\n";
    for (const OptionDoc& option : options_of(command)) out += line_of(condition, option);
  }
  return out;
}

}  // namespace jotmill::tools
