#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_KEY_RULES_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_KEY_RULES_H_

#include <string_view>

#include "support/reference_keys.h"

namespace jotmill::reference {

// Puts into `key.refused` (or refused_if_weak) the first rule for loaded keys that it breaks: RFC
// 7518 s3.2, s3.3, s6, RFC 8037 s2, RFC 8725 s2.1, s3.5. Material must be in place; a key that is
// already refused is left as it is.
void apply_key_rules(Key& key);

// True for bytes that are a key in some file format (PEM, DER, and what OpenSSL takes for it, SSH,
// JSON) and so no HMAC secret (RFC 8725 s2.1).
bool looks_like_key_file(std::string_view bytes);

// Bytes of one coordinate of an EC curve by its JWK name (RFC 7518 s6.2.1.2, RFC 8812 s3.1); 0 for
// unknown curves.
size_t ec_coordinate_bytes(std::string_view crv);

// OpenSSL's name of an EC curve by its JWK name, or null.
const char* ec_group_name(std::string_view crv);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_KEY_RULES_H_
