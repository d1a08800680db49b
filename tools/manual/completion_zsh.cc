#include <fmt/format.h>

#include "tools/manual/completion.h"

namespace jotmill::tools {
namespace {

constexpr std::string_view kZshBegin = R"(#compdef jotmill
# zsh completion for jotmill; made by jotmill --completion zsh
_jotmill() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands
)";

/// Text within single quotes in which [ ] : and \ mean nothing.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string action_of(const Offer& offer) {
  std::string words;
  for (const std::string& word : offer.words) words += (words.empty() ? "" : " ") + word;
  if (offer.folders) return "_files -/";
  if (offer.files && words.empty()) return "_files";
  return words.empty() ? " " : "(" + words + ")";
}

std::string specs_of(const OptionDoc& option) {
  std::string out;
  for (const std::string& name : names_of(option)) {
    out += fmt::format(" \\\n          '{}{}{}[{}]", option.repeat ? "*" : "", name,
                       !option.value.empty() && name.starts_with("--") ? "=" : "",
                       zsh_text(option.meaning));
    if (!option.value.empty())
      out += fmt::format(":{}:{}", zsh_text(option.value), action_of(offer_of(option)));
    out += '\'';
  }
  return out;
}

}  // namespace

std::string zsh_completion(std::span<const CommandDoc> commands) {
  std::string out(kZshBegin);
  out += "  commands=(\n";
  for (const CommandDoc& command : commands)
    out += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.description));
  out += "    'help:the help of a command'\n  )\n  _arguments -C";
  for (const OptionDoc& option : program_options()) {
    for (const std::string& name : names_of(option)) {
      out += fmt::format(" \\\n    '(- *){}[{}]", name, zsh_text(option.meaning));
      if (name == "--completion") out += ":SHELL:(bash zsh fish)";
      if (name == "--man") out += "::COMMAND:{_describe -t commands command commands}";
      out += '\'';
    }
  }
  out += " \\\n    '1:command:->command' '*::argument:->argument'\n  case $state in\n";
  out += "    command) _describe -t commands command commands ;;\n    argument)\n";
  out += "      case $words[1] in\n        help) _describe -t commands command commands ;;\n";
  for (const CommandDoc& command : commands) {
    out += fmt::format("        {}) _arguments", command.name);
    for (const OptionDoc& option : options_of(command)) out += specs_of(option);
    if (takes_files(command)) {
      out += fmt::format(" \\\n          '*:{}:_files'", zsh_text(command.arguments.front().name));
    }
    out += " ;;\n";
  }
  return out + "      esac\n      ;;\n  esac\n}\n_jotmill \"$@\"\n";
}

}  // namespace jotmill::tools
