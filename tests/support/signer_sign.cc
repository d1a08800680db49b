// Signatures that follow from key and message alone, and their near misses.

#include <openssl/rsa.h>

#include "support/codec.h"
#include "support/signer.h"
#include "support/signer_numbers.h"

namespace jotmill::gen {
namespace {

using namespace detail;

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

}  // namespace

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

}  // namespace jotmill::gen
