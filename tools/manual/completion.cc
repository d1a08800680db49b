#include "tools/manual/completion.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace jotmill::tools {
namespace {

/// Values that are one of a few words, where the name of the value does not say which.
const std::array<std::pair<std::string_view, std::vector<std::string>>, 3> kWords = {{
    {"FORMAT", {"auto", "lines", "text", "jsonl", "har"}},
    {"WHICH", {"all", "rejected", "accepted"}},
    {"WHEN", {"auto", "always", "never"}},
}};

bool is_word(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::islower(c) != 0; });
}

}  // namespace

Offer offer_of(const OptionDoc& option) {
  Offer offer;
  for (const auto& [value, words] : kWords) {
    if (option.value == value) offer.words = words;
  }
  for (std::string_view rest = option.value; !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (is_word(part)) offer.words.emplace_back(part);
    if (part.find("PATH") != part.npos || part.find("FILE") != part.npos || part == "LABELS")
      offer.files = true;
    if (part == "DIR") offer.folders = true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return offer;
}

bool takes_files(const CommandDoc& command) {
  return !command.arguments.empty() && command.name != "explain";
}

std::vector<std::string> names_of(const OptionDoc& option) {
  std::vector<std::string> names;
  std::string name;
  for (const char c : option.name + ",") {
    if (c == ',' && !name.empty()) names.push_back(std::exchange(name, {}));
    if (c != ',' && c != ' ') name += c;
  }
  return names;
}

std::vector<OptionDoc> options_of(const CommandDoc& command) {
  std::vector<OptionDoc> options;
  for (const OptionGroup& group : command.groups)
    options.insert(options.end(), group.entries.begin(), group.entries.end());
  options.push_back(help_option());
  return options;
}

}  // namespace jotmill::tools
