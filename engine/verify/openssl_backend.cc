#include "verify/openssl_backend.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <cerrno>
#include <list>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "verify/evp_md.h"

namespace jotmill {
namespace {

template <auto Fn>
struct Free {
  template <typename T>
  void operator()(T* p) const {
    Fn(p);
  }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using BnPtr = std::unique_ptr<BIGNUM, Free<BN_free>>;
using ParamBldPtr = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using ParamPtr = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

PkeyPtr rsa_key(const PreparedKey& key) {
  const BnPtr n(BN_bin2bn(key.n.data(), static_cast<int>(key.n.size()), nullptr));
  const BnPtr e(BN_bin2bn(key.e.data(), static_cast<int>(key.e.size()), nullptr));
  const ParamBldPtr build(OSSL_PARAM_BLD_new());
  if (!n || !e || !build ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const ParamPtr params(OSSL_PARAM_BLD_to_param(build.get()));
  const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return PkeyPtr(made);
}

const char* group_name(Curve curve) {
  switch (curve) {
    case Curve::kP256: return "P-256";
    case Curve::kP384: return "P-384";
    case Curve::kP521: return "P-521";
    case Curve::kSecp256k1: return "secp256k1";
    default: return nullptr;
  }
}

PkeyPtr ec_key(const PreparedKey& key) {
  std::vector<std::uint8_t> point = {0x04};  // uncompressed (SEC 1 s2.3.3)
  point.insert(point.end(), key.x.begin(), key.x.end());
  point.insert(point.end(), key.y.begin(), key.y.end());
  const ParamBldPtr build(OSSL_PARAM_BLD_new());
  if (!build ||
      OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      group_name(key.curve), 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  const ParamPtr params(OSSL_PARAM_BLD_to_param(build.get()));
  const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return PkeyPtr(made);
}

PkeyPtr make_pkey(const PreparedKey& key) {
  switch (key.type) {
    case KeyType::kRsa: return rsa_key(key);
    case KeyType::kEc: return ec_key(key);
    case KeyType::kOkp:
      return PkeyPtr(EVP_PKEY_new_raw_public_key(
          key.curve == Curve::kEd448 ? EVP_PKEY_ED448 : EVP_PKEY_ED25519, nullptr, key.x.data(),
          key.x.size()));
    default: return nullptr;
  }
}

/// DER of SEQUENCE { INTEGER r, INTEGER s } from r || s of equal, fixed length (RFC 7518 s3.4 to
/// X9.62), which is what OpenSSL's ECDSA wants.
class EcdsaDer {
 public:
  explicit EcdsaDer(Bytes rs) {
    const std::size_t half = rs.size() / 2;
    std::array<std::uint8_t, 2 * (66 + 3)> body;
    std::size_t len = 0;
    for (Bytes number : {rs.first(half), rs.subspan(half)}) {
      while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
      const bool sign_byte = number.front() >= 0x80;
      body[len++] = 0x02;
      body[len++] = static_cast<std::uint8_t>(number.size() + (sign_byte ? 1 : 0));
      if (sign_byte) body[len++] = 0;
      for (const std::uint8_t byte : number) body[len++] = byte;
    }
    bytes_[size_++] = 0x30;
    if (len >= 0x80) bytes_[size_++] = 0x81;
    bytes_[size_++] = static_cast<std::uint8_t>(len);
    for (std::size_t i = 0; i < len; ++i) bytes_[size_++] = body[i];
  }
  Bytes view() const { return {bytes_.data(), size_}; }

 private:
  std::array<std::uint8_t, 3 + 2 * (66 + 3)> bytes_;
  std::size_t size_ = 0;
};

/// Trouble inside OpenSSL looks like a bad signature in its return value; the error queue tells
/// them apart. Not all trouble is in the queue (EVP_MD_CTX_new in a PSS or Ed25519 check says
/// nothing), but errno has it, which malloc() sets and nothing resets. Empties the queue.
bool library_failed() {
  bool failed = errno == ENOMEM;
  while (const unsigned long error = ERR_get_error()) failed = failed || tells_of_library(error);
  return failed;
}

SignatureCheck from_return_value(int value) {
  if (value == 1)
    return SignatureCheck::kGood;  // nothing else is an acceptance: 0 and all negative values are
                                   // not
  return library_failed() ? SignatureCheck::kFailed : SignatureCheck::kBad;
}

/// A key with all settings of one alg; EdDSA has a digest context, the others a key context.
struct Ready {
  std::uint64_t id = 0;
  PkeyPtr pkey;
  PkeyCtxPtr ctx;
  MdCtxPtr md_ctx;
};

bool set_up(Ready& ready, const AlgInfo& alg) {
  if (alg.family == Family::kEddsa) {
    ready.md_ctx.reset(EVP_MD_CTX_new());
    return ready.md_ctx && EVP_DigestVerifyInit(ready.md_ctx.get(), nullptr, nullptr, nullptr,
                                                ready.pkey.get()) == 1;
  }
  ready.ctx.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, ready.pkey.get(), nullptr));
  EVP_PKEY_CTX* ctx = ready.ctx.get();
  if (!ctx || EVP_PKEY_verify_init(ctx) != 1) return false;
  if (alg.family == Family::kRsaPkcs1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1)
    return false;
  if (alg.family == Family::kRsaPss) {
    // RFC 7518 s3.5: salt as long as the hash, MGF1 with the same hash; nothing is detected from
    // the signature.
    if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, evp_md(alg.hash)) != 1) {
      return false;
    }
  }
  return EVP_PKEY_CTX_set_signature_md(ctx, evp_md(alg.hash)) == 1;
}

}  // namespace

