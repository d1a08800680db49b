#ifndef JOTMILL_TESTS_SUPPORT_CODEC_H_
#define JOTMILL_TESTS_SUPPORT_CODEC_H_

#include <string>
#include <string_view>

#include "support/reference_json.h"

// Encoders, and lenient decoders of trusted data: for making tokens and reading test files, never
// for judging.
namespace jotmill::codec {

// base64url without padding (RFC 4648 s5).
std::string base64url(std::string_view bytes);

// Standard base64 (RFC 4648 s4); ends at the first '='. Throws std::invalid_argument on another
// alphabet.
std::string from_base64(std::string_view text);

// Throws std::invalid_argument on odd length or a non-digit.
std::string from_hex(std::string_view digits);

// A JSON text of the value; numbers as they were spelled, members in their order.
std::string to_text(const reference::Json& json);

// A JSON string literal, quotes included.
std::string quoted(std::string_view utf8);

// HMAC tag with an OpenSSL hash name.
std::string hmac(const char* hash, std::string_view secret, std::string_view message);

}  // namespace jotmill::codec

#endif  // JOTMILL_TESTS_SUPPORT_CODEC_H_
