#include "input/undo.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/bytes.h"

namespace jotmill {
namespace {

constexpr std::size_t kMostBackslashes = (std::size_t{1} << LayerList::kMost) - 1;

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
  std::uint8_t depth = 1;
  while (depth < LayerList::kMost && text.substr(digits, 2) == "25" &&
         hex_number(text, digits + 2, 2) >= 0) {
    digits += 2;
    ++depth;
  }
  const int value = hex_number(text, digits, 2);
  if (value < 0) return {};
  return {static_cast<std::uint32_t>(digits + 2 - at), static_cast<char32_t>(value), depth, true};
}

Escape backslash_escape(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at <= kMostBackslashes && text[end] == '\\') ++end;
  const std::size_t slashes = end - at;
  if (slashes > kMostBackslashes || end == text.size()) return {};
  const auto depth = static_cast<std::uint8_t>(std::bit_width(slashes));
  const auto escape = [&](std::size_t more, int code, bool byte = false) {
    return Escape{static_cast<std::uint32_t>(slashes + more), static_cast<char32_t>(code), depth,
                  byte};
  };
  // \u002e is written with 1, 2, 4 ... backslashes. Of another number those in front are one
  // backslash that was written before it: `\\\u002e` is `\.`.
  const std::size_t own = slashes & (~slashes + 1);
  const auto numeric = [&](std::size_t more, int code, bool byte) {
    if (own == slashes) return escape(more, code, byte);
    return Escape{static_cast<std::uint32_t>(slashes - own), '\\', depth, false};
  };
  switch (text[end]) {
    case 'n': return escape(1, '\n');
    case 'r': return escape(1, '\r');
    case 't': return escape(1, '\t');
    case 'b': return escape(1, '\b');
    case 'f': return escape(1, '\f');
    case '"':
    case '\'':
    case '/': return escape(1, text[end]);
    case 'u':
      if (const int code = hex_number(text, end + 1, 4); code >= 0) return numeric(5, code, false);
      break;
    case 'x':
      if (const int code = hex_number(text, end + 1, 2); code >= 0) return numeric(3, code, true);
      break;
    default: break;
  }
  if (slashes < 2) return {};
  return Escape{static_cast<std::uint32_t>(slashes), '\\', static_cast<std::uint8_t>(depth - 1),
                false};
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

/// Whether a mark that stands there as it was written would make an escape with what was undone
/// behind it: no encoder writes that, it escapes its own marks too. `%%2536a` is a percent sign and
/// `6a`, not `j`.
bool Undone::is_put_together(std::size_t at, const Escape& escape) const {
  const auto is_raw = [&](std::size_t i) {
    return std::ranges::all_of(origins_[i].depth, [](std::uint8_t depth) { return depth == 0; });
  };
  if (!is_raw(at)) return false;
  // What makes the escape at its first level: `%25` of `%252E`, `\\` of `\\u002e`.
  std::size_t len = text_[at] == '%' ? 3 : escape.len;
  if (text_[at] == '\\' && text_[at + 1] == '\\') len = 2;
  for (std::size_t i = at + 1; i < at + len; ++i) {
    if (!is_raw(i)) return true;
  }
  return false;
}

/// One kind of escape undone everywhere; false when there was none. Steps 0 and 2: backslashes, 1
/// and 3: percents.
bool Undone::step(std::size_t which) {
  const char mark = which % 2 == 0 ? '\\' : '%';
  if (text_.find(mark) == std::string::npos) return false;
  next_text_.clear();
  next_origins_.clear();
  bool any = false;
  for (std::size_t i = 0; i < text_.size();) {
    const Escape escape = text_[i] == mark ? escape_at(text_, i) : Escape{};
    if (escape.len == 0 || is_put_together(i, escape)) {
      next_text_ += text_[i];
      next_origins_.push_back(origins_[i]);
      ++i;
      continue;
    }
    any = true;
    Origin origin = origins_[i];
    for (std::size_t k = i; k < i + escape.len; ++k) {
      for (std::size_t s = 0; s < which; ++s)
        origin.depth[s] = std::max(origin.depth[s], origins_[k].depth[s]);
    }
    origin.depth[which] = escape.depth;
    if (escape.byte) {
      next_text_ += static_cast<char>(escape.code);
    } else {
      append_utf8(next_text_, escape.code);
    }
    next_origins_.resize(next_text_.size(), origin);
    i += escape.len;
  }
  next_origins_.push_back(origins_.back());
  std::swap(text_, next_text_);
  std::swap(origins_, next_origins_);
  return any;
}

void Undone::assign(std::string_view raw) {
  text_.assign(raw);
  origins_.resize(raw.size() + 1);
  for (std::size_t i = 0; i <= raw.size(); ++i) origins_[i] = {static_cast<std::uint32_t>(i), {}};
  for (std::size_t which = 0; which < kSteps; ++which) step(which);
}

LayerList Undone::layers(std::size_t begin, std::size_t end) const {
  std::array<std::uint8_t, kSteps> depth{};
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t s = 0; s < kSteps; ++s) depth[s] = std::max(depth[s], origins_[i].depth[s]);
  }
  LayerList list;
  for (std::size_t s = 0; s < kSteps; ++s) {
    for (std::uint8_t d = 0; d < depth[s]; ++d)
      list.push(s % 2 == 0 ? Layer::kJson : Layer::kPercent);
  }
  return list;
}

}  // namespace jotmill
