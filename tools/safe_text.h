#ifndef JOTMILL_TOOLS_SAFE_TEXT_H_
#define JOTMILL_TOOLS_SAFE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace jotmill::tools {

/// Text of unknown origin made safe for a terminal (SafeText::kDrop), tokens hidden: people paste
/// them where a path belongs. What is longer than `max_bytes` is cut and ends in "...".
std::string printable(std::string_view text, std::size_t max_bytes = 4096);

/// Whether a text shows a key: PEM, or an object of JSON.
bool looks_like_key(std::string_view text);

/// `text` as one word in a message: printable, cut at 60 bytes, in double quotes. Whatever could
/// be a token (two dots and longer than 60 bytes) or a key is named, not shown.
std::string in_quotes(std::string_view text);

/// `text` inside an XML element or attribute (SafeText::kDrop): what XML 1.0 s2.2 has no place for
/// is left out too.
std::string xml_text(std::string_view text);

/// `text` as a JSON string with its quotes (SafeText::kJson), tokens hidden.
std::string json_string(std::string_view text);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_SAFE_TEXT_H_
