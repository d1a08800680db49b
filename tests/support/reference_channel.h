#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_CHANNEL_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_CHANNEL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::reference {

// The channel of a token by what stands before it in its record, escapes undone, and the character
// behind it ('\0': none): "authorization", "dpop", "query:NAME", "cookie:NAME", "body:NAME" or
// "bare".
std::string channel_of(std::string_view before, char behind);

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
