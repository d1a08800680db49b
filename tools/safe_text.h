#ifndef JOTMILL_TOOLS_SAFE_TEXT_H_
#define JOTMILL_TOOLS_SAFE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace jotmill::tools {

/// Text of unknown origin made safe for a terminal (SafeText::kDrop); what is longer than
/// `max_bytes` is cut and ends in "...".
std::string printable(std::string_view text, std::size_t max_bytes = 4096);

/// `text` as one word in a message: printable, cut at 60 bytes, in double quotes. Whatever could
/// be a token (two dots and longer than 60 bytes) is named, not shown.
std::string in_quotes(std::string_view text);

/// `text` with "[a token]" for whatever looks like one: people paste a token where a path belongs,
/// and a message would repeat it.
std::string hide_tokens(std::string_view text);

/// Whether there is one in `text`: a header with a dot behind it is enough, for a token that is cut
/// or damaged is still one.
bool holds_token(std::string_view text);

/// `text` as a JSON string with its quotes (SafeText::kJson).
std::string json_string(std::string_view text);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_SAFE_TEXT_H_
