#include "tools/report/layout.h"

#include <algorithm>

#include "jotmill/text.h"

namespace jotmill::tools {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kLabel = 27, kBar = 24, kFirst = 15, kSecond = 9;  // and 2 + 1 + 1 + 1 spaces
static_assert(2 + kLabel + 1 + kBar + kFirst + 1 + kSecond <= kWidth);
constexpr std::size_t kWideLabel = 39, kNarrowBar = kLabel + kBar - kWideLabel;
constexpr std::size_t kEntryName = 18;

std::uint32_t next_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t len = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code_point = len == 1 ? lead : lead & (0x3Fu >> (len - 1));
  for (std::size_t i = 1; i < len && i < text.size(); ++i) {
    code_point = code_point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  text.remove_prefix(std::min(len, text.size()));
  return code_point;
}

/// Roughly what terminals do (UAX #11): combining marks and joiners take no column, East Asian wide
/// letters and emoji two.
std::size_t width_of(std::uint32_t c) {
  if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200D) || (c >= 0xFE00 && c <= 0xFE0F))
    return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
                    (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

std::string safe(std::string_view text) {
  std::string out;
  append_safe(out, hide_tokens(text), SafeText::kDrop);
  return out;
}

/// The longest prefix of at most `width` columns.
std::string_view prefix_of(std::string_view text, std::size_t width) {
  std::string_view rest = text;
  std::size_t used = 0;
  while (!rest.empty()) {
    std::string_view after = rest;
    const std::size_t wide = width_of(next_code_point(after));
    if (used + wide > width) break;
    used += wide;
    rest = after;
  }
  return text.substr(0, text.size() - rest.size());
}

std::string right(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

/// `text` in lines that hold words whole where they fit, each but the first behind `indent` spaces.
std::string wrapped(std::string_view text, std::size_t first_at, std::size_t indent) {
  std::string out;
  std::size_t at = first_at;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t space = at > indent && at > first_at ? 1 : 0;
    if (at + space + columns(word) > kWidth && at > indent) {
      out += '\n' + std::string(indent, ' ');
      at = indent;
      first_at = indent;
    } else if (space != 0) {
      out += ' ';
      ++at;
    }
    while (at + columns(word) > kWidth) {  // a word longer than a line
      const std::string_view part = prefix_of(word, kWidth - at);
      if (part.empty()) break;
      out += std::string(part) + '\n' + std::string(indent, ' ');
      word.remove_prefix(part.size());
      at = indent;
    }
    out += word;
    at += columns(word);
  }
  return out;
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t used = 0;
  while (!text.empty()) used += width_of(next_code_point(text));
  return used;
}

std::string fitted(std::string_view text, std::size_t width) {
  std::string shown = safe(text);
  const bool hides = shown.size() != text.size();
  if (hides || shown.empty() || shown.front() == ' ' || shown.back() == ' ')
    shown = '"' + shown + '"';
  if (columns(shown) > width) {
    const std::size_t tail = (width - 3) / 2;
    const std::string_view head = prefix_of(shown, width - 3 - tail);
    std::string_view end = shown;
    while (columns(end) > tail) next_code_point(end);
    shown = std::string(head) + "..." + std::string(end);
  }
  return shown + std::string(width - columns(shown), ' ');
}

std::string Page::inked(std::string_view text, Ink ink) const {
  if (!style_.color || ink == Ink::kPlain || text.empty()) return std::string(text);
  const char* code = "0";
  switch (ink) {
    case Ink::kPlain: break;
    case Ink::kBold: code = "1"; break;
    case Ink::kDim: code = "2"; break;
    case Ink::kGood: code = "32"; break;
    case Ink::kBad: code = "31"; break;
    case Ink::kWarn: code = "33"; break;
  }
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

std::string Page::bar(const Row& row, std::size_t width) const {
  if (row.whole == 0 || row.part == 0) return std::string(width, ' ');
  const double share =
      std::min(1.0, static_cast<double>(row.part) / static_cast<double>(row.whole));
  const double length = share * static_cast<double>(width);
  if (!style_.unicode) {
    const auto marks = std::max<std::size_t>(1, static_cast<std::size_t>(length + 0.5));
    return std::string(marks, '#') + std::string(width - marks, ' ');
  }
  // Eighths of a column: U+2588 is a full block, U+2589 to U+258F are seven eighths to one.
  const auto eighths = std::max<std::size_t>(1, static_cast<std::size_t>(length * 8 + 0.5));
  std::string blocks;
  for (std::size_t i = 0; i < eighths / 8; ++i) blocks += "\xE2\x96\x88";
  if (eighths % 8 != 0) {
    blocks += "\xE2\x96";
    blocks += static_cast<char>(0x90 - static_cast<int>(eighths % 8));
  }
  return blocks + std::string(width - (eighths + 7) / 8, ' ');
}

void Page::heading(std::string_view title, std::string_view first, std::string_view second) {
  blank();
  std::string text(title);
  if (!first.empty()) {
    const std::size_t at = 2 + kLabel + 1 + kBar;
    text += std::string(columns(text) < at ? at - columns(text) : 1, ' ');
    text += right(first, kFirst) + ' ' + right(second, kSecond);
  }
  line(text, Ink::kBold);
}

void Page::row(const Row& row) {
  const std::size_t label = row.wide ? kWideLabel : kLabel;
  const std::string drawn = bar(row, row.wide ? kNarrowBar : kBar);
  out_ += "  " + inked(fitted(row.label, label), row.ink) + ' ' +
          inked(drawn, row.ink == Ink::kPlain ? Ink::kDim : row.ink) + right(row.first, kFirst) +
          ' ' + right(row.second, kSecond) + '\n';
}

void Page::entry(std::string_view name, std::string_view text, Ink ink) {
  const std::string shown = fitted(name, std::max(kEntryName, columns(name)));
  out_ += "  " + inked(shown, ink) + ' ' +
          wrapped(safe(text), 2 + columns(shown) + 1, 2 + kEntryName + 1) + '\n';
}

void Page::note(std::string_view text, std::size_t indent, Ink ink) {
  out_ += std::string(indent, ' ') + inked(wrapped(safe(text), indent, indent), ink) + '\n';
}

void Page::line(std::string_view text, Ink ink) { out_ += inked(text, ink) + '\n'; }

void Page::rule() {
  std::string across;
  for (std::size_t i = 0; i < kWidth; ++i) across += style_.unicode ? "\xE2\x94\x80" : "-";
  line(across, Ink::kDim);
}

}  // namespace jotmill::tools
