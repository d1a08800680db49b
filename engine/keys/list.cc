#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <new>

#include "keys/base64.h"
#include "keys/load.h"

namespace jotmill {
namespace {

struct Free {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// SHA-256 with the algorithm fetched once.
class Sha256 {
 public:
  std::array<std::uint8_t, 32> operator()(std::string_view text) {
    std::array<std::uint8_t, 32> digest{};
    const bool done = digest_ && context_ &&
                      EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1 &&
                      EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1;
    ERR_clear_error();
    if (!done) throw std::bad_alloc();
    return digest;
  }

 private:
  std::unique_ptr<EVP_MD, Free> digest_{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

// RFC 7638 s3.2, RFC 8037 s2: the required members alone, in order of their names, without white
// space. No value needs escaping. Nothing for oct: a hash of a secret is a way to guess it.
std::string thumbprint_text(const PreparedKey& key) {
  const auto member = [](std::string_view name, const std::vector<std::uint8_t>& bytes) {
    return "\"" + std::string(name) + "\":\"" + encode_base64url(bytes) + "\"";
  };
  const std::string crv = "{\"crv\":\"" + std::string(name(key.curve)) + "\",\"kty\":\"";
  switch (key.type) {
    case KeyType::kRsa:
      return "{" + member("e", key.e) + ",\"kty\":\"RSA\"," + member("n", key.n) + "}";
    case KeyType::kEc: return crv + "EC\"," + member("x", key.x) + "," + member("y", key.y) + "}";
    case KeyType::kOkp: return crv + "OKP\"," + member("x", key.x) + "}";
    case KeyType::kOct:
    case KeyType::kUnknown: break;
  }
  return {};
}

}  // namespace

std::vector<KeyInfo> list_keys(const KeyRing& ring) {
  Sha256 sha256;
  std::vector<KeyInfo> list;
  list.reserve(ring.keys().size());
  for (const PreparedKey& key : ring.keys()) {
    KeyInfo& info = list.emplace_back();
    info.source = ring.sources()[key.source];
    info.position = key.position;
    info.type = key.type == KeyType::kUnknown ? key.type_text : name(key.type);
    info.curve = key.curve == Curve::kNone ? key.curve_text : name(key.curve);
    info.bits = key.bits;
    if (key.has_kid) info.kid = key.kid;
    if (key.has_alg) info.alg = key.alg;
    info.for_signatures = key.for_signatures();
    for (const AlgInfo& row : alg_table()) {
      if (judge_key(key, row.alg) == Verdict::kAccepted) info.algs.emplace_back(row.name);
    }
    info.refusal = key.refusal;
    info.warnings = key.warnings;
    const std::string text = key.refused() ? "" : thumbprint_text(key);
    if (!text.empty()) info.thumbprint = encode_base64url(sha256(text));
  }
  return list;
}

}  // namespace jotmill
