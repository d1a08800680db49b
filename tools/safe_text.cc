#include "tools/safe_text.h"

#include <algorithm>

#include "jotmill/text.h"

namespace jotmill::tools {
namespace {

/// Of an encoded header; the shortest one with an alg, {"alg":"ES256"}, has 20 characters.
constexpr std::size_t kLeastHeaderChars = 16;

bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '=';
}

/// How an encoded JSON object begins: {" and, with blanks behind the brace, what inputs.md names.
bool begins_as_object(std::string_view text) {
  for (const std::string_view start : {"eyJ", "eyA", "ewo", "ew0", "ewk"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

bool looks_like_token(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != text.npos && dot >= kLeastHeaderChars && begins_as_object(text) &&
         std::ranges::all_of(text.substr(0, dot), is_base64url);
}

std::string hide_tokens(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    // A part begins here, and ends where no character of it stands.
    std::size_t end = at;
    while (end < text.size() && is_base64url(text[end])) ++end;
    if (looks_like_token(text.substr(at))) {
      while (end < text.size() && (is_base64url(text[end]) || text[end] == '.')) ++end;
      out += "[a token]";
    } else {
      if (end < text.size()) ++end;
      out += text.substr(at, end - at);
    }
    at = end;
  }
  return out;
}

std::string printable(std::string_view text, std::size_t max_bytes) {
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
  std::string out = "\"";
  append_safe(out, text, SafeText::kJson);
  return out + '"';
}

}  // namespace jotmill::tools
