#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_CHANNEL_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_CHANNEL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::reference {

// How far back a channel is looked for, and where a URL may begin, in bytes of the stream.
inline constexpr std::size_t kLookBack = 512, kLongestUrl = 4096;

// What stands before a token in its record.
struct Front {
  std::string text;           // the last kLookBack bytes of the stream, their escapes undone
  std::vector<bool> percent;  // of each byte of `text`: whether a percent sign was undone for it
  bool whole = true;          // `text` begins where the record does
  std::string_view further;   // what stands before it, kLongestUrl in all, escapes and all
  bool further_whole = true;  // `further` begins where the record does
};

// The channel of a token by what stands before it and the character behind it ('\0': none):
// "authorization", "dpop", "query:NAME", "cookie:NAME", "body:NAME" or "bare".
std::string channel_of(const Front& front, char behind);

// The length of the CSI sequence of a terminal that `text` ends in, its ESC as it is or spelt out;
// 0: it ends in none, or in one of more than 40 bytes.
std::size_t terminal_mark(std::string_view text);

// `before` a token without what may stand between it and what tells its channel: leading parts of
// its run, a terminal's marks, Express' s: and j: behind an equals sign.
std::string_view passed_over(std::string_view before);

// A string of a HAR document that may hold tokens.
struct HarString {
  std::string part;          // "request.headers", "response.content.text"
  std::string_view inside;   // between the quotes, as it stands there
  std::uint64_t offset = 0;  // of `inside` in the document
  bool base64 = false;       // the member "encoding" beside it says so
  std::string_view name;     // the string of the member "name" before it in the same object
  bool is_name = false;      // of a member: it stands in no part
};

// All strings of the document, names and values, in order; false when it is not JSON.
bool har_strings(std::string_view document, std::vector<HarString>& out);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_CHANNEL_H_
