#include "support/reference_openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "support/reference_key_rules.h"
#include "support/reference_numbers.h"

namespace jotmill::reference::openssl {
namespace {

struct FreePkey {
  void operator()(EVP_PKEY* pkey) const { EVP_PKEY_free(pkey); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;

enum class Shape { spki, pkcs1_public, certificate, private_key };

// The key in a DER structure of that shape, or null; nothing may follow the structure.
Pkey read_shape(Shape shape, std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* at = begin;
  const long size = static_cast<long>(der.size());
  Pkey pkey;
  if (shape == Shape::spki) pkey.reset(d2i_PUBKEY(nullptr, &at, size));
  if (shape == Shape::pkcs1_public) pkey.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
  if (shape == Shape::private_key) pkey.reset(d2i_AutoPrivateKey(nullptr, &at, size));
  if (shape == Shape::certificate) {
    X509* certificate = d2i_X509(nullptr, &at, size);
    if (certificate != nullptr) pkey.reset(X509_get_pubkey(certificate));
    X509_free(certificate);
  }
  ERR_clear_error();
  if (pkey != nullptr && at != begin + size) pkey.reset();
  return pkey;
}

Pkey read_any_shape(std::string_view der) {
  if (der.empty() || der.front() != '\x30') return nullptr;
  for (const Shape shape :
       {Shape::spki, Shape::pkcs1_public, Shape::certificate, Shape::private_key}) {
    if (Pkey pkey = read_shape(shape, der)) return pkey;
  }
  return nullptr;
}

// A parameter of the key as big-endian bytes: exactly `size` of them, or as few as it takes when
// size is 0.
std::string parameter(const EVP_PKEY* pkey, const char* name, size_t size) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(pkey, name, &raw) != 1) return "";
  const Number number(raw);
  std::string bytes(size == 0 ? static_cast<size_t>(BN_num_bytes(raw)) : size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  if (BN_bn2binpad(raw, out, static_cast<int>(bytes.size())) < 0) return "";
  return bytes;
}

Key ec_key(const EVP_PKEY* pkey) {
  Key key;
  key.kty = "EC";
  std::array<char, 64> group{};
  size_t length = 0;
  EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                 &length);
  for (const char* crv : {"P-256", "P-384", "P-521", "secp256k1"}) {
    if (std::string_view(group.data()) == ec_group_name(crv)) key.crv = crv;
  }
  key.x = parameter(pkey, OSSL_PKEY_PARAM_EC_PUB_X, ec_coordinate_bytes(key.crv));
  key.y = parameter(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, ec_coordinate_bytes(key.crv));
  return key;
}

Key okp_key(const EVP_PKEY* pkey, const char* crv) {
  Key key;
  key.kty = "OKP";
  key.crv = crv;
  std::array<unsigned char, 64> point{};
  size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(pkey, point.data(), &size) == 1) {
    key.x.assign(reinterpret_cast<const char*>(point.data()), size);
  }
  return key;
}

Key key_of(const EVP_PKEY* pkey) {
  if (EVP_PKEY_is_a(pkey, "RSA") == 1 || EVP_PKEY_is_a(pkey, "RSA-PSS") == 1) {
    Key key;
    key.kty = "RSA";
    key.n = parameter(pkey, OSSL_PKEY_PARAM_RSA_N, 0);
    key.e = parameter(pkey, OSSL_PKEY_PARAM_RSA_E, 0);
    return key;
  }
  if (EVP_PKEY_is_a(pkey, "EC") == 1) return ec_key(pkey);
  if (EVP_PKEY_is_a(pkey, "ED25519") == 1) return okp_key(pkey, "Ed25519");
  if (EVP_PKEY_is_a(pkey, "ED448") == 1) return okp_key(pkey, "Ed448");
  Key other;
  other.refused = "unknown key type";
  return other;
}

// The key of one PEM block into `out`; the fault of the whole text, or empty.
std::string read_block(std::string_view label, std::string_view header, std::string_view der,
                       ReadKeys& out) {
  if (label == "ENCRYPTED PRIVATE KEY" || header.find("ENCRYPTED") != std::string_view::npos) {
    return "encrypted PEM";
  }
  if (label.find("KEY") == std::string_view::npos && label.find("CERT") == std::string_view::npos)
    return "";
  Shape shape = Shape::spki;
  if (label == "PUBLIC KEY") {
    shape = Shape::spki;
  } else if (label == "RSA PUBLIC KEY") {
    shape = Shape::pkcs1_public;
  } else if (label == "CERTIFICATE" || label == "X509 CERTIFICATE") {
    shape = Shape::certificate;
  } else if (label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY") {
    shape = Shape::private_key;
  } else {
    return "PEM block is no key";
  }
  const Pkey pkey = read_shape(shape, der);
  if (pkey == nullptr) return "PEM block cannot be read";
  out.keys.push_back(key_of(pkey.get()));
  return "";
}

}  // namespace

ReadKeys read_pem(std::string_view text) {
  ReadKeys out;
  BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  ERR_clear_error();
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (out.fault.empty() && PEM_read_bio(bio, &label, &header, &data, &size) == 1) {
    const std::string_view der(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
    out.fault = read_block(label, header, der, out);
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  if (out.fault.empty() && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    out.fault = "malformed PEM";
  }
  if (out.fault.empty() && out.keys.empty()) out.fault = "PEM without a key";
  ERR_clear_error();
  BIO_free(bio);
  if (!out.fault.empty()) out.keys.clear();
  return out;
}

ReadKeys read_der(std::string_view bytes) {
  ReadKeys out;
  if (const Pkey pkey = read_any_shape(bytes)) {
    out.keys.push_back(key_of(pkey.get()));
  } else {
    out.fault = "malformed DER";
  }
  return out;
}

bool writes(std::string_view bytes) {
  const Pkey pkey = read_any_shape(bytes);
  if (pkey == nullptr) return false;
  for (const auto encode : {i2d_PUBKEY, i2d_PublicKey, i2d_PrivateKey}) {
    unsigned char* out = nullptr;
    const int size = encode(pkey.get(), &out);
    const bool same = size > 0 && bytes == std::string_view(reinterpret_cast<const char*>(out),
                                                            static_cast<size_t>(size));
    OPENSSL_free(out);
    ERR_clear_error();
    if (same) return true;
  }
  return false;
}

}  // namespace jotmill::reference::openssl
