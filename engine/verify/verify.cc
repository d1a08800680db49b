#include "verify/verify.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/check.h"
#include "verify/sha2.h"
#include "verify/signature_form.h"

namespace jotmill {
namespace {

constexpr unsigned kTokenBits = 28, kKeyBits = 32;
static_assert(kTokenBits + kKeyBits + 4 == 64, "alg, key and token share one word");

/// Equal in every byte, in a time that does not depend on where they differ; CRYPTO_memcmp does the
/// same a byte at a time. Tags are 32, 48 or 64 bytes long.
bool equal_in_constant_time(Bytes a, Bytes b) {
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i + 8 <= a.size(); i += 8) {
    std::uint64_t x = 0, y = 0;
    std::memcpy(&x, a.data() + i, 8);
    std::memcpy(&y, b.data() + i, 8);
    difference |= x ^ y;
  }
  return difference == 0;
}

}  // namespace

void SignatureVerifier::verify_signatures(TokenBatch& batch) {
  JM_CHECK(batch.size < (std::size_t{1} << kTokenBits));
  order_.clear();
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (!batch.pending(i) || !(batch.passed[i] & kPassedBind)) continue;
    JM_CHECK(batch.alg[i] != Alg::kNone && batch.cand_count[i] > 0);
    const auto alg = static_cast<std::uint64_t>(batch.alg[i]);
    const std::uint64_t key = batch.candidates[batch.cand_off[i]];
    order_.push_back(alg << (kKeyBits + kTokenBits) | key << kTokenBits | i);
  }
  std::sort(order_.begin(), order_.end());
  for (const std::uint64_t packed : order_)
    verify_token(batch, packed & ((std::uint64_t{1} << kTokenBits) - 1));
}

/// Every candidate in load order until one verifies; of the failures the one furthest down the
/// table is the token's.
void SignatureVerifier::verify_token(TokenBatch& batch, std::size_t i) {
  const Bytes signature = batch.segment(i, 2);
  if (signature.empty()) return batch.reject(i, Verdict::kSignatureMissing);
  const std::string_view signing_input = batch.signing_input(i);
  Verdict furthest = Verdict::kAccepted;
  for (std::size_t c = 0; c < batch.cand_count[i]; ++c) {
    const std::uint32_t key = batch.candidates[batch.cand_off[i] + c];
    const Verdict verdict = check_with(key, batch.alg[i], signing_input, signature);
    if (verdict == Verdict::kAccepted) {
      batch.key[i] = key;
      batch.passed[i] |= kPassedSignature;
      return;
    }
    if (verdict > furthest) {
      furthest = verdict;
      batch.key[i] = key;
    }
  }
  std::string detail;
  if (furthest == Verdict::kSignatureLength) {
    detail = std::to_string(signature.size()) + " bytes, " +
             std::to_string(signature_bytes(ring_.keys()[batch.key[i]], batch.alg[i])) +
             " expected";
  }
  batch.reject(i, furthest, detail);
}

/// Room E for one token and one key.
Verdict SignatureVerifier::check_with(std::uint32_t key_index, Alg alg,
                                      std::string_view signing_input, Bytes signature) {
  const PreparedKey& key = ring_.keys()[key_index];
  if (signature.size() != signature_bytes(key, alg)) return Verdict::kSignatureLength;
  if (!signature_in_range(key, alg, signature)) return Verdict::kSignatureOutOfRange;
  const AlgInfo& row = info(alg);
  const Bytes input = as_bytes(signing_input);
  if (row.family == Family::kHmac) {
    const std::size_t hash =
        static_cast<std::size_t>(row.hash) - static_cast<std::size_t>(Hash::kSha256);
    const DigestBytes tag = hmac_tag(row.hash, key.hmac[hash], input);
    JM_CHECK(signature.size() % 8 == 0 && signature.size() >= 32);
    return equal_in_constant_time({tag.data(), signature.size()}, signature)
               ? Verdict::kAccepted
               : Verdict::kSignatureMismatch;
  }
  DigestBytes digest{};
  Bytes message = input;
  if (row.hash != Hash::kNone) {
    digest = sha2(row.hash, input);
    message = {digest.data(), hash_bytes(row.hash)};
  }
  switch (backend_.check(key_index, alg, message, signature)) {
    case SignatureCheck::kGood: return Verdict::kAccepted;
    case SignatureCheck::kBad: return Verdict::kSignatureMismatch;
    case SignatureCheck::kFailed: break;
  }
  return Verdict::kInternalError;
}

}  // namespace jotmill
