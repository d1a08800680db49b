#include "tools/generate/piece.h"

#include <algorithm>

#include "tools/generate/text.h"

namespace jotmill::tools {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";
constexpr char kLowerHex[] = "0123456789abcdef";

bool printable(char c) { return c >= 0x20 && c < 0x7F; }

std::string hex(std::string_view before, char c, const char* digits) {
  const auto byte = static_cast<unsigned char>(c);
  std::string out(before);
  out += digits[byte >> 4];
  out += digits[byte & 15];
  return out;
}

/// Encodes byte by byte. encode(byte, in_token) says what stands for the byte.
template <typename Encode>
Piece encoded(const Piece& inner, std::string_view layer, Encode encode) {
  Piece out;
  std::vector<std::size_t> at;  // where each byte of inner went; one more for the end
  at.reserve(inner.text.size() + 1);
  std::vector<bool> in_token(inner.text.size(), false);
  for (const Place& place : inner.places) {
    std::fill_n(in_token.begin() + static_cast<std::ptrdiff_t>(place.offset), place.bytes, true);
  }
  for (std::size_t i = 0; i < inner.text.size(); ++i) {
    at.push_back(out.text.size());
    out.text += encode(inner.text[i], in_token[i]);
  }
  at.push_back(out.text.size());
  for (Place place : inner.places) {
    const std::size_t end = at[place.offset + place.bytes];
    const std::string_view before = std::string_view(inner.text).substr(place.offset, place.bytes);
    place.offset = at[place.offset];
    place.bytes = end - place.offset;
    if (std::string_view(out.text).substr(place.offset, place.bytes) != before)
      place.layers.insert(place.layers.begin(), layer);
    out.places.push_back(std::move(place));
  }
  return out;
}

/// The base64 character that holds the first bits of byte `index`.
constexpr std::size_t character_of(std::size_t index) { return index / 3 * 4 + index % 3; }

Piece whole_encoded(const Piece& inner, std::string text) {
  Piece out(std::move(text));
  for (Place place : inner.places) {
    const std::size_t last = place.offset + place.bytes - 1;
    place.offset = character_of(place.offset);
    place.bytes = character_of(last) + 2 - place.offset;
    place.layers.insert(place.layers.begin(), "base64url");
    out.places.push_back(std::move(place));
  }
  return out;
}

}  // namespace

Piece& Piece::operator+=(const Piece& more) {
  for (Place place : more.places) {
    place.offset += text.size();
    places.push_back(std::move(place));
  }
  text += more.text;
  return *this;
}

Piece operator+(Piece left, const Piece& right) {
  left += right;
  return left;
}

Piece token_piece(std::string_view token, std::string channel) {
  Piece out(token);
  out.places.push_back({.offset = 0, .bytes = token.size(), .channel = std::move(channel)});
  return out;
}

Piece json_escaped(const Piece& inner, bool dots) {
  return encoded(inner, "json", [dots](char c, bool in_token) -> std::string {
    switch (c) {
      case '"': return "\\\"";
      case '\\': return "\\\\";
      case '\n': return "\\n";
      case '\r': return "\\r";
      case '\t': return "\\t";
      default: break;
    }
    if (c == '.' && dots && in_token) return "\\u002e";
    if (c >= 0 && c < 0x20) return hex("\\u00", c, kLowerHex);
    return {c};
  });
}

Piece json_string(const Piece& inner, bool dots) {
  return Piece("\"") + json_escaped(inner, dots) + "\"";
}

Piece percent_encoded(const Piece& inner, bool dots) {
  return encoded(inner, "percent", [dots](char c, bool in_token) -> std::string {
    static constexpr std::string_view kUnreserved = "-_.!~*'()";
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (c == '.' && dots && in_token) return "%2E";
    if (letter || kUnreserved.find(c) != std::string_view::npos) return {c};
    return hex("%", c, kHex);
  });
}

Piece nginx_escaped(const Piece& inner) {
  return encoded(inner, "json", [](char c, bool) -> std::string {
    if (c == '"' || c == '\\' || !printable(c)) return hex("\\x", c, kHex);
    return {c};
  });
}

Piece apache_escaped(const Piece& inner) {
  return encoded(inner, "json", [](char c, bool) -> std::string {
    switch (c) {
      case '"': return "\\\"";
      case '\\': return "\\\\";
      case '\n': return "\\n";
      case '\r': return "\\r";
      case '\t': return "\\t";
      default: break;
    }
    if (!printable(c)) return hex("\\x", c, kLowerHex);
    return {c};
  });
}

Piece base64url_encoded(const Piece& inner) { return whole_encoded(inner, base64url(inner.text)); }

Piece base64_encoded(const Piece& inner) {
  std::string text = base64url(inner.text);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return whole_encoded(inner, text);
}

}  // namespace jotmill::tools
