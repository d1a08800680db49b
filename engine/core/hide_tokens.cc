#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/header_hash.h"
#include "core/hex.h"
#include "jotmill/text.h"

namespace jotmill {
namespace {

/// Of an encoded header; the shortest one with an alg, {"alg":"ES256"}, has 20 characters.
constexpr std::size_t kLeastHeaderChars = 16;

constexpr std::array<std::uint8_t, 256> values_of_characters() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<std::uint8_t, 256> values{};
  values.fill(64);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

/// The value of a character of base64url, 64 for any other. A table: every record's names are
/// asked.
unsigned value_of(char c) {
  static constexpr std::array<std::uint8_t, 256> kValues = values_of_characters();
  return kValues[static_cast<unsigned char>(c)];
}
bool is_base64url(char c) { return value_of(c) < 64; }

/// Whether it decodes to a JSON object's brace, blanks and the first member's quote, and a name of
/// sixteen bytes at most that has no controls, or the brace that ends it. Looks at a few
/// characters.
bool begins_as_object(std::string_view text) {
  constexpr std::size_t kMostBytes = 24;
  std::uint32_t bits = 0;
  unsigned count = 0;
  enum { kBrace, kBlanks, kName } state = kBrace;
  for (std::size_t at = 0, seen = 0; at < text.size() && seen < kMostBytes; ++at) {
    const unsigned value = value_of(text[at]);
    if (value == 64) return false;
    bits = bits << 6 | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    ++seen;
    const auto byte = static_cast<unsigned char>(bits >> count);
    const bool blank = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    if (state == kBrace) {
      if (byte != '{') return false;
      state = kBlanks;
    } else if (state == kBlanks) {
      if (byte == '}') return true;
      if (byte != '"' && !blank) return false;
      if (byte == '"') state = kName;
    } else {
      if (byte == '"') return true;
      if (byte < 0x20) return false;
    }
  }
  return state != kBrace;
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

/// How many characters at `at` stand for a dot, escaped any number of times; 0: none.
std::size_t dot_chars(std::string_view text, std::size_t at) {
  const char first = at < text.size() ? text[at] : '\0';
  if (first == '.') return 1;
  std::size_t end = at + 1;
  const auto take = [&](std::string_view one) {
    const bool there = text.substr(end).starts_with(one);
    if (there) end += one.size();
    return there;
  };
  if (first == '%') {
    while (take("25")) {
    }
  } else if (first == '\\') {
    while (take("\\")) {
    }
    if (!take("x") && !take("u00")) return 0;
  } else {
    return 0;
  }
  return take("2E") || take("2e") ? end - at : 0;
}

/// The first token, or what begins like one, at or behind `from`.
struct Stretch {
  std::size_t begin, end;
};
Stretch find_token(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_base64url(text[end])) ++end;
    std::size_t behind = std::min(text.find_first_not_of('=', end), text.size());
    const std::size_t dot = behind - end > 2 || behind == text.size() ? 0 : dot_chars(text, behind);
    for (std::size_t begin = at; dot > 0 && begin + kLeastHeaderChars <= end; ++begin) {
      const std::string_view part = text.substr(begin, end - begin);
      if (!begins_as_object(part) || !ends_as_object(part)) continue;
      for (behind += dot; behind < text.size();) {
        const std::size_t more =
            is_base64url(text[behind]) || text[behind] == '=' ? 1 : dot_chars(text, behind);
        if (more == 0) break;
        behind += more;
      }
      return {begin, behind};
    }
    // What is behind an escape may be a run of its own.
    at = std::max(end, at + 1);
    while (at < text.size() && !is_base64url(text[at])) ++at;
  }
  return {text.size(), text.size()};
}

std::string hide_in(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Stretch token = find_token(text, at);
    out += text.substr(at, token.begin - at);
    if (token.begin < token.end) out += "[a token]";
    at = token.end;
  }
  return out;
}

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

std::string hide_tokens(std::string_view text) {
  std::string hidden = hide_in(text);
  if (std::ranges::all_of(hidden, is_plain)) return hidden;
  // Marks that are left out on the way to a reader do not part a token.
  std::string read;
  append_safe(read, hidden, SafeText::kDrop);
  return find_token(read, 0).begin < read.size() ? hide_in(read) : hidden;
}

bool holds_token(std::string_view text) {
  if (text.size() <= kLeastHeaderChars) return false;
  if (find_token(text, 0).begin < text.size()) return true;
  return !std::ranges::all_of(text, is_plain) && hide_tokens(text) != text;
}

void append_shown(std::string& out, std::string_view text, SafeText mode) {
  if (!holds_token(text)) return append_safe(out, text, mode);
  append_safe(out, hide_tokens(text), mode);
  out += '~';
  append_upper_digits(out, header_hash(text), 8);
}

}  // namespace jotmill
