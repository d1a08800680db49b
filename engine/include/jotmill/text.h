#ifndef JOTMILL_TEXT_H_
#define JOTMILL_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jotmill {

/// What becomes of the characters that could lead a terminal, a log or a reader astray: controls,
/// DEL, U+0080-009F, U+2028, U+2029 and the bidirectional controls.
enum class SafeText : std::uint8_t {
  kDrop,    ///< left out: text for people
  kEscape,  ///< written as \uXXXX: tables
  kJson,  ///< the same, and `"` and `\` escaped: the inside of a JSON string (RFC 8259 s7), quotes
          ///< are the caller's
};

/// Appends `text`, which may be anything, as valid and harmless UTF-8. What is not UTF-8 becomes
/// U+FFFD, one for each maximal part of a broken sequence (Unicode, section 3.9). Linear.
void append_safe(std::string& out, std::string_view text, SafeText mode);

/// The longest prefix of at most `bytes` bytes that does not cut a UTF-8 sequence in two.
std::string_view cut_at(std::string_view text, std::size_t bytes);

/// `text` with `[a token]` in the place of every JWS or JWE in it, a good one or not, its dots as
/// they are or escaped (%2E, %252E, \u002e): names, paths and messages repeat no credential.
std::string hide_tokens(std::string_view text);

/// Whether hide_tokens() would change it.
bool holds_token(std::string_view text);

/// append_safe() for a name or path that whoever made a token or capture chose: what hide_tokens()
/// leaves of it and, where it hid something, `~` and a hash, so that two of them differ still.
void append_shown(std::string& out, std::string_view text, SafeText mode);

}  // namespace jotmill

#endif  // JOTMILL_TEXT_H_
