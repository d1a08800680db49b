#ifndef JOTMILL_CORE_JSON_WRITE_H_
#define JOTMILL_CORE_JSON_WRITE_H_

#include <string>
#include <string_view>

namespace jotmill::json {

/// Appends `text` to `out` as a JSON string in quotes, safe to show on a terminal and to keep on
/// one line: control characters, DEL, U+0080 to U+009F, U+2028, U+2029 and the bidirectional
/// controls become \uXXXX, whatever is not UTF-8 becomes U+FFFD (one for each maximal part of a
/// broken sequence, as in the Unicode standard, section 3.9).
void append_string(std::string& out, std::string_view text);

}  // namespace jotmill::json

#endif  // JOTMILL_CORE_JSON_WRITE_H_