bool tells_of_library(unsigned long error) {
  if (ERR_FATAL_ERROR(error)) return true;
  const int reason = ERR_GET_REASON(error);
  if (reason == ERR_R_UNSUPPORTED || reason == ERR_R_FETCH_FAILED) return true;
  return ERR_GET_LIB(error) == ERR_LIB_EVP && reason == EVP_R_INITIALIZATION_ERROR;
}

std::string openssl_version() { return OpenSSL_version(OPENSSL_VERSION); }

struct OpensslBackend::State {
  const KeyRing& ring;
  std::size_t capacity;
  std::list<Ready> by_use;  // most recent first
  std::unordered_map<std::uint64_t, std::list<Ready>::iterator> by_id;

  Ready* get(std::uint32_t key, Alg alg) {
    const std::uint64_t id = std::uint64_t{key} * 32 + static_cast<unsigned>(alg);
    if (!by_use.empty() && by_use.front().id == id) return &by_use.front();
    if (const auto found = by_id.find(id); found != by_id.end()) {
      by_use.splice(by_use.begin(), by_use, found->second);
      return &by_use.front();
    }
    Ready ready{.id = id, .pkey = make_pkey(ring.keys()[key]), .ctx = nullptr, .md_ctx = nullptr};
    if (!ready.pkey || !set_up(ready, info(alg))) {
      ERR_clear_error();
      return nullptr;
    }
    if (by_use.size() >= capacity) {
      by_id.erase(by_use.back().id);
      by_use.pop_back();
    }
    by_use.push_front(std::move(ready));
    by_id[id] = by_use.begin();
    return &by_use.front();
  }
};

OpensslBackend::OpensslBackend(const KeyRing& ring, std::size_t capacity)
    : state_(std::make_unique<State>(State{ring, capacity, {}, {}})) {}
OpensslBackend::~OpensslBackend() = default;
OpensslBackend::OpensslBackend(OpensslBackend&&) noexcept = default;

SignatureCheck OpensslBackend::check(std::uint32_t key, Alg alg, Bytes message, Bytes signature) {
  Ready* ready = state_->get(key, alg);
  if (!ready) return SignatureCheck::kFailed;
  // What others left there is no trouble of this check.
  ERR_clear_error();
  errno = 0;
  switch (info(alg).family) {
    case Family::kRsaPkcs1:
    case Family::kRsaPss:
      return from_return_value(EVP_PKEY_verify(ready->ctx.get(), signature.data(), signature.size(),
                                               message.data(), message.size()));
    case Family::kEcdsa: {
      const EcdsaDer der(signature);
      return from_return_value(EVP_PKEY_verify(ready->ctx.get(), der.view().data(),
                                               der.view().size(), message.data(), message.size()));
    }
    case Family::kEddsa:
      // Newer OpenSSL takes a context for used up after one verification. Without a key this only
      // starts it anew.
      if (EVP_DigestVerifyInit(ready->md_ctx.get(), nullptr, nullptr, nullptr, nullptr) != 1) {
        ERR_clear_error();
        return SignatureCheck::kFailed;
      }
      return from_return_value(EVP_DigestVerify(ready->md_ctx.get(), signature.data(),
                                                signature.size(), message.data(), message.size()));
    case Family::kHmac: break;
  }
  return SignatureCheck::kFailed;
}

}  // namespace jotmill
