#ifndef JOTMILL_TOOLS_GENERATE_SIGNER_H_
#define JOTMILL_TOOLS_GENERATE_SIGNER_H_

#include <string>
#include <string_view>

#include "tools/generate/algs.h"
#include "tools/generate/key_pool.h"

namespace jotmill::tools {

/// The two halves of an ECDSA or EdDSA signature, or of anything that has r and s.
struct Halves {
  std::string first;
  std::string second;
};

/// How a PSS signature departs from RFC 7518 s3.5.
struct PssOptions {
  unsigned hash_bytes = 32;
  unsigned mgf_hash_bytes = 32;  ///< of MGF1; 20 is SHA-1
  int salt_bytes = 32;
};

/// Makes signatures, good ones and, on purpose, bad ones. One per thread. Where OpenSSL fails
/// (memory, for one) there is no token to go on with: std::runtime_error, out of the constructor
/// too.
class Signer {
 public:
  Signer();
  ~Signer();
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  /// The JWS signature of `input` in the form of RFC 7518 s3 and RFC 8037 s3.1. The key must be
  /// able to sign with `alg`.
  std::string sign(AlgId alg, const TestKey& key, std::string_view input);

  std::string hmac(unsigned hash_bytes, std::string_view secret, std::string_view input);
  /// EMSA-PKCS1-v1_5 (RFC 8017 s9.2) with the given hash.
  std::string rsa_pkcs1(const TestKey& key, unsigned hash_bytes, std::string_view input);
  std::string rsa_pss(const TestKey& key, const PssOptions& options, std::string_view input);
  /// encoded^d mod n of a block as long as the modulus: RSA without any padding rule.
  std::string rsa_raw(const TestKey& key, std::string_view encoded);
  /// DER, as X.509 has it and JWS has not.
  std::string ecdsa_der(const TestKey& key, unsigned hash_bytes, std::string_view input);
  std::string digest(unsigned hash_bytes, std::string_view input);

 private:
  std::string ecdsa(AlgId alg, const TestKey& key, std::string_view input);
  std::string eddsa(const TestKey& key, std::string_view input);

  EVP_MAC* hmac_;
};

/// The block that PKCS#1 v1.5 signs: 00 01 FF.. 00 DigestInfo (RFC 8017 s9.2).
/// `with_null` false leaves out the NULL parameters of the hash's name, which must be there.
std::string pkcs1_block(std::size_t modulus_bytes, unsigned hash_bytes, std::string_view digest,
                        bool with_null = true, char block_type = 1);

/// Length in bytes of a signature by `alg` with `key` (RFC 7518 s3.2-3.5, RFC 8032).
std::size_t signature_bytes(AlgId alg, const TestKey& key);

/// The order of the group, big-endian for ECDSA, little-endian for EdDSA, as long as a half of the
/// signature.
std::string group_order(KeyType type);

/// a + b of big-endian numbers of equal length, carry dropped.
std::string add_big_endian(std::string a, std::string_view b);
/// a - b, a >= b.
std::string subtract_big_endian(std::string a, std::string_view b);
std::string reversed(std::string bytes);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_SIGNER_H_
