#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_ALGORITHMS_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_ALGORITHMS_H_

#include <array>
#include <cstddef>
#include <string_view>

namespace jotmill::reference {

// One signature algorithm by its name: the key it needs and the hash it uses.
struct Algorithm {
  std::string_view name;
  std::string_view kty;
  std::string_view
      crv;  // required curve; empty where the type has none, or where it may be either (EdDSA)
  const char* hash;  // OpenSSL's name; null for EdDSA, which hashes by itself
  size_t hash_bytes;
  bool pss = false;
};

// RFC 7518 s3.1, RFC 8037 s3.1, RFC 8812 s3.2, RFC 9864 s2.2.
inline constexpr std::array<Algorithm, 16> kAlgorithms = {{
    {"HS256", "oct", "", "SHA256", 32},
    {"HS384", "oct", "", "SHA384", 48},
    {"HS512", "oct", "", "SHA512", 64},
    {"RS256", "RSA", "", "SHA256", 32},
    {"RS384", "RSA", "", "SHA384", 48},
    {"RS512", "RSA", "", "SHA512", 64},
    {"PS256", "RSA", "", "SHA256", 32, true},
    {"PS384", "RSA", "", "SHA384", 48, true},
    {"PS512", "RSA", "", "SHA512", 64, true},
    {"ES256", "EC", "P-256", "SHA256", 32},
    {"ES384", "EC", "P-384", "SHA384", 48},
    {"ES512", "EC", "P-521", "SHA512", 64},
    {"ES256K", "EC", "secp256k1", "SHA256", 32},
    {"EdDSA", "OKP", "", nullptr, 0},
    {"Ed25519", "OKP", "Ed25519", nullptr, 0},
    {"Ed448", "OKP", "Ed448", nullptr, 0},
}};

// The algorithm of exactly that name, or null.
inline const Algorithm* find_algorithm(std::string_view name) {
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.name == name) return &algorithm;
  }
  return nullptr;
}

// True when a key of that type and curve can serve the algorithm at all.
inline bool fits(const Algorithm& algorithm, std::string_view kty, std::string_view crv) {
  return algorithm.kty == kty && (algorithm.crv.empty() || algorithm.crv == crv);
}

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_ALGORITHMS_H_
