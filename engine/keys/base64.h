#ifndef JOTMILL_KEYS_BASE64_H_
#define JOTMILL_KEYS_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "keys/secret.h"

namespace jotmill {

/// Strict base64url without padding, as JWK members are written (RFC 7518 s2). On failure `out` is
/// empty and the result names what is wrong: "alphabet", "padding", "length", "trailing_bits".
std::string_view decode_base64url(std::string_view text, SecretBytes& out);

/// Base64 of RFC 4648 s4 with its padding and white space anywhere, as PEM bodies are written (RFC
/// 7468 s3, the lax form). Nothing when it is anything else.
std::optional<SecretBytes> decode_base64_lax(std::string_view text);

/// Base64url without padding (RFC 4648 s5).
std::string encode_base64url(Bytes bytes);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_BASE64_H_
