#ifndef JOTMILL_VERIFY_VERIFY_H_
#define JOTMILL_VERIFY_VERIFY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/batch.h"
#include "core/batch_work.h"
#include "core/stage.h"
#include "keys/key_ring.h"
#include "verify/ecc_many.h"
#include "verify/hash_many.h"
#include "verify/lane_plan.h"
#include "verify/memo.h"
#include "verify/one_by_one.h"
#include "verify/rsa_many.h"

namespace jotmill {

/// How signatures are verified: chosen once before a run. Never changes a verdict.
struct SignatureSetup {
  MakeHashEngine* sha256 = nullptr;
  MakeHashEngine* sha512 = nullptr;
  /// RSA signatures many at once; null: OpenSSL does them all.
  kernels::RsaPublicFn* rsa_public = nullptr;
  std::uint32_t rsa_lanes = 1;
  RsaKeys* rsa_keys = nullptr;  ///< with rsa_public; shared by all workers
  /// The kernel was asked for by name: it also gets the few signatures that OpenSSL does faster.
  bool rsa_forced = false;
  /// ES256 and Ed25519 with tables of multiples of the keys; no tables: OpenSSL does them all.
  EccCurve p256 = {}, ed25519 = {};
  EccTables* ecc_tables = nullptr;  ///< of these two; shared by all workers
  /// Entries of the memo of each worker; 0: no memo.
  std::size_t memo_entries = 0;
  /// One token in this many is verified again by OpenSSL; 0: none.
  std::uint64_t cross_check = 0;
  /// "rsa=avx512ifma": what was chosen, for messages. By WorkKernel.
  std::array<std::string, kWorkKernels> names = {};
};

/// A token whose signature came out differently by OpenSSL: a broken kernel, library or machine.
struct Disagreement {
  std::uint32_t token;  ///< row of the batch
  std::string kernel;   ///< that computed the check of the last candidate, "rsa=avx512ifma"; where
                        ///< the memo knew it "memo of rsa=avx512ifma"
  Verdict fast, openssl;  ///< kAccepted: the signature is good
};

/// Room E for the tokens of a batch. Owns what a worker keeps warm: prepared keys, hash engines,
/// the memo and the order of work. One a worker.
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
  /// booked on `timer` as hash and signature; lane use, memo and cross-checks are added to `work`.
  /// No allocation when warm.
  void verify_signatures(TokenBatch& batch, StageTimer& timer, BatchWork& work);

  /// Of the last batch, once; each of its tokens is internal_error.
  std::vector<Disagreement> take_disagreements() { return std::exchange(disagreements_, {}); }

 private:
  /// A token and the candidate that it is tried with.
  struct Check {
    std::uint32_t token;
    std::uint32_t key;
    SignatureCheck result = SignatureCheck::kFailed;
    bool done = false;          ///< `result` stands
    std::uint32_t same_as = 0;  ///< with `repeats`: the check of this round that tells the result
    bool repeats = false;
  };
  /// How far a token has come.
  struct Progress {
    std::uint8_t next = 0;  ///< candidates that were tried
    bool hashed = false;    ///< hashes_ holds the digest of its signing input
    WorkKernel kernel = WorkKernel::kOpenssl;
    Furthest furthest;
  };

  void start(TokenBatch& batch);
  void collect(TokenBatch& batch, BatchWork& work);
  bool next_check(TokenBatch& batch, std::uint32_t token, BatchWork& work);
  void hash(const TokenBatch& batch, BatchWork& work);
  void compare_tags(const TokenBatch& batch);
  void ask_memo(const TokenBatch& batch, BatchWork& work);
  void hash_memo_keys(const TokenBatch& batch, BatchWork& work);
  std::uint32_t way_of(Alg alg, std::uint32_t key) const;
  void check_signatures(const TokenBatch& batch, BatchWork& work);
  void check_group(const TokenBatch& batch, const LanePlan::Group& group, BatchWork& work);
  void check_rsa(const TokenBatch& batch, std::span<const std::uint32_t> checks, BatchWork& work);
  void check_ecc(const TokenBatch& batch, std::span<const std::uint32_t> checks, WorkKernel kernel,
                 BatchWork& work);
  bool ask_tables(const TokenBatch& batch, std::span<const std::uint32_t> checks, WorkKernel kernel,
                  bool again, BatchWork& work);
  void check_by_openssl(const TokenBatch& batch, Check& check, BatchWork& work);
  void tell_memo();
  void settle(TokenBatch& batch, BatchWork& work);
  void decide(TokenBatch& batch, std::uint32_t token, Furthest answer, BatchWork& work);
  std::string kernel_words(Alg alg, std::uint32_t key, WorkKernel kernel) const;
  bool is_cross_checked(const TokenBatch& batch, std::uint32_t token) const;
  Bytes digest_of(const TokenBatch& batch, std::uint32_t token) const;

  const KeyRing& ring_;
  const SignatureSetup& setup_;
  OpensslBackend backend_;
  HashMany hash_many_;
  std::unique_ptr<RsaMany> rsa_many_;  ///< null: no kernel
  std::vector<RsaMany::Job> rsa_jobs_;
  std::unique_ptr<EccMany> ecc_many_;  ///< null: no tables
  std::vector<EccMany::Job> ecc_jobs_;
  std::vector<std::uint32_t> ecc_checks_;  ///< of the jobs
  SignatureMemo memo_;
  LanePlan plan_;
  std::vector<std::uint32_t> undecided_;  ///< tokens
  std::vector<Check> checks_;             ///< of this round
  std::vector<Progress> progress_;        ///< by token
  /// By token: digest of the signing input, or HMAC tag. Of a forged token that is the signature
  /// that would be good: wiped.
  SecretVector<DigestBytes> hashes_;
  std::vector<DigestBytes> memo_keys_;    ///< by check
  std::vector<std::uint8_t> memo_texts_;  ///< what memo keys are the hashes of
  std::vector<Disagreement> disagreements_;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_VERIFY_H_
