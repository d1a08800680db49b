#ifndef JOTMILL_TESTS_SUPPORT_SIGNER_H_
#define JOTMILL_TESTS_SUPPORT_SIGNER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "support/gen_random.h"

struct evp_pkey_st;

// Keys and signatures for tests, the same in every process: a case that failed is replayed from its
// seed alone, which OpenSSL's own key generation, ECDSA and PSS with their fresh randomness would
// not allow. Not for any real secret.
namespace jotmill::gen {

struct SigningKey {
  std::string kty, crv;
  std::string secret;                 // oct
  std::string n, e;                   // RSA, big-endian
  std::string x, y;                   // EC coordinates in full length; OKP: x alone
  std::string d;                      // EC: the scalar
  std::shared_ptr<evp_pkey_st> pkey;  // RSA and OKP
};

SigningKey make_oct(Random& random, size_t bytes);
SigningKey make_rsa(Random& random, int bits,
                    unsigned exponent);  // seconds for large moduli: keep and reuse them
SigningKey make_ec(Random& random, std::string_view crv);
SigningKey make_okp(Random& random, std::string_view crv);

// The JWS signature of a message (RFC 7518 s3, RFC 8037 s3.1). The algorithm must fit the key, but
// an RSA key may be too small for it to be allowed. Throws std::runtime_error when OpenSSL fails.
std::string sign(std::string_view alg, const SigningKey& key, std::string_view message);

// Signatures that are near misses: what sign() does, but for one thing.
struct RsaFault {
  int salt_bytes = -1;             // PS*: another salt length than the hash's
  const char* mgf_hash = nullptr;  // PS*: another hash in MGF1
  bool without_null = false;       // RS*: DigestInfo without the NULL parameter
  bool padding_type_2 = false;     // RS*: block type 2
};
std::string sign_rsa_with_fault(std::string_view alg, const SigningKey& key,
                                std::string_view message, const RsaFault& fault);

// The same ECDSA signature with n - s for s (it verifies too), and as DER (which a JWS never
// holds).
std::string other_s(std::string_view crv, std::string_view signature);
std::string ecdsa_as_der(std::string_view crv, std::string_view signature);

// The order of the curve's base point as bytes: big-endian of the coordinates' length for EC,
// little-endian of the half signature's length for OKP.
std::string group_order(std::string_view crv);

// A public-key file of the key: SubjectPublicKeyInfo, PKCS#1 (RSA alone), or PKCS#8 with the
// private key.
enum class FileShape { spki, pkcs1, pkcs8 };
std::string as_der(const SigningKey& key, FileShape shape);
std::string as_pem(const SigningKey& key, FileShape shape);

// An RSA modulus of that size with the ROCA fingerprint (CVE-2017-15361); nobody knows its factors.
std::string roca_modulus(Random& random, int bits);

}  // namespace jotmill::gen

#endif  // JOTMILL_TESTS_SUPPORT_SIGNER_H_
