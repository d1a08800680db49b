#ifndef JOTMILL_VERIFY_VERIFY_H_
#define JOTMILL_VERIFY_VERIFY_H_

#include <cstdint>
#include <vector>

#include "core/batch.h"
#include "keys/key_ring.h"
#include "verify/openssl_backend.h"

namespace jotmill {

/// Room E for the tokens of a batch. Owns what a worker keeps warm: prepared keys and the order of
/// work.
class SignatureVerifier {
 public:
  explicit SignatureVerifier(const KeyRing& ring) : ring_(ring), backend_(ring) {}

  /// verify_signatures: reads token, dot2, segment 2, alg, candidates; writes key (the one that
  /// verified, else the one whose failure got furthest); may set signature_missing,
  /// signature_length, signature_out_of_range, signature_mismatch, internal_error; leaves
  /// kPassedSignature on the tokens that go on. RFC 7515 s5.2 step 8. Tokens are worked off by alg
  /// and key, so that a prepared key is fetched once a group; their order in the batch stays.
  void verify_signatures(TokenBatch& batch);

 private:
  void verify_token(TokenBatch& batch, std::size_t i);
  Verdict check_with(std::uint32_t key, Alg alg, std::string_view signing_input, Bytes signature);

  const KeyRing& ring_;
  OpensslBackend backend_;
  std::vector<std::uint64_t> order_;  ///< (alg, first candidate, token) packed, sorted
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_VERIFY_H_
