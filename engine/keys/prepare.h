#ifndef JOTMILL_KEYS_PREPARE_H_
#define JOTMILL_KEYS_PREPARE_H_

#include <string_view>

#include "core/bytes.h"
#include "keys/curves.h"
#include "keys/key_ring.h"

namespace jotmill {

/// Least and greatest size of an RSA modulus in bits, and least of an HMAC secret without alg in
/// bytes (RFC 7518 s3.2, s3.3; verdicts.md, "Keys refused at load").
inline constexpr std::uint32_t kLeastRsaBits = 2048;
inline constexpr std::uint32_t kMostRsaBits = 16384;
inline constexpr std::size_t kLeastSecretBytes = 32;

/// Checks a key as it was read and makes it ready: strips leading zeros of RSA numbers, sets bits
/// and permitted, hashes the HMAC states. A key that fails gets a refusal in words and loses its
/// material; one that was refused by its reader is left refused. No key object of the library is
/// made.
class KeyPreparer {
 public:
  /// `allow_weak_secret` lifts the least length of HMAC secrets, but emptiness stays refused.
  explicit KeyPreparer(bool allow_weak_secret) : allow_weak_secret_(allow_weak_secret) {}

  void prepare(PreparedKey& key);
  CurveArithmetic& arithmetic() { return arithmetic_; }

 private:
  void check(PreparedKey& key);
  void check_oct(PreparedKey& key);
  void check_rsa(PreparedKey& key);
  void check_ec(PreparedKey& key);
  void check_okp(PreparedKey& key);

  bool allow_weak_secret_;
  CurveArithmetic arithmetic_;
};

/// What kind of key file these bytes are, to tell a secret from a key that was put in its place
/// (RFC 8725 s2.1): "a PEM key", "a DER key", "an SSH key", "a JSON key"; empty: none. Blanks
/// and a byte order mark around it do not matter. Base64 of DER (a PEM without its lines) counts as
/// DER, as do its hex digits; text may be UTF-16 behind its mark, and an SSH key stand anywhere in
/// a line. Linear.
std::string_view key_in_disguise(Bytes bytes);

/// The public exponent 65537 generates only a small part of the numbers modulo most small primes,
/// and the moduli of a flawed library (CVE-2017-15361, "ROCA") lie in that part for every one of
/// them. True for those, and for one other modulus in 10^8 or so. `n` is big-endian.
bool has_roca_fingerprint(Bytes n);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_PREPARE_H_
