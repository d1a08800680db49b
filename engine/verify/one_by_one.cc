#include "verify/one_by_one.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdio>
#include <string>

#include "verify/evp_md.h"
#include "verify/signature_form.h"

namespace jotmill {
namespace {

/// HMAC from the secret itself: no state that was prepared for the batched way.
SignatureCheck check_hmac(const PreparedKey& key, Hash hash, Bytes message, Bytes signature) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> tag{};
  unsigned len = 0;
  if (HMAC(evp_md(hash), key.secret.data(), static_cast<int>(key.secret.size()), message.data(),
           message.size(), tag.data(), &len) == nullptr) {
    return SignatureCheck::kFailed;
  }
  const bool good =
      len == signature.size() && CRYPTO_memcmp(tag.data(), signature.data(), len) == 0;
  OPENSSL_cleanse(tag.data(), tag.size());  // a forged token's right tag would be a credential
  return good ? SignatureCheck::kGood : SignatureCheck::kBad;
}

SignatureCheck check(std::uint32_t index, const PreparedKey& key, Alg alg, Bytes message,
                     Bytes signature, OpensslBackend& backend) {
  const AlgInfo& row = info(alg);
  if (row.family == Family::kHmac) return check_hmac(key, row.hash, message, signature);
  if (row.family == Family::kEddsa) return backend.check(index, alg, message, signature);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned len = 0;
  if (EVP_Digest(message.data(), message.size(), digest.data(), &len, evp_md(row.hash), nullptr) !=
      1) {
    return SignatureCheck::kFailed;
  }
  return backend.check(index, alg, {digest.data(), len}, signature);
}

}  // namespace

Verdict check_form(const PreparedKey& key, Alg alg, Bytes signature) {
  if (signature.size() != signature_bytes(key, alg)) return Verdict::kSignatureLength;
  if (!signature_in_range(key, alg, signature)) return Verdict::kSignatureOutOfRange;
  return Verdict::kAccepted;
}

void reject_signature(TokenBatch& batch, std::size_t i, const Furthest& furthest,
                      const KeyRing& ring, std::string_view kernel) {
  batch.key[i] = furthest.key;
  if (!kernel.empty()) {
    batch.reject(i, furthest.verdict,
                 "cross-check: " + std::string(kernel) + ", OpenSSL disagrees");
  } else if (furthest.verdict == Verdict::kSignatureLength) {
    // A hostile capture may be full of these: nothing is allocated for one.
    std::array<char, 64> detail{};
    std::snprintf(detail.data(), detail.size(), "%u bytes, %zu expected", batch.seg_len[2][i],
                  signature_bytes(ring.keys()[furthest.key], batch.alg[i]));
    batch.reject(i, furthest.verdict, detail.data());
  } else {
    batch.reject(i, furthest.verdict);
  }
}

Furthest verify_one_by_one(const TokenBatch& batch, std::size_t i, const KeyRing& ring,
                           OpensslBackend& backend) {
  const Bytes signature = batch.segment(i, 2);
  const Bytes message = as_bytes(batch.signing_input(i));
  Furthest furthest;
  for (std::size_t c = 0; c < batch.cand_count[i]; ++c) {
    const std::uint32_t index = batch.candidates[batch.cand_off[i] + c];
    const PreparedKey& key = ring.keys()[index];
    Verdict verdict = check_form(key, batch.alg[i], signature);
    if (verdict == Verdict::kAccepted) {
      const SignatureCheck result = check(index, key, batch.alg[i], message, signature, backend);
      if (result == SignatureCheck::kGood) return {Verdict::kAccepted, index};
      verdict =
          result == SignatureCheck::kBad ? Verdict::kSignatureMismatch : Verdict::kInternalError;
    }
    furthest.take(verdict, index);
  }
  return furthest;
}

}  // namespace jotmill
