#ifndef JOTMILL_KEYS_HMAC_STATES_H_
#define JOTMILL_KEYS_HMAC_STATES_H_

#include "core/bytes.h"
#include "keys/key_ring.h"

namespace jotmill {

/// The states of HMAC-SHA-256, -384 and -512 for one secret (RFC 2104 s2): what depends on the key
/// alone is hashed here once, so that a token costs two hash blocks less. A secret longer than a
/// block is hashed first.
SecretVector<HmacStates> make_hmac_states(Bytes secret);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_HMAC_STATES_H_
