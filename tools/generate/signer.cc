#include "tools/generate/signer.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace jotmill::tools {
namespace {

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* as_bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

const EVP_MD* hash_of(unsigned hash_bytes) {
  switch (hash_bytes) {
    case 20: return EVP_sha1();
    case 32: return EVP_sha256();
    case 48: return EVP_sha384();
    default: return EVP_sha512();
  }
}

using MdContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

[[noreturn]] void fail() {
  ERR_clear_error();
  throw std::runtime_error("OpenSSL cannot make a signature");
}

/// One-shot signature with a prepared context.
bool sign_all(EVP_MD_CTX* context, std::string_view input, std::string& out) {
  std::size_t size = 0;
  if (EVP_DigestSign(context, nullptr, &size, as_bytes(input), input.size()) != 1) return false;
  out.resize(size);
  if (EVP_DigestSign(context, as_bytes(out), &size, as_bytes(input), input.size()) != 1)
    return false;
  out.resize(size);
  return true;
}

}  // namespace

Signer::Signer() : hmac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {
  if (hmac_ == nullptr) fail();
}
Signer::~Signer() { EVP_MAC_free(hmac_); }

std::string Signer::sign(AlgId alg, const TestKey& key, std::string_view input) {
  const AlgInfo& info = kAlgs[alg];
  switch (info.family) {
    case Family::kHmac: return hmac(info.hash_bytes, key.secret, input);
    case Family::kRsa: return rsa_pkcs1(key, info.hash_bytes, input);
    case Family::kPss:
      return rsa_pss(key, {info.hash_bytes, info.hash_bytes, static_cast<int>(info.hash_bytes)},
                     input);
    case Family::kEcdsa: return ecdsa(alg, key, input);
    case Family::kEddsa: return eddsa(key, input);
  }
  fail();
}

std::string Signer::hmac(unsigned hash_bytes, std::string_view secret, std::string_view input) {
  static constexpr const char* kNames[] = {"SHA2-256", "SHA2-384", "SHA2-512"};
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(hmac_),
                                                                          EVP_MAC_CTX_free);
  if (context == nullptr) fail();
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                       const_cast<char*>(kNames[hash_bytes / 16 - 2]), 0),
      OSSL_PARAM_construct_end()};
  std::string out(hash_bytes, '\0');
  std::size_t size = 0;
  // An empty secret still needs a pointer, else OpenSSL takes it for "no key given".
  const unsigned char* bytes = secret.empty() ? as_bytes("") : as_bytes(secret);
  if (EVP_MAC_init(context.get(), bytes, secret.size(), params) != 1 ||
      EVP_MAC_update(context.get(), as_bytes(input), input.size()) != 1 ||
      EVP_MAC_final(context.get(), as_bytes(out), &size, out.size()) != 1) {
    fail();
  }
  return out;
}

std::string Signer::digest(unsigned hash_bytes, std::string_view input) {
  std::string out(hash_bytes, '\0');
  if (EVP_Digest(input.data(), input.size(), as_bytes(out), nullptr, hash_of(hash_bytes),
                 nullptr) != 1) {
    fail();
  }
  return out;
}

std::string Signer::rsa_pkcs1(const TestKey& key, unsigned hash_bytes, std::string_view input) {
  const MdContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string out;
  if (EVP_DigestSignInit(context.get(), nullptr, hash_of(hash_bytes), nullptr,
                         key.private_key.get()) != 1 ||
      !sign_all(context.get(), input, out)) {
    fail();
  }
  return out;
}

std::string Signer::rsa_pss(const TestKey& key, const PssOptions& options, std::string_view input) {
  const MdContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  std::string out;
  if (EVP_DigestSignInit(context.get(), &parameters, hash_of(options.hash_bytes), nullptr,
                         key.private_key.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, options.salt_bytes) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, hash_of(options.mgf_hash_bytes)) != 1 ||
      !sign_all(context.get(), input, out)) {
    fail();
  }
  return out;
}

std::string Signer::rsa_raw(const TestKey& key, std::string_view encoded) {
  const KeyContext context(EVP_PKEY_CTX_new(key.private_key.get(), nullptr), EVP_PKEY_CTX_free);
  std::string out(encoded.size(), '\0');
  std::size_t size = out.size();
  if (EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
      EVP_PKEY_sign(context.get(), as_bytes(out), &size, as_bytes(encoded), encoded.size()) != 1) {
    fail();
  }
  return out;
}

