#include "support/signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

#include "support/codec.h"

namespace jotmill::gen {
namespace {

struct Free {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
  void operator()(EC_GROUP* p) const { EC_GROUP_free(p); }
  void operator()(EC_POINT* p) const { EC_POINT_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;
using Number = Owned<BIGNUM>;

void require(bool worked, const char* what) {
  if (!worked) throw std::runtime_error(std::string("signer: ") + what);
}

const unsigned char* data_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* data_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Number fresh() { return Number(BN_new()); }

Number number(std::string_view big_endian) {
  return Number(BN_bin2bn(data_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

std::string bytes_of(const BIGNUM* value) {
  std::string out(static_cast<size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, data_of(out));
  return out;
}

std::string padded_bytes_of(const BIGNUM* value, size_t size) {
  std::string out(size, '\0');
  require(BN_bn2binpad(value, data_of(out), static_cast<int>(size)) >= 0, "number too large");
  return out;
}

std::string digest(const char* hash, std::string_view message) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  size_t size = 0;
  require(EVP_Q_digest(nullptr, hash, nullptr, message.data(), message.size(), data_of(out),
                       &size) == 1,
          "digest");
  out.resize(size);
  return out;
}

struct CurveFacts {
  std::string_view crv;
  const char* group;
  size_t coordinate_bytes;
};
constexpr std::array<CurveFacts, 4> kCurves = {{{"P-256", "prime256v1", 32},
                                                {"P-384", "secp384r1", 48},
                                                {"P-521", "secp521r1", 66},
                                                {"secp256k1", "secp256k1", 32}}};

const CurveFacts& curve_facts(std::string_view crv) {
  for (const CurveFacts& facts : kCurves) {
    if (facts.crv == crv) return facts;
  }
  throw std::runtime_error("signer: unknown curve");
}

Owned<EC_GROUP> group_of(std::string_view crv) {
  return Owned<EC_GROUP>(EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve_facts(crv).group)));
}

Owned<EVP_PKEY> pkey_from(const char* type, OSSL_PARAM_BLD* builder, int selection) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  require(EVP_PKEY_fromdata_init(context.get()) == 1 &&
              EVP_PKEY_fromdata(context.get(), &pkey, selection, params.get()) == 1,
          "key from numbers");
  return Owned<EVP_PKEY>(pkey);
}

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

const char* hash_of(std::string_view alg) {
  if (alg == "ES256K" || alg.ends_with("256")) return "SHA256";
  if (alg.ends_with("384")) return "SHA384";
  return "SHA512";
}

// RFC 8017 s9.2, and its two classic near misses.
std::string pkcs1_block(const char* hash, std::string_view message, size_t size,
                        const RsaFault& fault) {
  const std::string value = digest(hash, message);
  const char oid_end = value.size() == 32 ? 1 : value.size() == 48 ? 2 : 3;
  std::string oid("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02", 10);
  oid += oid_end;
  if (!fault.without_null) oid += std::string("\x05\x00", 2);
  std::string info = std::string("\x30") + static_cast<char>(oid.size()) + oid + "\x04" +
                     static_cast<char>(value.size()) + value;
  info = std::string("\x30") + static_cast<char>(info.size()) + info;
  std::string block(1, '\0');
  block += fault.padding_type_2 ? '\x02' : '\x01';
  block += std::string(size - info.size() - 3, '\xFF');
  block += '\0';
  return block + info;
}

std::string mgf1(const char* hash, std::string_view seed, size_t size) {
  std::string mask;
  for (char counter = 0; mask.size() < size; ++counter) {
    mask += digest(hash, std::string(seed) + std::string(3, '\0') + counter);
  }
  mask.resize(size);
  return mask;
}

// RFC 8017 s9.1.1 with a salt that follows from the message.
std::string pss_block(const char* hash, std::string_view message, int modulus_bits,
                      const RsaFault& fault) {
  const std::string value = digest(hash, message);
  const size_t salt_bytes =
      fault.salt_bytes < 0 ? value.size() : static_cast<size_t>(fault.salt_bytes);
  const std::string salt = mgf1(hash, "salt" + value, salt_bytes);
  const std::string seed = digest(hash, std::string(8, '\0') + value + salt);
  const size_t size = static_cast<size_t>((modulus_bits - 1 + 7) / 8);
  std::string block(size - salt.size() - value.size() - 2, '\0');
  block += '\x01';
  block += salt;
  const std::string mask =
      mgf1(fault.mgf_hash == nullptr ? hash : fault.mgf_hash, seed, block.size());
  for (size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(block[i] ^ mask[i]);
  const int spare_bits = static_cast<int>(8 * size) - (modulus_bits - 1);
  block[0] = static_cast<char>(block[0] & (0xFF >> spare_bits));
  return block + seed + "\xBC";
}

std::string rsa_private(const SigningKey& key, std::string block) {
  block.insert(0, key.n.size() - block.size(), '\0');
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key.pkey.get(), nullptr));
  std::string out(key.n.size(), '\0');
  size_t size = out.size();
  require(EVP_PKEY_sign_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
              EVP_PKEY_sign(context.get(), data_of(out), &size, data_of(block), block.size()) == 1,
          "RSA");
  return out;
}

// ECDSA with a nonce that follows from key and message.
std::string sign_ecdsa(const char* hash, const SigningKey& key, std::string_view message) {
  const size_t half = curve_facts(key.crv).coordinate_bytes;
  const auto group = group_of(key.crv);
  const BIGNUM* order = EC_GROUP_get0_order(group.get());
  const Owned<BN_CTX> scratch(BN_CTX_new());
  const std::string nonce_seed = key.d + std::string(message);
  const Number k = number(digest("SHA512", nonce_seed) + digest("SHA256", nonce_seed));
  BN_nnmod(k.get(), k.get(), order, scratch.get());
  const Owned<EC_POINT> point(EC_POINT_new(group.get()));
  const Number r = fresh(), s = fresh();
  EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr, scratch.get());
  EC_POINT_get_affine_coordinates(group.get(), point.get(), r.get(), nullptr, scratch.get());
  BN_nnmod(r.get(), r.get(), order, scratch.get());
  // s = (z + r d) / k; no hash here is longer than its curve's order.
  const Number z = number(digest(hash, message));
  const Number d = number(key.d);
  BN_mod_mul(s.get(), r.get(), d.get(), order, scratch.get());
  BN_mod_add(s.get(), s.get(), z.get(), order, scratch.get());
  BN_mod_inverse(k.get(), k.get(), order, scratch.get());
  BN_mod_mul(s.get(), s.get(), k.get(), order, scratch.get());
  return padded_bytes_of(r.get(), half) + padded_bytes_of(s.get(), half);
}

std::string sign_eddsa(const SigningKey& key, std::string_view message) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string out(2 * key.x.size(), '\0');
  size_t size = out.size();
  require(
      EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.pkey.get(),
                            nullptr) == 1 &&
          EVP_DigestSign(context.get(), data_of(out), &size, data_of(message), message.size()) == 1,
      "EdDSA");
  return out;
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

