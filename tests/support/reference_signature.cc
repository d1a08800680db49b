#include "support/reference_signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>

#include "support/reference_algorithms.h"
#include "support/reference_key_rules.h"
#include "support/reference_numbers.h"

namespace jotmill::reference {
namespace {

struct FreeOpenssl {
  void operator()(EVP_PKEY* pkey) const { EVP_PKEY_free(pkey); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<EVP_PKEY> pkey_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Owned<EVP_PKEY>(pkey);
}

Owned<EVP_PKEY> rsa_pkey(const Key& key) {
  const Number n = number_from_bytes(key.n);
  const Number e = number_from_bytes(key.e);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return pkey_from("RSA", builder.get());
}

Owned<EVP_PKEY> ec_pkey(const Key& key) {
  const std::string point = "\x04" + key.x + key.y;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, ec_group_name(key.crv),
                                  0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return pkey_from("EC", builder.get());
}

// The library's own answer to one signature; 1 alone is a yes.
std::string ask_openssl(const Algorithm& algorithm, EVP_PKEY* pkey, std::string_view message,
                        std::string_view signature) {
  if (pkey == nullptr) return "internal_error";
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // owned by context
  if (EVP_DigestVerifyInit_ex(context.get(), &settings, algorithm.hash, nullptr, nullptr, pkey,
                              nullptr) != 1) {
    return "internal_error";
  }
  if (algorithm.pss &&
      (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1 ||
       EVP_PKEY_CTX_set_rsa_mgf1_md_name(settings, algorithm.hash, nullptr) != 1)) {
    return "internal_error";
  }
  const int answer = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                      bytes_of(message), message.size());
  return answer == 1 ? "accepted" : "signature_mismatch";
}

std::string verify_hmac(const Algorithm& algorithm, const Key& key, std::string_view message,
                        std::string_view signature) {
  if (signature.size() != algorithm.hash_bytes) return "signature_length";
  std::array<unsigned char, EVP_MAX_MD_SIZE> tag{};
  size_t tag_bytes = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, algorithm.hash, nullptr, key.secret.data(),
                key.secret.size(), bytes_of(message), message.size(), tag.data(), tag.size(),
                &tag_bytes) == nullptr ||
      tag_bytes != signature.size()) {
    return "internal_error";
  }
  return CRYPTO_memcmp(tag.data(), signature.data(), tag_bytes) == 0 ? "accepted"
                                                                     : "signature_mismatch";
}

std::string verify_rsa(const Algorithm& algorithm, const Key& key, std::string_view message,
                       std::string_view signature) {
  if (signature.size() != key.n.size()) return "signature_length";
  if (!less(number_from_bytes(signature), number_from_bytes(key.n))) {
    return "signature_out_of_range";
  }
  return ask_openssl(algorithm, rsa_pkey(key).get(), message, signature);
}

std::string verify_ecdsa(const Algorithm& algorithm, const Key& key, std::string_view message,
                         std::string_view signature) {
  const size_t half = ec_coordinate_bytes(key.crv);
  if (signature.size() != 2 * half) return "signature_length";
  Number r = number_from_bytes(signature.substr(0, half));
  Number s = number_from_bytes(signature.substr(half));
  EC_GROUP* group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(ec_group_name(key.crv)));
  const Number order(BN_dup(EC_GROUP_get0_order(group)));
  EC_GROUP_free(group);
  if (BN_is_zero(r.get()) || BN_is_zero(s.get()) || !less(r, order) || !less(s, order)) {
    return "signature_out_of_range";
  }
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), r.release(), s.release());
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(pair.get(), &out);
  return ask_openssl(algorithm, ec_pkey(key).get(), message, der);
}

// RFC 8032 s5.1.7, s5.2.7: the second half is S in little endian, below the order of the base
// point.
std::string verify_eddsa(const Algorithm& algorithm, const Key& key, std::string_view message,
                         std::string_view signature) {
  const bool is_25519 = key.crv == "Ed25519";
  const size_t half = is_25519 ? 32 : 57;
  if (signature.size() != 2 * half) return "signature_length";
  const Number order =
      number_from_hex(is_25519 ? "1000000000000000000000000000000014DEF9DEA2F79CD65812631A5CF5D3ED"
                               : "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
                                 "7CCA23E9C44EDB49AED63690216CC2728DC58F552378C292AB5844F3");
  if (!less(number_from_little_endian(signature.substr(half)), order)) {
    return "signature_out_of_range";
  }
  const Owned<EVP_PKEY> pkey(EVP_PKEY_new_raw_public_key(
      is_25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448, nullptr, bytes_of(key.x), key.x.size()));
  return ask_openssl(algorithm, pkey.get(), message, signature);
}

}  // namespace

std::string verify_signature(std::string_view alg, const Key& key, std::string_view signing_input,
                             std::string_view signature) {
  const Algorithm* algorithm = find_algorithm(alg);
  if (algorithm == nullptr || !fits(*algorithm, key.kty, key.crv)) return "key_type_mismatch";
  std::string verdict = "internal_error";
  if (key.kty == "oct") verdict = verify_hmac(*algorithm, key, signing_input, signature);
  if (key.kty == "RSA") verdict = verify_rsa(*algorithm, key, signing_input, signature);
  if (key.kty == "EC") verdict = verify_ecdsa(*algorithm, key, signing_input, signature);
  if (key.kty == "OKP") verdict = verify_eddsa(*algorithm, key, signing_input, signature);
  ERR_clear_error();
  return verdict;
}

}  // namespace jotmill::reference
