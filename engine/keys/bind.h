#ifndef JOTMILL_KEYS_BIND_H_
#define JOTMILL_KEYS_BIND_H_

#include "core/batch.h"
#include "keys/key_ring.h"

namespace jotmill {

/// bind_keys: reads alg and kid of the tokens that passed the header checks and are undecided;
/// writes candidates, cand_off, cand_count (usable keys in load order, at most 16) and marks them
/// kPassedBind; may set key_not_found, key_rejected, key_type_mismatch, key_use_mismatch,
/// key_alg_mismatch, key_ambiguous, then with `key` the key it speaks of and `detail` a few words.
/// RFC 7515 s4.1.4, RFC 8725 s3.1; one lookup a token, whatever the number of keys, no allocation
/// when warm but for a detail.
void bind_keys(TokenBatch& batch, const KeyRing& ring);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_BIND_H_
