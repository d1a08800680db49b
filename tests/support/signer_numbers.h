#ifndef JOTMILL_TESTS_SUPPORT_SIGNER_NUMBERS_H_
#define JOTMILL_TESTS_SUPPORT_SIGNER_NUMBERS_H_

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

// OpenSSL's numbers, curves and keys as the two halves of the signer use them; failures throw
// std::runtime_error.
namespace jotmill::gen::detail {

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

inline void require(bool worked, const char* what) {
  if (!worked) throw std::runtime_error(std::string("signer: ") + what);
}

inline const unsigned char* data_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* data_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

inline Number fresh() { return Number(BN_new()); }

inline Number number(std::string_view big_endian) {
  return Number(BN_bin2bn(data_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

inline std::string bytes_of(const BIGNUM* value) {
  std::string out(static_cast<size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, data_of(out));
  return out;
}

inline std::string padded_bytes_of(const BIGNUM* value, size_t size) {
  std::string out(size, '\0');
  require(BN_bn2binpad(value, data_of(out), static_cast<int>(size)) >= 0, "number too large");
  return out;
}

inline std::string digest(const char* hash, std::string_view message) {
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
inline constexpr std::array<CurveFacts, 4> kCurves = {{{"P-256", "prime256v1", 32},
                                                       {"P-384", "secp384r1", 48},
                                                       {"P-521", "secp521r1", 66},
                                                       {"secp256k1", "secp256k1", 32}}};

inline const CurveFacts& curve_facts(std::string_view crv) {
  for (const CurveFacts& facts : kCurves) {
    if (facts.crv == crv) return facts;
  }
  throw std::runtime_error("signer: unknown curve");
}

inline Owned<EC_GROUP> group_of(std::string_view crv) {
  return Owned<EC_GROUP>(EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve_facts(crv).group)));
}

inline Owned<EVP_PKEY> pkey_from(const char* type, OSSL_PARAM_BLD* builder, int selection) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  require(EVP_PKEY_fromdata_init(context.get()) == 1 &&
              EVP_PKEY_fromdata(context.get(), &pkey, selection, params.get()) == 1,
          "key from numbers");
  return Owned<EVP_PKEY>(pkey);
}

}  // namespace jotmill::gen::detail

#endif  // JOTMILL_TESTS_SUPPORT_SIGNER_NUMBERS_H_