std::string Signer::ecdsa_der(const TestKey& key, unsigned hash_bytes, std::string_view input) {
  return rsa_pkcs1(key, hash_bytes, input);  // the same call: EVP asks the key what to do
}

std::string Signer::ecdsa(AlgId alg, const TestKey& key, std::string_view input) {
  const std::string der = ecdsa_der(key, kAlgs[alg].hash_bytes, input);
  const unsigned char* at = as_bytes(der);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parsed(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  if (parsed == nullptr) fail();
  std::string out(signature_bytes(alg, key), '\0');
  const int half = static_cast<int>(out.size() / 2);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), as_bytes(out), half) != half ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), as_bytes(out) + half, half) != half) {
    fail();
  }
  return out;
}

std::string Signer::eddsa(const TestKey& key, std::string_view input) {
  const MdContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string out;
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.private_key.get()) != 1 ||
      !sign_all(context.get(), input, out)) {
    fail();
  }
  return out;
}

std::string pkcs1_block(std::size_t modulus_bytes, unsigned hash_bytes, std::string_view digest,
                        bool with_null, char block_type) {
  // 2.16.840.1.101.3.4.2.x: 1 is SHA-256, 2 SHA-384, 3 SHA-512.
  std::string oid("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02", 10);
  oid += static_cast<char>(hash_bytes / 16 - 1);
  if (with_null) oid += std::string("\x05\x00", 2);
  std::string info;
  const auto wrap = [](char tag, const std::string& content) {
    return std::string{tag, static_cast<char>(content.size())} + content;
  };
  info = wrap('\x30', wrap('\x30', oid) + wrap('\x04', std::string(digest)));
  std::string block{'\0', block_type};
  block.append(modulus_bytes - info.size() - 3, block_type == 1 ? '\xff' : '\x5a');
  return block + '\0' + info;
}

std::size_t signature_bytes(AlgId alg, const TestKey& key) {
  switch (kAlgs[alg].family) {
    case Family::kHmac: return kAlgs[alg].hash_bytes;
    case Family::kRsa:
    case Family::kPss: return key.modulus.size();
    case Family::kEcdsa: return kAlgs[alg].key == KeyType::kP521 ? 132 : kAlgs[alg].hash_bytes * 2;
    case Family::kEddsa: return key.type == KeyType::kEd448 ? 114 : 64;
  }
  return 0;
}

std::string group_order(KeyType type) {
  // RFC 8032 s5.1 and s5.2: 2^252 + 277..., 2^446 - 138...
  if (type == KeyType::kEd25519 || type == KeyType::kEd448) {
    BIGNUM* order = nullptr;
    BN_hex2bn(&order, type == KeyType::kEd25519
                          ? "1000000000000000000000000000000014DEF9DEA2F79CD65812631A5CF5D3ED"
                          : "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7CCA23E9C44EDB"
                            "49AED63690216CC"
                            "2728DC58F552378C292AB5844F3");
    std::string out(type == KeyType::kEd25519 ? 32 : 57, '\0');
    if (order == nullptr) fail();
    BN_bn2binpad(order, as_bytes(out), static_cast<int>(out.size()));
    BN_free(order);
    return reversed(out);
  }
  const int curve = type == KeyType::kP256   ? NID_X9_62_prime256v1
                    : type == KeyType::kP384 ? NID_secp384r1
                    : type == KeyType::kP521 ? NID_secp521r1
                                             : NID_secp256k1;
  const std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> group(EC_GROUP_new_by_curve_name(curve),
                                                                  EC_GROUP_free);
  if (group == nullptr) fail();
  std::string out(type == KeyType::kP521 ? 66 : type == KeyType::kP384 ? 48 : 32, '\0');
  BN_bn2binpad(EC_GROUP_get0_order(group.get()), as_bytes(out), static_cast<int>(out.size()));
  return out;
}

std::string add_big_endian(std::string a, std::string_view b) {
  unsigned carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    carry += static_cast<unsigned char>(a[i]) + static_cast<unsigned char>(b[i]);
    a[i] = static_cast<char>(carry);
    carry >>= 8;
  }
  return a;
}

std::string subtract_big_endian(std::string a, std::string_view b) {
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int difference =
        static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i]) - borrow;
    borrow = difference < 0 ? 1 : 0;
    a[i] = static_cast<char>(difference);
  }
  return a;
}

std::string reversed(std::string bytes) {
  std::ranges::reverse(bytes);
  return bytes;
}

}  // namespace jotmill::tools
