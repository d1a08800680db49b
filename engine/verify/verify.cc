#include "verify/verify.h"

#include <cstring>

#include "core/check.h"

namespace jotmill {
namespace {

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

const HmacStates& states_of(const PreparedKey& key, Hash hash) {
  return key.hmac[static_cast<std::size_t>(hash) - static_cast<std::size_t>(Hash::kSha256)];
}

bool is_hmac(Alg alg) { return info(alg).family == Family::kHmac; }

}  // namespace

SignatureVerifier::SignatureVerifier(const KeyRing& ring, const SignatureSetup& setup)
    : ring_(ring), backend_(ring), hash_many_(setup.sha256, setup.sha512) {}

void SignatureVerifier::verify_signatures(TokenBatch& batch, StageTimer& timer, BatchWork& work) {
  start(batch);
  for (collect(batch); !checks_.empty(); collect(batch)) {
    hash(batch, work);
    timer.lap(Stage::kHash);
    compare_tags(batch);
    check_signatures(batch);
    settle(batch);
    timer.lap(Stage::kSignature);
  }
}

void SignatureVerifier::start(TokenBatch& batch) {
  hash_many_.forget();
  // Each by its own size: memory may have run out between the two.
  if (progress_.size() < batch.size) progress_.resize(batch.size);
  if (hashes_.size() < batch.size) hashes_.resize(batch.size);
  undecided_.clear();
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (!batch.pending(i) || !(batch.passed[i] & kPassedBind)) continue;
    JM_CHECK(batch.alg[i] != Alg::kNone && batch.cand_count[i] > 0);
    if (batch.seg_len[2][i] == 0) {
      batch.reject(i, Verdict::kSignatureMissing);
      continue;
    }
    progress_[i] = {};
    undecided_.push_back(static_cast<std::uint32_t>(i));
  }
}

/// The next check of every undecided token; a token that has none left is decided.
void SignatureVerifier::collect(TokenBatch& batch) {
  checks_.clear();
  std::size_t kept = 0;
  for (const std::uint32_t token : undecided_) {
    if (batch.passed[token] & kPassedSignature) continue;
    if (next_check(batch, token)) undecided_[kept++] = token;
  }
  undecided_.resize(kept);
}

/// Candidates are tried in load order; one whose form alone fails costs no check. False: none is
/// left, and the failure furthest down the table is the token's.
bool SignatureVerifier::next_check(TokenBatch& batch, std::uint32_t token) {
  Progress& progress = progress_[token];
  while (progress.next < batch.cand_count[token]) {
    const std::uint32_t key = batch.candidates[batch.cand_off[token] + progress.next++];
    const Verdict form = check_form(ring_.keys()[key], batch.alg[token], batch.segment(token, 2));
    if (form == Verdict::kAccepted) {
      checks_.push_back({token, key, SignatureCheck::kFailed});
      return true;
    }
    progress.furthest.take(form, key);
  }
  reject_signature(batch, token, progress.furthest, ring_);
  return false;
}

/// Digests of signing inputs, once a token, and HMAC tags, once a check.
void SignatureVerifier::hash(const TokenBatch& batch, BatchWork& work) {
  for (const Check& check : checks_) {
    const AlgInfo& row = info(batch.alg[check.token]);
    if (row.hash == Hash::kNone) continue;
    const HmacStates* states = nullptr;
    if (row.family == Family::kHmac) {
      states = &states_of(ring_.keys()[check.key], row.hash);
    } else if (progress_[check.token].hashed) {
      continue;
    }
    progress_[check.token].hashed = true;
    hash_many_.add(row.hash,
                   {as_bytes(batch.signing_input(check.token)), states, &hashes_[check.token]});
  }
  hash_many_.run(work.of(WorkKernel::kSha256), work.of(WorkKernel::kSha512));
}

void SignatureVerifier::compare_tags(const TokenBatch& batch) {
  for (Check& check : checks_) {
    if (!is_hmac(batch.alg[check.token])) continue;
    const Bytes signature = batch.segment(check.token, 2);
    JM_CHECK(signature.size() % 8 == 0 && signature.size() >= 32 && signature.size() <= 64);
    const Bytes tag{hashes_[check.token].data(), signature.size()};
    check.result =
        equal_in_constant_time(tag, signature) ? SignatureCheck::kGood : SignatureCheck::kBad;
  }
}

/// Everything but HMAC, by alg and key, so that a prepared key is fetched once for its tokens.
void SignatureVerifier::check_signatures(const TokenBatch& batch) {
  plan_.clear();
  for (std::uint32_t c = 0; c < checks_.size(); ++c) {
    const Alg alg = batch.alg[checks_[c].token];
    if (is_hmac(alg)) continue;
    plan_.add({.family = 0,
               .size = static_cast<std::uint32_t>(alg),
               .length = checks_[c].key,
               .index = c});
  }
  plan_.make();
  for (const std::uint32_t c : plan_.order()) {
    Check& check = checks_[c];
    const Alg alg = batch.alg[check.token];
    const std::size_t digest_bytes = hash_bytes(info(alg).hash);
    const Bytes message = digest_bytes == 0 ? as_bytes(batch.signing_input(check.token))
                                            : Bytes{hashes_[check.token].data(), digest_bytes};
    check.result = backend_.check(check.key, alg, message, batch.segment(check.token, 2));
  }
}

/// What the checks of a round came to: the good ones accept their token, the others wait for the
/// next candidate.
void SignatureVerifier::settle(TokenBatch& batch) {
  for (const Check& check : checks_) {
    switch (check.result) {
      case SignatureCheck::kGood:
        batch.key[check.token] = check.key;
        batch.passed[check.token] |= kPassedSignature;
        break;
      case SignatureCheck::kBad:
        progress_[check.token].furthest.take(Verdict::kSignatureMismatch, check.key);
        break;
      case SignatureCheck::kFailed:
        progress_[check.token].furthest.take(Verdict::kInternalError, check.key);
        break;
    }
  }
}

}  // namespace jotmill
