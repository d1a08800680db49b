#include "support/signer.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "support/signer_numbers.h"

namespace jotmill::gen {
namespace {

using namespace detail;

// No small factor, and Fermat's test to base 2: for numbers nobody chose to deceive us that is
// enough, and it takes a sixtieth of the time that BN_check_prime takes to be sure.
bool is_probably_prime(const BIGNUM* p, BN_CTX* scratch) {
  for (BN_ULONG factor = 3; factor < 4000; factor += 2) {
    if (BN_mod_word(p, factor) == 0) return false;
  }
  const Number two = fresh(), before = fresh(), power = fresh();
  BN_set_word(two.get(), 2);
  BN_sub(before.get(), p, BN_value_one());
  BN_mod_exp(power.get(), two.get(), before.get(), p, scratch);
  return BN_is_one(power.get());
}

// The next prime from a random start with its two top bits set, so that a product has its full
// length.
Number make_prime(Random& random, int bits, BN_ULONG exponent, BN_CTX* scratch) {
  Number p = number(random.bytes(static_cast<size_t>((bits + 7) / 8)));
  BN_set_bit(p.get(), bits - 1);
  BN_mask_bits(p.get(), bits);
  BN_set_bit(p.get(), bits - 2);
  BN_set_bit(p.get(), 0);
  while (BN_mod_word(p.get(), exponent) == 1 || !is_probably_prime(p.get(), scratch)) {
    BN_add_word(p.get(), 2);
  }
  return p;
}

Owned<EVP_PKEY> ec_pkey(const SigningKey& key) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const std::string point = "\x04" + key.x + key.y;
  const Number d = number(key.d);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  curve_facts(key.crv).group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get());
  return pkey_from("EC", builder.get(), EVP_PKEY_KEYPAIR);
}

}  // namespace

SigningKey make_oct(Random& random, size_t bytes) {
  SigningKey key;
  key.kty = "oct";
  key.secret = random.bytes(bytes);
  return key;
}

SigningKey make_rsa(Random& random, int bits, unsigned exponent) {
  const Owned<BN_CTX> scratch(BN_CTX_new());
  const Number e = fresh(), n = fresh(), d = fresh(), phi = fresh(), p_1 = fresh(), q_1 = fresh();
  const Number dp = fresh(), dq = fresh(), qi = fresh();
  BN_set_word(e.get(), exponent);
  const Number p = make_prime(random, (bits + 1) / 2, exponent, scratch.get());
  const Number q = make_prime(random, bits - (bits + 1) / 2, exponent, scratch.get());
  BN_mul(n.get(), p.get(), q.get(), scratch.get());
  BN_sub(p_1.get(), p.get(), BN_value_one());
  BN_sub(q_1.get(), q.get(), BN_value_one());
  BN_mul(phi.get(), p_1.get(), q_1.get(), scratch.get());
  require(BN_mod_inverse(d.get(), e.get(), phi.get(), scratch.get()) != nullptr, "RSA exponent");
  BN_nnmod(dp.get(), d.get(), p_1.get(), scratch.get());
  BN_nnmod(dq.get(), d.get(), q_1.get(), scratch.get());
  BN_mod_inverse(qi.get(), q.get(), p.get(), scratch.get());

  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const std::pair<const char*, const BIGNUM*> parts[] = {
      {OSSL_PKEY_PARAM_RSA_N, n.get()},          {OSSL_PKEY_PARAM_RSA_E, e.get()},
      {OSSL_PKEY_PARAM_RSA_D, d.get()},          {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},    {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi.get()}};
  for (const auto& [name, value] : parts) OSSL_PARAM_BLD_push_BN(builder.get(), name, value);

  SigningKey key;
  key.kty = "RSA";
  key.n = bytes_of(n.get());
  key.e = bytes_of(e.get());
  key.pkey = pkey_from("RSA", builder.get(), EVP_PKEY_KEYPAIR);
  return key;
}

SigningKey make_ec(Random& random, std::string_view crv) {
  const size_t bytes = curve_facts(crv).coordinate_bytes;
  const auto group = group_of(crv);
  const Owned<BN_CTX> scratch(BN_CTX_new());
  const Number d = number(random.bytes(bytes + 8));
  BN_nnmod(d.get(), d.get(), EC_GROUP_get0_order(group.get()), scratch.get());
  const Owned<EC_POINT> point(EC_POINT_new(group.get()));
  const Number x = fresh(), y = fresh();
  require(EC_POINT_mul(group.get(), point.get(), d.get(), nullptr, nullptr, scratch.get()) == 1 &&
              EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(),
                                              scratch.get()) == 1,
          "EC key");
  SigningKey key;
  key.kty = "EC";
  key.crv = crv;
  key.d = padded_bytes_of(d.get(), bytes);
  key.x = padded_bytes_of(x.get(), bytes);
  key.y = padded_bytes_of(y.get(), bytes);
  return key;
}

SigningKey make_okp(Random& random, std::string_view crv) {
  const bool is_25519 = crv == "Ed25519";
  const std::string seed = random.bytes(is_25519 ? 32 : 57);
  SigningKey key;
  key.kty = "OKP";
  key.crv = crv;
  key.pkey = Owned<EVP_PKEY>(EVP_PKEY_new_raw_private_key(
      is_25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448, nullptr, data_of(seed), seed.size()));
  key.x.resize(seed.size());
  size_t size = key.x.size();
  require(EVP_PKEY_get_raw_public_key(key.pkey.get(), data_of(key.x), &size) == 1, "OKP key");
  return key;
}

std::string as_der(const SigningKey& key, FileShape shape) {
  const Owned<EVP_PKEY> ec = key.kty == "EC" ? ec_pkey(key) : nullptr;
  EVP_PKEY* pkey = ec != nullptr ? ec.get() : key.pkey.get();
  unsigned char* der = nullptr;
  int size = 0;
  if (shape == FileShape::spki) size = i2d_PUBKEY(pkey, &der);
  if (shape == FileShape::pkcs1) size = i2d_PublicKey(pkey, &der);
  if (shape == FileShape::pkcs8) {
    PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(pkey);
    size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    PKCS8_PRIV_KEY_INFO_free(info);
  }
  require(size > 0, "DER");
  std::string out(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string as_pem(const SigningKey& key, FileShape shape) {
  const std::string der = as_der(key, shape);
  const char* label = shape == FileShape::spki    ? "PUBLIC KEY"
                      : shape == FileShape::pkcs1 ? "RSA PUBLIC KEY"
                                                  : "PRIVATE KEY";
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio(bio.get(), label, "", data_of(der), static_cast<long>(der.size())) > 0,
          "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

std::string roca_modulus(Random& random, int bits) {
  const Owned<BN_CTX> scratch(BN_CTX_new());
  const Number primorial = fresh(), power = fresh(), n = fresh(), exponent = fresh();
  BN_one(primorial.get());
  for (const BN_ULONG prime :
       {2,  3,  5,  7,  11, 13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67, 71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}) {
    BN_mul_word(primorial.get(), prime);
  }
  BN_set_word(exponent.get(), random.next() >> 8);
  BN_set_word(power.get(), 65537);
  BN_mod_exp(power.get(), power.get(), exponent.get(), primorial.get(), scratch.get());
  const Number high = number(random.bytes(static_cast<size_t>(bits / 8)));
  BN_set_bit(high.get(), bits - 1);
  BN_div(nullptr, n.get(), high.get(), primorial.get(), scratch.get());
  BN_sub(high.get(), high.get(), n.get());
  BN_add(n.get(), high.get(), power.get());
  return bytes_of(n.get());
}

}  // namespace jotmill::gen
