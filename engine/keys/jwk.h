#ifndef JOTMILL_KEYS_JWK_H_
#define JOTMILL_KEYS_JWK_H_

#include <string_view>

#include "keys/key_file.h"

namespace jotmill {

/// All keys of a JWK or a JWK Set (RFC 7517), read strictly by RFC 8259. A key with a missing or
/// wrong member, or with two members of one name (RFC 7517 s4: a reader that took the other one
/// would see another key), comes back refused and harms no other, and so does an element of `keys`
/// that is no object. Errors (kKeys, subject empty) refuse the file whole: not UTF-8, not JSON
/// (numbers of any size are; a lone surrogate is not), neither `kty` nor `keys` or both, `keys`
/// that is no array, two members of the set of one name, one kid twice for the same kty and alg,
/// symmetric and public keys in one set. Linear in the number of keys, n log n in the names of an
/// object.
Result<KeyFile> parse_jwk(std::string_view text);

/// Whether `text` is a JSON object with a member `kty` or `keys`.
bool looks_like_jwk(std::string_view text);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_JWK_H_
