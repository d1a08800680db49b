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

bool looks_like_key(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return false;
  return text.substr(first).starts_with('{') || text.find("-----BEGIN ") != text.npos ||
         text.find("\"kty\"") != text.npos;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  if (text.size() > kShownBytes && std::ranges::count(text, '.') >= 2) {
    return "what looks like a token";
  }
  if (looks_like_key(text)) return "what looks like a key";
  return '"' + printable(text, kShownBytes) + '"';
}

std::string xml_text(std::string_view text) {
  std::string out;
  const std::string safe = printable(text);
  for (std::size_t at = 0; at < safe.size(); ++at) {
    const std::string_view rest = std::string_view(safe).substr(at);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      at += 2;  // U+FFFE, U+FFFF
      continue;
    }
    switch (rest.front()) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += rest.front();
    }
  }
  return out;
}

std::string json_string(std::string_view text) {
  if (holds_token(text)) return json_string(hide_tokens(text));
  std::string out = "\"";
  append_safe(out, text, SafeText::kJson);
  return out + '"';
}

}  // namespace jotmill::tools
