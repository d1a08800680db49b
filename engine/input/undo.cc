#include "input/undo.h"

#include <algorithm>
#include <utility>

#include "core/bytes.h"

namespace jotmill {
namespace {

/// So many levels of one encoding a single escape may have.
constexpr std::size_t kMostLevels = LayerList::kMost;
constexpr std::size_t kMostBackslashes = (std::size_t{1} << kMostLevels) - 1;

/// The number that `digits` hexadecimal digits at text[at] make; negative when they are not there.
int hex_number(std::string_view text, std::size_t at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    const int digit = at < text.size() ? hex_value(text[at]) : -1;
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

Escape percent_escape(std::string_view text, std::size_t at) {
  std::size_t digits = at + 1;
  for (std::size_t level = 1; level < kMostLevels && text.substr(digits, 2) == "25" &&
                              hex_number(text, digits + 2, 2) >= 0;
       ++level) {
    digits += 2;
  }
  const int value = hex_number(text, digits, 2);
  if (value < 0) return {};
  return {static_cast<std::uint32_t>(digits + 2 - at), static_cast<char32_t>(value), true};
}

/// What `c` behind a backslash stands for; 0: nothing by itself.
char32_t named_by(char c) {
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\'':
    case '/': return static_cast<char32_t>(c);
    default: return 0;
  }
}

/// `uXXXX` or `xHH` at text[at], which a backslash makes an escape; its length without that.
Escape numbered(std::string_view text, std::size_t at) {
  if (text[at] == 'u') {
    if (const int code = hex_number(text, at + 1, 4); code >= 0)
      return {5, static_cast<char32_t>(code), false};
  }
  if (text[at] == 'x') {
    if (const int code = hex_number(text, at + 1, 2); code >= 0)
      return {3, static_cast<char32_t>(code), true};
  }
  return {};
}

Escape backslash_escape(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at <= kMostBackslashes && text[end] == '\\') ++end;
  const auto slashes = static_cast<std::uint32_t>(end - at);
  if (slashes > kMostBackslashes || end == text.size()) return {};
  if (const char32_t code = named_by(text[end]); code != 0) return {slashes + 1, code, false};
  if (const Escape number = numbered(text, end); number.len != 0) {
    // \u002e is written with 1, 2, 4 ... backslashes. Of another number those in front are one
    // backslash that was written before it: `\\\u002e` is `\.`.
    const std::uint32_t own = slashes & (~slashes + 1);
    if (own != slashes) return {slashes - own, '\\', false};
    return {slashes + number.len, number.code, number.byte};
  }
  if (slashes < 2) return {};
  return {slashes, '\\', false};
}

/// One level of the escape that begins at text[at].
Escape one_level(std::string_view text, std::size_t at) {
  if (text[at] == '%') {
    const int value = hex_number(text, at + 1, 2);
    if (value < 0) return {};
    return {3, static_cast<char32_t>(value), true};
  }
  if (text[at] != '\\' || at + 1 == text.size()) return {};
  if (text[at + 1] == '\\') return {2, '\\', false};
  if (const char32_t code = named_by(text[at + 1]); code != 0) return {2, code, false};
  Escape number = numbered(text, at + 1);
  if (number.len != 0) ++number.len;
  return number;
}

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

Escape escape_at(std::string_view text, std::size_t at) {
  if (text[at] == '%') return percent_escape(text, at);
  if (text[at] == '\\') return backslash_escape(text, at);
  return {};
}

std::size_t cut_escape_bytes(std::string_view text) {
  const auto digits_end = [&](std::size_t at, std::size_t most) {
    std::size_t end = at;
    while (end < text.size() && end - at < most && hex_value(text[end]) >= 0) ++end;
    return end;
  };
  if (text.starts_with('%')) {
    std::size_t at = 1;
    while (at < 1 + 2 * kMostLevels && text.substr(at, 2) == "25") at += 2;
    return digits_end(at, 1);
  }
  std::size_t at = 0;
  while (at < text.size() && at <= kMostBackslashes && text[at] == '\\') ++at;
  if (at == 0 || at == text.size()) return at;
  if (text[at] == 'u') return digits_end(at + 1, 3);
  return text[at] == 'x' ? digits_end(at + 1, 1) : at;
}

Escape escape_before(std::string_view text, std::size_t at) {
  const auto begins = [&](std::size_t back, char c) { return at >= back && text[at - back] == c; };
  const auto ends_here = [&](std::size_t from) {
    const Escape escape = escape_at(text, from);
    return from + escape.len == at ? escape : Escape{};
  };
  // %XX and %25XX, %2525XX ...
  for (std::size_t back = 3; back <= 1 + 2 * LayerList::kMost; back += 2) {
    if (!begins(back, '%')) continue;
    if (const Escape escape = ends_here(at - back); escape.len != 0) return escape;
  }
  if (begins(6, '\\') && begins(5, 'u')) {
    if (const Escape escape = ends_here(at - 6); escape.len != 0) return escape;
  }
  if (begins(4, '\\') && begins(3, 'x')) {
    if (const Escape escape = ends_here(at - 4); escape.len != 0) return escape;
  }
  return begins(2, '\\') ? ends_here(at - 2) : Escape{};
}

LayerList pick_layers(const LayerList& passes, std::uint8_t bits) {
  LayerList list;
  for (std::uint8_t p = 0; p < passes.count; ++p) {
    if ((bits >> p & 1) != 0) list.push(passes.layers[p]);
  }
  return list;
}

/// Whether a mark that stands there as it was written would make an escape with what was undone
/// behind it: no encoder writes that, it escapes its own marks too. `%%2536a` is a percent sign and
/// `6a`, not `j`.
bool Undone::is_put_together(std::size_t at, std::size_t len) const {
  if (origins_[at].passes != 0) return false;
  for (std::size_t i = at + 1; i < at + len; ++i) {
    if (origins_[i].passes != 0) return true;
  }
  return false;
}

/// One level of one kind of escape undone everywhere; false, and nothing changed, when there is
/// none.
bool Undone::pass(Layer layer) {
  const char mark = layer == Layer::kJson ? '\\' : '%';
  if (text_.find(mark) == std::string::npos) return false;
  const auto bit = static_cast<std::uint8_t>(1U << passes_.count);
  next_text_.clear();
  next_origins_.clear();
  bool any = false;
  for (std::size_t i = 0; i < text_.size();) {
    const std::size_t at = std::min(text_.find(mark, i), text_.size());
    next_text_.append(text_, i, at - i);
    next_origins_.insert(next_origins_.end(), &origins_[i], &origins_[at]);
    i = at;
    if (i == text_.size()) break;
    const Escape escape = one_level(text_, i);
    if (escape.len == 0 || is_put_together(i, escape.len)) {
      next_text_ += text_[i];
      next_origins_.push_back(origins_[i]);
      ++i;
      continue;
    }
    any = true;
    Origin origin = {origins_[i].raw, bit};
    for (std::size_t k = i; k < i + escape.len; ++k) origin.passes |= origins_[k].passes;
    if (escape.byte) {
      next_text_ += static_cast<char>(escape.code);
    } else {
      append_utf8(next_text_, escape.code);
    }
    next_origins_.resize(next_text_.size(), origin);
    i += escape.len;
  }
  if (!any) return false;
  next_origins_.push_back(origins_.back());
  std::swap(text_, next_text_);
  std::swap(origins_, next_origins_);
  if (layer == Layer::kPercent) percent_passes_ |= bit;
  return passes_.push(layer);
}

void Undone::assign(std::string_view raw) {
  text_.assign(raw);
  origins_.resize(raw.size() + 1);
  for (std::size_t i = 0; i <= raw.size(); ++i) origins_[i] = {static_cast<std::uint32_t>(i), 0};
  passes_ = {};
  percent_passes_ = 0;
  while (!passes_.full() && (pass(Layer::kJson) || pass(Layer::kPercent))) {
  }
}

LayerList Undone::layers(std::size_t begin, std::size_t end) const {
  std::uint8_t all = 0;
  for (std::size_t i = begin; i < end; ++i) all |= origins_[i].passes;
  return pick_layers(passes_, all);
}

}  // namespace jotmill
