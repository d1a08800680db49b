#ifndef JOTMILL_KEYS_KEY_MARK_H_
#define JOTMILL_KEYS_KEY_MARK_H_

#include <array>
#include <cstdint>

#include "core/bytes.h"
#include "keys/key_ring.h"

namespace jotmill {

/// By which the same keys are known again: a function of `salt` and of all that decides verdicts in
/// `ring` (material, kid, alg, use, refusals, order) and of `other_secret`. It may be written down:
/// where a secret is among them it is PBKDF2-HMAC-SHA-256 (RFC 8018 s5.2) of 100,000 rounds, so it
/// helps to guess one less than any HS256 token does; some 40 ms then.
std::array<std::uint8_t, 32> key_mark(const KeyRing& ring, Bytes other_secret, Bytes salt);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_KEY_MARK_H_
