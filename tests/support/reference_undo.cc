#include "support/reference_undo.h"

#include <algorithm>

namespace jotmill::reference {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The number that `digits` bytes at `at` spell in hexadecimal, or -1.
int hex_at(const std::vector<UndoneByte>& bytes, std::size_t at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    const int digit = at < bytes.size() ? hex_value(bytes[at].value) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

std::string utf8(int code) {
  const auto byte = [](int value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 63))};
  return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63))};
}

struct Escape {
  std::size_t length = 0;  // 0: no escape
  std::string stands_for;
};

Escape json_escape(const std::vector<UndoneByte>& bytes, std::size_t at) {
  if (bytes[at].value != '\\' || at + 1 == bytes.size()) return {};
  switch (bytes[at + 1].value) {
    case '"': return {2, "\""};
    case '\'': return {2, "'"};  // Python's
    case '\\': return {2, "\\"};
    case '/': return {2, "/"};
    case 'b': return {2, "\b"};
    case 'f': return {2, "\f"};
    case 'n': return {2, "\n"};
    case 'r': return {2, "\r"};
    case 't': return {2, "\t"};
    case 'x':
      if (const int code = hex_at(bytes, at + 2, 2); code >= 0)
        return {4, {static_cast<char>(code)}};
      return {};
    case 'u':
      if (const int code = hex_at(bytes, at + 2, 4); code >= 0) return {6, utf8(code)};
      return {};
    default: return {};
  }
}

Escape percent_escape(const std::vector<UndoneByte>& bytes, std::size_t at) {
  const int code = bytes[at].value == '%' ? hex_at(bytes, at + 1, 2) : -1;
  if (code < 0) return {};
  return {3, {static_cast<char>(code)}};
}

// Whether a mark that stands there as it was written would make an escape with what was undone
// behind it: no encoder writes such a thing, it escapes its own marks too. `%%2536a` is a percent
// sign and `6a`, not `j`.
bool is_put_together(const std::vector<UndoneByte>& bytes, std::size_t at, std::size_t length) {
  if (bytes[at].passes != 0) return false;
  return std::any_of(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + length),
                     [](const UndoneByte& byte) { return byte.passes != 0; });
}

// One pass over all bytes; false when there was nothing to undo.
template <typename Find>
bool undo_pass(Undone& text, const char* name, Find find) {
  const std::uint32_t bit = 1U << text.passes.size();
  std::vector<UndoneByte> out;
  bool any = false;
  for (std::size_t at = 0; at < text.bytes.size();) {
    const Escape escape = find(text.bytes, at);
    if (escape.length == 0 || is_put_together(text.bytes, at, escape.length)) {
      out.push_back(text.bytes[at++]);
      continue;
    }
    any = true;
    std::uint32_t passes = bit;
    for (std::size_t i = 0; i < escape.length; ++i) passes |= text.bytes[at + i].passes;
    for (const char c : escape.stands_for) out.push_back({c, text.bytes[at].origin, passes});
    at += escape.length;
  }
  if (!any) return false;
  text.bytes = std::move(out);
  text.passes.emplace_back(name);
  return true;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-' || c == '+') return 62;
  return c == '_' || c == '/' ? 63 : -1;
}

}  // namespace

std::string Undone::text() const {
  std::string out;
  for (const UndoneByte& byte : bytes) out += byte.value;
  return out;
}

bool Undone::is_percent(const UndoneByte& byte) const {
  for (std::size_t i = 0; i < passes.size(); ++i) {
    if ((byte.passes >> i & 1) != 0 && passes[i] == "percent") return true;
  }
  return false;
}

Undone plain(std::string_view text, std::uint64_t origin) {
  Undone out;
  for (const char c : text) out.bytes.push_back({c, origin++, 0});
  return out;
}

Undone undo_escapes(Undone text) {
  while (text.passes.size() < kMostPasses) {
    if (!undo_pass(text, "json", json_escape) && !undo_pass(text, "percent", percent_escape)) break;
  }
  return text;
}

std::optional<Undone> undo_base64(const Undone& text, std::size_t begin, std::size_t end) {
  while (end > begin && text.bytes[end - 1].value == '=') --end;
  Undone out;  // a text that was cut keeps its whole bytes
  out.passes = text.passes;
  out.passes.emplace_back("base64url");
  const std::uint32_t bit = 1U << text.passes.size();
  std::uint32_t bits = 0, passes = 0;
  int held = 0;
  std::uint64_t origin = 0;
  for (std::size_t at = begin; at < end; ++at) {
    const int value = base64_value(text.bytes[at].value);
    if (value < 0) return std::nullopt;
    if (held == 0) origin = text.bytes[at].origin, passes = 0;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    passes |= text.bytes[at].passes;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.bytes.push_back({static_cast<char>(bits >> held & 255), origin, passes | bit});
    origin = text.bytes[at].origin;
    passes = text.bytes[at].passes;
  }
  return out;
}

}  // namespace jotmill::reference
