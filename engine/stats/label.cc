#include "stats/label.h"

#include <string>

#include "core/hex.h"
#include "core/json.h"
#include "jotmill/sketches.h"
#include "jotmill/text.h"
#include "stats/hash.h"

namespace jotmill {
namespace {

constexpr unsigned kHashDigits = 16;

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
  append_upper_digits(label, hash64(text), kHashDigits);
  return label;
}

}  // namespace jotmill
