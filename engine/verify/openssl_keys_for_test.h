#ifndef JOTMILL_VERIFY_OPENSSL_KEYS_FOR_TEST_H_
#define JOTMILL_VERIFY_OPENSSL_KEYS_FOR_TEST_H_

// What the tests of this room hold of OpenSSL, and the keys that they make with it.

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/alg.h"
#include "support/catch.h"

namespace jotmill::testing {

using Buffer = std::vector<std::uint8_t>;

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EC_GROUP* p) const { EC_GROUP_free(p); }
  void operator()(EC_POINT* p) const { EC_POINT_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
};
template <typename T>
using Own = std::unique_ptr<T, Free>;

/// Written again, for what the engine hashes with is among what is tested.
inline const EVP_MD* md(Hash hash) {
  if (hash == Hash::kSha256) return EVP_sha256();
  return hash == Hash::kSha384 ? EVP_sha384() : EVP_sha512();
}

/// A number of a key (OSSL_PKEY_PARAM_RSA_N), big-endian.
inline Buffer number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  REQUIRE(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const Own<BIGNUM> owner(number);
  Buffer bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  return bytes;
}

/// More primes than two are found, and sign, in a fraction of the time; who verifies cannot tell.
inline Own<EVP_PKEY> make_rsa(int bits, unsigned exponent, int primes = 2) {
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  const Own<BIGNUM> e(BN_new());
  EVP_PKEY* key = nullptr;
  REQUIRE(BN_set_word(e.get(), exponent) == 1);
  REQUIRE(EVP_PKEY_keygen_init(ctx.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx.get(), bits) == 1);
  REQUIRE(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx.get(), e.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_keygen_primes(ctx.get(), primes) == 1);
  REQUIRE(EVP_PKEY_generate(ctx.get(), &key) == 1);
  return Own<EVP_PKEY>(key);
}

}  // namespace jotmill::testing

#endif  // JOTMILL_VERIFY_OPENSSL_KEYS_FOR_TEST_H_
