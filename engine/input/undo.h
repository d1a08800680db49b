#ifndef JOTMILL_INPUT_UNDO_H_
#define JOTMILL_INPUT_UNDO_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/place.h"

namespace jotmill {

/// Layers of escapes around text, undone with a note of where each character came from.

/// Whether escapes can be in `text` at all. Two searches for a byte: one for either is slower by
/// far.
inline bool has_escapes(std::string_view text) {
  return text.find('%') != std::string_view::npos || text.find('\\') != std::string_view::npos;
}

/// One escape, however deep: `\n`, `\\\"`, `\u002e`, `\x22`, `%2E`, `%252E`.
struct Escape {
  std::uint32_t len = 0;   ///< bytes it takes; 0: there is none
  char32_t code = 0;       ///< what it stands for: a byte, or a UTF-16 unit
  std::uint8_t depth = 0;  ///< how often it was escaped
  bool byte = false;       ///< the code is a byte (%XX, \xHH), else a UTF-16 unit
};

/// The escape that begins at text[at]. A run of n backslashes counts as one escape of the depth at
/// which so many are written (`\"`: 1, 3, 7; `\u002e`: 1, 2, 4; log2(n) + 1), so that no level is
/// undone by itself and the time is linear whatever the depth; 2^kMost backslashes and more are no
/// escape. `%25` before two hexadecimal digits is one level more.
Escape escape_at(std::string_view text, std::size_t at);

/// The escape that ends right before text[at], of those whose last byte is a letter or digit.
Escape escape_before(std::string_view text, std::size_t at);

constexpr bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// Whether an escape of `code` may stand for a piece of a token, or hide another escape.
constexpr bool may_belong_to_token(char32_t code) {
  return code < 0x80 && (is_base64url(static_cast<char>(code)) || code == '.' || code == '=' ||
                         code == '%' || code == '\\');
}

/// Text with its escapes undone: backslashes, then percents, and both once more for those that hid
/// behind the first. Four steps in all; what is still escaped then stays so.
class Undone {
 public:
  static constexpr std::size_t kSteps = 4;

  /// Undoes `raw`. Linear; memory is kept.
  void assign(std::string_view raw);

  std::string_view text() const { return text_; }
  /// Where character `at` came from: a byte of `raw`; for at == text().size() its end.
  std::size_t origin(std::size_t at) const { return origins_[at].raw; }
  /// What was undone in characters [begin, end), outermost first; cut at LayerList::kMost.
  LayerList layers(std::size_t begin, std::size_t end) const;

 private:
  struct Origin {
    std::uint32_t raw;
    std::array<std::uint8_t, kSteps> depth;  ///< how often each step undid it
  };
  bool step(std::size_t which);
  bool is_put_together(std::size_t at, const Escape& escape) const;

  std::string text_, next_text_;
  std::vector<Origin> origins_, next_origins_;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_UNDO_H_
