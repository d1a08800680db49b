#include "differential/extract_mutate.h"

#include <string_view>

#include "support/codec.h"

namespace jotmill::testing {

std::string WildText::token() {
  static constexpr std::string_view kHeaders[] = {R"({"alg":"HS256"})",
                                                  R"({"alg":"RS256","kid":"k"})",
                                                  R"({ "alg" : "ES256" })",
                                                  "{\n\"alg\":\"none\"}",
                                                  "{\r\n\"alg\":\"EdDSA\"}",
                                                  "{\t\"alg\":\"HS512\"}",
                                                  R"({"enc":"A128GCM","alg":"dir"})",
                                                  R"({"typ":"JWT"})",
                                                  R"({"alg":5})",
                                                  R"({"":1,"alg":"HS256"})",
                                                  R"({"alg":"HS256")",
                                                  R"({"x":{"alg":"HS256"}})"};
  std::string out = codec::base64url(kHeaders[below(std::size(kHeaders))]);
  const std::size_t parts = below(8) == 0 ? below(6) : 2;
  for (std::size_t i = 0; i < parts; ++i) {
    out += '.';
    static constexpr std::size_t kLengths[] = {0, 1, 10, 32, 43, 64, 86, 342};
    const std::size_t length = kLengths[below(std::size(kLengths))];
    if (i + 1 < parts) {
      out += codec::base64url(R"({"sub":"x"})");
    } else {
      for (std::size_t c = 0; c < length; ++c) out += "abcXYZ019-_"[below(11)];
    }
  }
  return out;
}

std::string WildText::fragment() {
  static constexpr std::string_view kFragments[] = {" ",
                                                    "\"",
                                                    "'",
                                                    ",",
                                                    ";",
                                                    ")",
                                                    "(",
                                                    ".",
                                                    "..",
                                                    "...",
                                                    "\xE2\x80\xA6",
                                                    "=",
                                                    "==",
                                                    "&",
                                                    "?",
                                                    "#",
                                                    ":",
                                                    "Bearer ",
                                                    "bearer ",
                                                    "DPoP ",
                                                    "Cookie: a=",
                                                    "; b=",
                                                    "?access_token=",
                                                    "&jwt=",
                                                    "\"token\":\"",
                                                    "{\"a\":\"",
                                                    "\"}",
                                                    "\\n",
                                                    "\\\"",
                                                    "\\\\\"",
                                                    "\\u0022",
                                                    "\\x22",
                                                    "%22",
                                                    "%2522",
                                                    "%3D",
                                                    "%2E",
                                                    "\\u002e",
                                                    "\n",
                                                    "\r\n",
                                                    "\n\n",
                                                    "\xFF",
                                                    "redacted",
                                                    "***",
                                                    "[REDACTED]",
                                                    "XXXX",
                                                    "eyJ",
                                                    "ewo",
                                                    "ZXlK",
                                                    "v4.public.",
                                                    "example.com",
                                                    "\t"};
  return std::string(kFragments[below(std::size(kFragments))]);
}

std::string WildText::wrapped(std::string text) {
  std::string out;
  switch (below(6)) {
    case 0:
      for (const char c : text) out += c == '.' ? "%2E" : std::string(1, c);
      return out;
    case 1:
      for (const char c : text) out += c == '.' ? "\\u002e" : std::string(1, c);
      return out;
    case 2: return codec::base64url(text);
    case 3:
      for (const char c : text) out += c == '.' ? "%252E" : std::string(1, c);
      return out;
    default: return text;
  }
}

void WildText::change(std::string& text) {
  for (std::size_t times = below(3); times > 0 && !text.empty(); --times) {
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0: text[at] = static_cast<char>(below(256)); break;
      case 1: text.erase(at, 1 + below(4)); break;
      case 2: text.insert(at, fragment()); break;
      default: text.resize(at); break;
    }
  }
}

std::string WildText::draw() {
  std::string out;
  for (std::size_t pieces = 4 + below(20); pieces > 0; --pieces)
    out += below(3) == 0 ? wrapped(token()) : fragment();
  if (below(2) == 0) change(out);
  return out;
}

}  // namespace jotmill::testing
