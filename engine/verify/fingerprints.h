#ifndef JOTMILL_VERIFY_FINGERPRINTS_H_
#define JOTMILL_VERIFY_FINGERPRINTS_H_

#include <span>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "keys/key_ring.h"
#include "verify/hash_many.h"
#include "verify/sha2.h"

namespace jotmill {

/// Fingerprint (sha2.h) of many tokens at once: a record costs as much for its token_id as for half
/// of its verdict when each is hashed by itself. One a worker, not thread-safe.
class Fingerprints {
 public:
  /// `states`: those of HMAC with the fingerprint key, that of SHA-256 first; empty: plain SHA-256.
  Fingerprints(SecretVector<HmacStates> states, MakeHashEngine* sha256, MakeHashEngine* sha512)
      : hash_many_(sha256, sha512), states_(std::move(states)) {}

  /// The digests in the order of the tokens; the first 32 bytes count. Valid until the next call.
  /// Throws std::bad_alloc.
  std::span<const DigestBytes> of(std::span<const Bytes> tokens);

 private:
  HashMany hash_many_;
  SecretVector<HmacStates> states_;  ///< empty: no key
  std::vector<DigestBytes> digests_;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_FINGERPRINTS_H_
