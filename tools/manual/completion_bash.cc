#include <fmt/format.h>

#include <map>

#include "tools/manual/completion.h"

namespace jotmill::tools {
namespace {

constexpr std::string_view kBashBegin =
    R"(# bash completion for jotmill; made by jotmill --completion bash
_jotmill() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  local commands options='' words='' kind arguments IFS=$' \t\n'
  COMPREPLY=()
  # bash takes --name=value for three words.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
)";

constexpr std::string_view kBashEnd = R"(  if [[ -z $kind ]]; then
    kind=$arguments
    if [[ $cur == -* ]]; then
      kind=words words=$options
    fi
  fi
  case $kind in
    *words*) COMPREPLY+=($(compgen -W "$words" -- "$cur")) ;;
  esac
  IFS=$'\n'
  case $kind in
    *files*)
      compopt -o filenames 2>/dev/null
      COMPREPLY+=($(compgen -f -- "$cur"))
      ;;
    *folders*)
      compopt -o filenames 2>/dev/null
      COMPREPLY+=($(compgen -d -- "$cur"))
      ;;
  esac
}
complete -F _jotmill jotmill
)";

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// The kind of what is offered, as the script's last part takes it, and its words.
std::string assignment(const OptionDoc& option) {
  const Offer offer = offer_of(option);
  std::string kind;
  if (!offer.words.empty()) kind += "words";
  if (offer.files) kind += "files";
  if (offer.folders) kind += "folders";
  std::string out = "kind=" + (kind.empty() ? "none" : kind);
  if (!offer.words.empty()) out += fmt::format(" words='{}'", joined(offer.words));
  return out;
}

std::string case_of(const CommandDoc& command) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> by_offer;
  for (const OptionDoc& option : options_of(command)) {
    for (const std::string& name : names_of(option)) {
      names.push_back(name);
      if (!option.value.empty()) by_offer[assignment(option)].push_back(name);
    }
  }
  std::string out =
      fmt::format("    {})\n      arguments={} options='{}'\n      case $prev in\n", command.name,
                  takes_files(command) ? "files" : "none", joined(names));
  for (const auto& [offer, options] : by_offer)
    out += fmt::format("        {}) {} ;;\n", fmt::join(options, " | "), offer);
  return out + "      esac\n      ;;\n";
}

}  // namespace

std::string bash_completion(std::span<const CommandDoc> commands) {
  std::vector<std::string> names, options;
  for (const CommandDoc& command : commands) names.push_back(command.name);
  for (const OptionDoc& option : program_options()) {
    for (const std::string& name : names_of(option)) options.push_back(name);
  }
  std::string out(kBashBegin);
  out += fmt::format("  commands='{}' kind='' arguments=none\n", joined(names));
  out += "  if ((COMP_CWORD == 1)); then\n    command=''\n  fi\n  case $command in\n";
  out += fmt::format("    '') kind=words words=\"$commands help {}\" ;;\n", joined(options));
  out += "    help | --man) kind=words words=$commands ;;\n";
  out += "    --completion) kind=words words='bash zsh fish' ;;\n";
  for (const CommandDoc& command : commands) out += case_of(command);
  return out + "  esac\n" + std::string(kBashEnd);
}

}  // namespace jotmill::tools
