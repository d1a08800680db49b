#include "core/json_write.h"

#include <cstdint>

namespace jotmill::json {
namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< bytes; of the broken part when !valid
  bool valid = false;
};

/// The sequence that begins with the non-ASCII byte text[0] (RFC 3629 s4).
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4) return {0, 1, false};
  const std::size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (lead == 0xE0) low = 0xA0;   // overlong
  if (lead == 0xED) high = 0x9F;  // surrogates
  if (lead == 0xF0) low = 0x90;   // overlong
  if (lead == 0xF4) high = 0x8F;  // above U+10FFFF
  std::uint32_t code = lead & (0xFFu >> (wanted + 1));
  for (std::size_t i = 1; i < wanted; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {0, i, false};
    code = code << 6 | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {code, wanted, true};
}

/// Characters that could move the cursor, break the line or turn the reading direction of what
/// follows.
bool must_escape(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x61C || code == 0x200E ||
         code == 0x200F || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_escape(std::string& out, std::uint32_t code) {
  constexpr char kHex[] = "0123456789abcdef";
  const char escape[6] = {
      '\\',           'u', kHex[code >> 12 & 15], kHex[code >> 8 & 15], kHex[code >> 4 & 15],
      kHex[code & 15]};
  out.append(escape, sizeof escape);
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
      if (must_escape(first)) {
        append_escape(out, first);
      } else {
        if (first == '"' || first == '\\') out.push_back('\\');
        out.push_back(text[0]);
      }
      text.remove_prefix(1);
      continue;
    }
    const Decoded sequence = decode(text);
    if (!sequence.valid) {
      out.append("\xEF\xBF\xBD");
    } else if (must_escape(sequence.code)) {
      append_escape(out, sequence.code);
    } else {
      out.append(text.substr(0, sequence.length));
    }
    text.remove_prefix(sequence.length);
  }
  out.push_back('"');
}

}  // namespace jotmill::json
