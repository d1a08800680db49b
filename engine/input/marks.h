#ifndef JOTMILL_INPUT_MARKS_H_
#define JOTMILL_INPUT_MARKS_H_

#include <cstddef>
#include <string_view>

namespace jotmill {

/// Bytes of the terminal's control sequence (ECMA-48 s5.4) that `text` ends with, its ESC in any
/// spelling: `ESC[32m`, the `ESC[K` of grep, `\u001b[0m`, `%1B%5B1;31m`. 0: none.
std::size_t terminal_mark_bytes(std::string_view text);

/// Whether a mark ends right before text[at] that stands for a control character or a sign, and
/// whose last character could be a token's: a terminal's control sequence, `#011` (rsyslog),
/// `\011`,
/// `\0`, `\a`, `\v` (C, Python), `^I` (cat -v), `=3D` (quoted-printable). What follows it begins a
/// run of its own.
bool mark_ends_at(std::string_view text, std::size_t at);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_MARKS_H_
