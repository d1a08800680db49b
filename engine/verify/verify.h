#ifndef JOTMILL_VERIFY_VERIFY_H_
#define JOTMILL_VERIFY_VERIFY_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/batch_work.h"
#include "core/stage.h"
#include "keys/key_ring.h"
#include "verify/hash_many.h"
#include "verify/lane_plan.h"
#include "verify/one_by_one.h"

namespace jotmill {

/// How signatures are verified: chosen once before a run. Never changes a verdict.
struct SignatureSetup {
  MakeHashEngine* sha256 = nullptr;
  MakeHashEngine* sha512 = nullptr;
};

/// Room E for the tokens of a batch. Owns what a worker keeps warm: prepared keys, hash engines and
/// the order of work. One a worker.
class SignatureVerifier {
 public:
  SignatureVerifier(const KeyRing& ring, const SignatureSetup& setup);

  /// verify_signatures: reads token, dot2, segment 2, alg, candidates; writes key (the one that
  /// verified, else the one whose failure got furthest); may set signature_missing,
  /// signature_length, signature_out_of_range, signature_mismatch, internal_error; leaves
  /// kPassedSignature on the tokens that go on. RFC 7515 s5.2 step 8.
  ///
  /// In rounds: every undecided token with its next candidate is one check, and all checks of a
  /// round are worked off together, hashes first, then signatures grouped by how they are checked.
  /// A second round happens only for tokens without kid whose first candidate did not fit. Time is
  /// booked on `timer` as hash and signature; lane use is added to `work`. No allocation when warm.
  void verify_signatures(TokenBatch& batch, StageTimer& timer, BatchWork& work);

 private:
  /// A token and the candidate that it is tried with.
  struct Check {
    std::uint32_t token;
    std::uint32_t key;
    SignatureCheck result;
  };
  /// How far a token has come.
  struct Progress {
    std::uint8_t next = 0;  ///< candidates that were tried
    bool hashed = false;    ///< hashes_ holds the digest of its signing input
    Furthest furthest;
  };

  void start(TokenBatch& batch);
  void collect(TokenBatch& batch);
  bool next_check(TokenBatch& batch, std::uint32_t token);
  void hash(const TokenBatch& batch, BatchWork& work);
  void compare_tags(const TokenBatch& batch);
  void check_signatures(const TokenBatch& batch);
  void settle(TokenBatch& batch);

  const KeyRing& ring_;
  OpensslBackend backend_;
  HashMany hash_many_;
  LanePlan plan_;
  std::vector<std::uint32_t> undecided_;  ///< tokens
  std::vector<Check> checks_;             ///< of this round
  std::vector<Progress> progress_;        ///< by token
  std::vector<DigestBytes> hashes_;       ///< by token: digest of the signing input, or HMAC tag
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_VERIFY_H_
