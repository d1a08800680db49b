#include "stats/label.h"

#include <string>

#include "core/json.h"
#include "jotmill/sketches.h"
#include "jotmill/text.h"
#include "stats/hash.h"

namespace jotmill {
namespace {

constexpr std::size_t kHashDigits = 16;

void append_hex(std::string& out, std::uint64_t value) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[value >> shift & 0xF];
}

}  // namespace

bool is_label(std::string_view text) {
  return text.size() <= kMostLabelBytes && json::validate_utf8(text) && !holds_token(text);
}

std::string make_label(std::string_view text) {
  if (is_label(text)) return std::string(text);
  constexpr std::size_t kRoom = kMostLabelBytes - kHashDigits - 1;
  std::string label(cut_at(hide_tokens(text), kRoom));
  if (!json::validate_utf8(label)) {
    std::string safe;
    append_safe(safe, label, SafeText::kEscape);
    label = cut_at(safe, kRoom);
  }
  label += '~';
  append_hex(label, hash64(text));
  return label;
}

}  // namespace jotmill
