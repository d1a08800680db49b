#include "input/marks.h"

#include <algorithm>
#include <initializer_list>

#include "core/bytes.h"

namespace jotmill {
namespace {

constexpr std::size_t kLongest = 40;  // \u001b[38;2;255;255;255m has 25

bool ends_in_one_of(std::string_view text, std::initializer_list<const char*> all) {
  return std::ranges::any_of(all, [&](std::string_view end) { return text.ends_with(end); });
}

}  // namespace

std::size_t terminal_mark_bytes(std::string_view text) {
  if (text.empty() || !is_letter(text.back())) return 0;
  text.remove_prefix(text.size() - std::min(text.size(), kLongest));
  std::string_view front = text.substr(0, text.size() - 1);
  // npos + 1 is 0: then nothing is left.
  front = front.substr(0, front.find_last_not_of("0123456789;:?") + 1);
  const bool escaped_bracket = ends_in_one_of(front, {"%5B", "%5b"});
  if (!escaped_bracket && !front.ends_with('[')) return 0;
  front.remove_suffix(escaped_bracket ? 3 : 1);
  for (const std::string_view escape : {"\x1B", "\\u001b", "\\u001B", "\\x1b", "\\x1B", "\\033",
                                        "\\e", "#033", "^[", "%1B", "%1b"}) {
    if (!front.ends_with(escape) || (escaped_bracket && escape[0] != '%')) continue;
    return text.size() - (front.size() - escape.size());
  }
  return 0;
}

bool mark_ends_at(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(at - std::min(at, kLongest), std::min(at, kLongest));
  if (ends_in_one_of(before, {"=3D", "\\0", "\\a", "\\v", "^I", "^J", "^M"})) return true;
  const std::size_t size = before.size();
  const auto octal = [&](std::size_t back, char most) {
    return before[size - back] >= '0' && before[size - back] <= most;
  };
  if (size >= 4 && octal(1, '7') && octal(2, '3') && octal(3, '0'))  // a control character
    return ends_in_one_of(before.substr(0, size - 3), {"#", "\\"});
  return terminal_mark_bytes(before) != 0;
}

}  // namespace jotmill
