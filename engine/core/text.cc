#include "jotmill/text.h"

namespace jotmill {
namespace {

bool is_dangerous(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F) || code_point == 0x61C ||
         code_point == 0x200E || code_point == 0x200F ||
         (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

/// ASCII that goes out as it came in, whatever the mode.
bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

struct Sequence {
  std::uint32_t code_point = 0;
  std::size_t len_bytes = 0;  ///< of the broken part when not valid
  bool valid = false;
};

/// The UTF-8 sequence at the start of `text`, which is not empty (RFC 3629 s4).
Sequence decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {0, 1, false};
  const std::size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;   // overlong
  if (lead == 0xED) high = 0x9F;  // surrogates
  if (lead == 0xF0) low = 0x90;   // overlong
  if (lead == 0xF4) high = 0x8F;  // above U+10FFFF
  std::uint32_t code_point = lead & (0xFFu >> (wanted + 1));
  for (std::size_t i = 1; i < wanted; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {0, i, false};
    code_point = code_point << 6 | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {code_point, wanted, true};
}

void append_escape(std::string& out, std::uint32_t code_point) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[code_point >> shift & 0xF];
}

}  // namespace

void append_safe(std::string& out, std::string_view text, SafeText mode) {
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && is_plain(static_cast<unsigned char>(text[run]))) ++run;
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    const Sequence sequence = decode_utf8(text);
    if (!sequence.valid) {
      out += "\xEF\xBF\xBD";
    } else if (is_dangerous(sequence.code_point)) {
      if (mode != SafeText::kDrop) append_escape(out, sequence.code_point);
    } else {
      if (mode == SafeText::kJson && (text[0] == '"' || text[0] == '\\')) out += '\\';
      out.append(text.substr(0, sequence.len_bytes));
    }
    text.remove_prefix(sequence.len_bytes);
  }
}

std::string_view cut_at(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  // A sequence has at most three continuation bytes: more are not UTF-8 anyway.
  std::size_t end = bytes;
  for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;
       ++back)
    --end;
  return text.substr(0, end);
}

}  // namespace jotmill
