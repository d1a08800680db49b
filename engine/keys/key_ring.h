#ifndef JOTMILL_KEYS_KEY_RING_H_
#define JOTMILL_KEYS_KEY_RING_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/alg.h"
#include "jotmill/verdict.h"
#include "keys/secret.h"

namespace jotmill {

/// SHA-2 states after one block of key XOR ipad and key XOR opad (RFC 2104 s4), as words of the
/// hash: 32-bit words of SHA-256 in the low halves of the first eight entries, 64-bit words of
/// SHA-384 and SHA-512 as they are.
struct HmacStates {
  std::array<std::uint64_t, 8> inner{};
  std::array<std::uint64_t, 8> outer{};
};

/// Why a key that is sound may not verify signatures (RFC 7517 s4.2, s4.3).
enum class UseLimit : std::uint8_t { kNone, kUse, kKeyOps };

/// One key as loaded: typed, checked, and ready for verification. A refused key stays in the ring,
/// so that a token which selects it gets key_rejected and not key_not_found.
struct PreparedKey {
  KeyType type = KeyType::kUnknown;
  Curve curve = Curve::kNone;
  std::uint32_t bits = 0;  ///< RSA: of the modulus; EC and OKP: of the curve; oct: of the secret

  bool has_kid = false;
  bool has_alg = false;
  bool was_private = false;  ///< loaded from a private key, of which only the public half is kept
  UseLimit use_limit = UseLimit::kNone;
  /// What the key material itself allows: narrower for an id-RSASSA-PSS key (RFC 4055 s1.2) and for
  /// an oct key without alg that is too short for the longer hashes (RFC 7518 s3.2).
  AlgSet permitted = kEveryAlg;
  std::string kid;
  std::string alg;         ///< the key's own alg member as it stands, empty when absent
  std::string type_text;   ///< kty, or what a PEM or DER key calls itself, when type is kUnknown
  std::string curve_text;  ///< crv when curve is kNone though the type has one

  std::string refusal;  ///< why the key was refused at load; empty: sound
  std::vector<std::string> warnings;
  std::uint32_t source = 0;    ///< index into KeyRing::sources()
  std::uint32_t position = 0;  ///< 0-based within its source
  std::uint32_t material = 0;  ///< equal for equal key material, whatever the kid, alg or use

  // Key material; only what its type needs is filled.
  std::vector<std::uint8_t> n, e;  ///< RSA: big-endian, no leading zeros
  std::vector<std::uint8_t> x, y;  ///< EC: coordinates of full length; OKP: x is the public key
  SecretBytes secret;              ///< oct
  SecretVector<HmacStates> hmac;   ///< sound oct: three, for SHA-256, SHA-384, SHA-512; else empty

  bool refused() const { return !refusal.empty(); }
  bool for_signatures() const { return use_limit == UseLimit::kNone; }
};

/// What one key says to one alg: kAccepted when it may try the signature, else the first failing
/// check of verdicts.md, section D (key_rejected, key_type_mismatch, key_use_mismatch,
/// key_alg_mismatch).
Verdict judge_key(const PreparedKey& key, Alg alg);

/// The same in a few words, for TokenBatch::detail: a refusal reason, the type or curve of the key,
/// "use" or "key_ops", the key's own alg. Empty when the key is usable.
std::string judge_key_detail(const PreparedKey& key, Alg alg);

/// Every key of a run, in load order, with the index that binds tokens to keys. Built before the
/// run, read-only during it.
class KeyRing {
 public:
  KeyRing();
  ~KeyRing();
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;

  const std::vector<PreparedKey>& keys() const;
  /// Paths as given (or found in a directory), in load order.
  const std::vector<std::string>& sources() const;
  /// Remarks about whole files: dropped newlines, duplicates, private keys. In words, without key
  /// material.
  const std::vector<std::string>& warnings() const;

  /// Candidates of a token (verdicts.md, section D): keys with an equal kid and keys without one,
  /// or all keys when the token has none.
  struct Lookup {
    std::array<std::uint32_t, 16> usable{};  ///< key indices in load order
    std::uint8_t usable_count = 0;
    Verdict failure = Verdict::kKeyNotFound;  ///< when usable_count is 0 (or too many): the failure
                                              ///< that got furthest
    std::uint32_t failure_key = 0xFFFFFFFF;   ///< the key that failure speaks of, kNoKey when none
  };
  /// Constant time in the number of keys for every kid that few keys share.
  Lookup find(Alg alg, bool has_kid, std::string_view kid) const;

 private:
  friend class KeyRingBuilder;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_KEY_RING_H_
