#include "tools/safe_text.h"

#include <algorithm>

#include "jotmill/text.h"

namespace jotmill::tools {

std::string printable(std::string_view text, std::size_t max_bytes) {
  if (holds_token(text)) return printable(hide_tokens(text), max_bytes);
  const std::string_view kept = cut_at(text, max_bytes);
  std::string out;
  append_safe(out, kept, SafeText::kDrop);
  if (kept.size() < text.size()) out += "...";
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  if (text.size() > kShownBytes && std::ranges::count(text, '.') >= 2) {
    return "what looks like a token";
  }
  return '"' + printable(text, kShownBytes) + '"';
}

std::string json_string(std::string_view text) {
  if (holds_token(text)) return json_string(hide_tokens(text));
  std::string out = "\"";
  append_safe(out, text, SafeText::kJson);
  return out + '"';
}

}  // namespace jotmill::tools