std::string sign_rsa_with_fault(std::string_view alg, const SigningKey& key,
                                std::string_view message, const RsaFault& fault) {
  const char* hash = hash_of(alg);
  if (alg.starts_with("PS")) {
    const int bits = BN_num_bits(number(key.n).get());
    return rsa_private(key, pss_block(hash, message, bits, fault));
  }
  return rsa_private(key, pkcs1_block(hash, message, key.n.size(), fault));
}

std::string sign(std::string_view alg, const SigningKey& key, std::string_view message) {
  if (key.kty == "oct") return codec::hmac(hash_of(alg), key.secret, message);
  if (key.kty == "RSA") return sign_rsa_with_fault(alg, key, message, {});
  if (key.kty == "EC") return sign_ecdsa(hash_of(alg), key, message);
  return sign_eddsa(key, message);
}

std::string other_s(std::string_view crv, std::string_view signature) {
  const size_t half = curve_facts(crv).coordinate_bytes;
  const auto group = group_of(crv);
  const Number s = number(signature.substr(half));
  BN_sub(s.get(), EC_GROUP_get0_order(group.get()), s.get());
  return std::string(signature.substr(0, half)) + padded_bytes_of(s.get(), half);
}

std::string ecdsa_as_der(std::string_view crv, std::string_view signature) {
  const size_t half = curve_facts(crv).coordinate_bytes;
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), number(signature.substr(0, half)).release(),
                 number(signature.substr(half)).release());
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  unsigned char* out = data_of(der);
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

std::string group_order(std::string_view crv) {
  if (crv == "Ed25519") {
    return codec::from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  }
  if (crv == "Ed448") {
    return codec::from_hex(
        "f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7c"
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffff3f00");
  }
  const auto group = group_of(crv);
  return padded_bytes_of(EC_GROUP_get0_order(group.get()), curve_facts(crv).coordinate_bytes);
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
