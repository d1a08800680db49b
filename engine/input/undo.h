#ifndef JOTMILL_INPUT_UNDO_H_
#define JOTMILL_INPUT_UNDO_H_

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
  std::uint32_t len = 0;  ///< bytes it takes; 0: there is none
  char32_t code = 0;      ///< what it stands for: a byte, or a UTF-16 unit
  bool byte = false;      ///< the code is a byte (%XX, \xHH), else a UTF-16 unit
};

/// The escape that begins at text[at], all its levels: a run of backslashes is one escape (`\"` is
/// written with 1, 3, 7 of them, `\u002e` with 1, 2, 4), `%25` before two hexadecimal digits is one
/// level more. 2^kMost backslashes and more are no escape.
Escape escape_at(std::string_view text, std::size_t at);

/// The escape that ends right before text[at], of those whose last byte is a letter or digit.
Escape escape_before(std::string_view text, std::size_t at);

/// How many bytes at the front of `text` are the beginning of an escape, and not the whole of one:
/// `%`, `%2`, `%25`..., `\`, `\u00`. 0: none.
std::size_t cut_escape_bytes(std::string_view text);

constexpr bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// Whether an escape of `code` may stand for a piece of a token, or hide another escape.
constexpr bool may_belong_to_token(char32_t code) {
  return code < 0x80 && (is_base64url(static_cast<char>(code)) || code == '.' || code == '=' ||
                         code == '%' || code == '\\');
}

/// Those of `passes` whose bits are set.
LayerList pick_layers(const LayerList& passes, std::uint8_t bits);

/// Text with its escapes undone, a level of one kind in each pass: backslashes while there are any,
/// then a level of percents, and again. LayerList::kMost passes; what is still escaped then stays
/// so.
class Undone {
 public:
  /// Undoes `raw`. Linear; memory is kept.
  void assign(std::string_view raw);

  std::string_view text() const { return text_; }
  /// Where character `at` came from: a byte of `raw`; for at == text().size() its end.
  std::size_t origin(std::size_t at) const { return origins_[at].raw; }
  /// What was undone in characters [begin, end), outermost first.
  LayerList layers(std::size_t begin, std::size_t end) const;
  /// Bit p: pass p undid character `at`.
  std::uint8_t passes(std::size_t at) const { return origins_[at].passes; }
  /// Whether character `at` was written as percents, whatever else was around these.
  bool is_percent(std::size_t at) const { return (origins_[at].passes & percent_passes_) != 0; }
  /// What each pass undid.
  const LayerList& passes() const { return passes_; }

 private:
  struct Origin {
    std::uint32_t raw;
    std::uint8_t passes;  ///< bit p: pass p undid it
  };
  static_assert(LayerList::kMost <= 8);
  bool pass(Layer layer);
  bool is_put_together(std::size_t at, std::size_t len) const;

  std::string text_, next_text_;
  std::vector<Origin> origins_, next_origins_;
  LayerList passes_;
  std::uint8_t percent_passes_ = 0;  ///< bit p: pass p undid percents
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_UNDO_H_
