#include "tools/safe_text.h"

#include <algorithm>

#include "jotmill/text.h"

namespace jotmill::tools {
namespace {

/// Of an encoded header; the shortest one with an alg, {"alg":"ES256"}, has 20 characters.
constexpr std::size_t kLeastHeaderChars = 16;

/// The value of a character of base64url, 64 for any other.
unsigned value_of(char c) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return static_cast<unsigned>(std::min<std::size_t>(kAlphabet.find(c), 64));
}
bool is_base64url(char c) { return value_of(c) < 64; }

/// How an encoded JSON object begins: {" and, with blanks behind the brace, what inputs.md names.
bool begins_as_object(std::string_view text) {
  for (const std::string_view start : {"eyJ", "eyA", "ewo", "ew0", "ewk"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

/// Whether the last byte that `part` encodes is `}`.
bool ends_as_object(std::string_view part) {
  const auto value = [&](std::size_t from_end) { return value_of(part[part.size() - from_end]); };
  switch (part.size() % 4) {
    case 0: return ((value(2) << 6 | value(1)) & 0xFF) == '}';
    case 2: return (value(2) << 2 | value(1) >> 4) == '}';
    case 3: return ((value(2) << 4 | value(1) >> 2) & 0xFF) == '}';
    default: return false;
  }
}

/// Where a header begins in the run of base64url [begin, end) that a dot, or padding and a dot,
/// follows; `end`: nowhere.
std::size_t header_in(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t behind = std::min(text.find_first_not_of('=', end), text.size());
  if (behind - end > 2 || behind == text.size() || text[behind] != '.') return end;
  for (std::size_t at = begin; at + kLeastHeaderChars <= end; ++at) {
    const std::string_view part = text.substr(at, end - at);
    if (begins_as_object(part) && ends_as_object(part)) return at;
  }
  return end;
}

}  // namespace

std::string hide_tokens(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_base64url(text[end])) ++end;
    const std::size_t header = header_in(text, at, end);
    out += text.substr(at, header - at);
    at = end;
    if (header < end) {
      while (at < text.size() && (is_base64url(text[at]) || text[at] == '.' || text[at] == '='))
        ++at;
      out += "[a token]";
    } else if (at < text.size()) {
      out += text[at++];
    }
  }
  return out;
}

bool holds_token(std::string_view text) { return hide_tokens(text) != text; }

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
