#include "verify/verify.h"

#include <algorithm>
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

/// How a check is worked off: the families of the lane plan.
enum Way : std::uint32_t { kByRsaKernel, kByP256Tables, kByEd25519Tables, kByOpenssl };
constexpr WorkKernel kKernelOfWay[] = {WorkKernel::kRsa, WorkKernel::kP256, WorkKernel::kEd25519,
                                       WorkKernel::kOpenssl};

/// SplitMix64's finisher: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

}  // namespace

SignatureVerifier::SignatureVerifier(const KeyRing& ring, const SignatureSetup& setup)
    : ring_(ring),
      setup_(setup),
      backend_(ring),
      hash_many_(setup.sha256, setup.sha512),
      memo_(setup.memo_entries) {
  if (setup.rsa_public != nullptr) {
    JM_CHECK(setup.rsa_keys != nullptr);
    rsa_many_ = std::make_unique<RsaMany>(*setup.rsa_keys, setup.rsa_public, setup.rsa_lanes);
  }
  if (setup.ecc_tables != nullptr) ecc_many_ = std::make_unique<EccMany>(ring, *setup.ecc_tables);
}

void SignatureVerifier::verify_signatures(TokenBatch& batch, StageTimer& timer, BatchWork& work) {
  start(batch);
  for (collect(batch, work); !checks_.empty(); collect(batch, work)) {
    hash(batch, work);
    timer.lap(Stage::kHash);
    compare_tags(batch);
    ask_memo(batch, work);
    check_signatures(batch, work);
    tell_memo();
    settle(batch, work);
    timer.lap(Stage::kSignature);
  }
}

void SignatureVerifier::start(TokenBatch& batch) {
  hash_many_.forget();
  // Each by its own size: memory may have run out between the two.
  if (progress_.size() < batch.size) progress_.resize(batch.size);
  if (hashes_.size() < batch.size) hashes_.resize(batch.size);
  disagreements_.clear();
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
void SignatureVerifier::collect(TokenBatch& batch, BatchWork& work) {
  checks_.clear();
  std::size_t kept = 0;
  for (const std::uint32_t token : undecided_) {
    if (next_check(batch, token, work)) undecided_[kept++] = token;
  }
  undecided_.resize(kept);
}

/// Candidates are tried in load order; one whose form alone fails costs no check. False: none is
/// left, and the failure furthest down the table is the token's.
bool SignatureVerifier::next_check(TokenBatch& batch, std::uint32_t token, BatchWork& work) {
  Progress& progress = progress_[token];
  while (progress.next < batch.cand_count[token]) {
    const std::uint32_t key = batch.candidates[batch.cand_off[token] + progress.next++];
    const Verdict form = check_form(ring_.keys()[key], batch.alg[token], batch.segment(token, 2));
    if (form == Verdict::kAccepted) {
      checks_.push_back({.token = token, .key = key});
      return true;
    }
    progress.furthest.take(form, key);
  }
  decide(batch, token, progress.furthest, work);
  return false;
}

/// Digests of signing inputs, once a token, and HMAC tags, once a check. EdDSA hashes by itself;
/// for the memo alone its signing input gets a digest too.
void SignatureVerifier::hash(const TokenBatch& batch, BatchWork& work) {
  for (const Check& check : checks_) {
    const AlgInfo& row = info(batch.alg[check.token]);
    Progress& progress = progress_[check.token];
    const Hash wanted = row.hash == Hash::kNone && memo_.on() ? Hash::kSha256 : row.hash;
    if (wanted == Hash::kNone) continue;
    const HmacStates* states = nullptr;
    if (row.family == Family::kHmac) {
      states = &states_of(ring_.keys()[check.key], row.hash);
      progress.kernel = row.hash == Hash::kSha256 ? WorkKernel::kSha256 : WorkKernel::kSha512;
    } else if (progress.hashed) {
      continue;
    }
    progress.hashed = true;
    hash_many_.add(wanted,
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
    check.done = true;
  }
}

/// The digest of the signing input as far as the memo is concerned: EdDSA's own is SHA-256.
Bytes SignatureVerifier::digest_of(const TokenBatch& batch, std::uint32_t token) const {
  const std::size_t bytes = hash_bytes(info(batch.alg[token]).hash);
  return {hashes_[token].data(), bytes == 0 ? 32 : bytes};
}

/// Memo keys of all open checks: SHA-256 over alg, key, digest and signature. The lengths of all
/// four follow from the first two, so no two checks share a text.
void SignatureVerifier::hash_memo_keys(const TokenBatch& batch, BatchWork& work) {
  std::size_t bytes = 0;
  for (const Check& check : checks_) {
    if (!check.done) bytes += 5 + sizeof(DigestBytes) + batch.seg_len[2][check.token];
  }
  memo_texts_.resize(bytes);
  if (memo_keys_.size() < checks_.size()) memo_keys_.resize(checks_.size());
  std::uint8_t* end = memo_texts_.data();
  for (std::size_t c = 0; c < checks_.size(); ++c) {
    const Check& check = checks_[c];
    if (check.done) continue;
    std::uint8_t* const begin = end;
    *end++ = static_cast<std::uint8_t>(batch.alg[check.token]);
    std::memcpy(end, &check.key, sizeof check.key);
    end += sizeof check.key;
    const Bytes digest = digest_of(batch, check.token), signature = batch.segment(check.token, 2);
    end = std::copy(digest.begin(), digest.end(), end);
    end = std::copy(signature.begin(), signature.end(), end);
    hash_many_.add(Hash::kSha256, {{begin, end}, nullptr, &memo_keys_[c]});
  }
  hash_many_.run(work.of(WorkKernel::kSha256), work.of(WorkKernel::kSha512));
}

/// What the memo knows is done; what repeats within the round waits for the first of its kind.
void SignatureVerifier::ask_memo(const TokenBatch& batch, BatchWork& work) {
  if (!memo_.on()) return;
  constexpr std::size_t kAhead = 16;
  hash_memo_keys(batch, work);
  memo_.begin_round();
  const auto key_of = [this](std::size_t c) {
    SignatureMemo::Key key;
    std::copy_n(memo_keys_[c].begin(), key.size(), key.begin());
    return key;
  };
  for (std::uint32_t c = 0; c < checks_.size(); ++c) {
    if (c + kAhead < checks_.size() && !checks_[c + kAhead].done) memo_.expect(key_of(c + kAhead));
    Check& check = checks_[c];
    if (check.done) continue;
    const SignatureMemo::Found found = memo_.claim(key_of(c), c);
    if (found.answer == SignatureMemo::Answer::kUnknown) {
      ++work.memo.misses;
      continue;
    }
    ++work.memo.hits;
    progress_[check.token].kernel = WorkKernel::kMemo;
    check.repeats = found.answer == SignatureMemo::Answer::kSame;
    check.same_as = found.same_as;
    check.done = !check.repeats;
    check.result =
        found.answer == SignatureMemo::Answer::kGood ? SignatureCheck::kGood : SignatureCheck::kBad;
  }
}

/// The Way of a check with this key.
std::uint32_t SignatureVerifier::way_of(Alg alg, std::uint32_t key) const {
  if (rsa_many_ && info(alg).key_type == KeyType::kRsa && setup_.rsa_keys->takes(key))
    return kByRsaKernel;
  if (!ecc_many_ || setup_.ecc_tables->curve_of(key) == nullptr) return kByOpenssl;
  // Keys fit their alg by now: P-256 is ES256, Ed25519 is EdDSA or Ed25519.
  const bool p256 = ring_.keys()[key].curve == Curve::kP256;
  JM_CHECK(p256 == (alg == Alg::kES256));
  return p256 ? kByP256Tables : kByEd25519Tables;
}

/// What neither a tag nor the memo has answered: by way and size of key, so that lanes are full,
/// and within that by key, so that a prepared key is fetched once for all of its tokens.
void SignatureVerifier::check_signatures(const TokenBatch& batch, BatchWork& work) {
  plan_.clear();
  for (std::uint32_t c = 0; c < checks_.size(); ++c) {
    const Check& check = checks_[c];
    if (check.done || check.repeats) continue;
    const Alg alg = batch.alg[check.token];
    LanePlan::Piece piece{
        .family = way_of(alg, check.key), .size = 0, .length = check.key, .index = c};
    if (piece.family == kByRsaKernel) piece.size = batch.seg_len[2][check.token];
    if (piece.family == kByOpenssl) piece.size = static_cast<std::uint32_t>(alg);
    plan_.add(piece);
  }
  plan_.make();
  for (const LanePlan::Group& group : plan_.groups()) check_group(batch, group, work);
  for (Check& check : checks_) {
    if (check.repeats) check.result = checks_[check.same_as].result;
  }
}

void SignatureVerifier::check_group(const TokenBatch& batch, const LanePlan::Group& group,
                                    BatchWork& work) {
  const auto checks = plan_.order().subspan(group.begin, group.count);
  if (group.family == kByRsaKernel) check_rsa(batch, checks, work);
  if (group.family == kByP256Tables) check_ecc(batch, checks, WorkKernel::kP256, work);
  if (group.family == kByEd25519Tables) check_ecc(batch, checks, WorkKernel::kEd25519, work);
  // What the kernel left, and what has none.
  for (const std::uint32_t c : checks) {
    if (!checks_[c].done) check_by_openssl(batch, checks_[c], work);
  }
}

/// RSA signatures of one size of key. A key that few tokens use, and a single signature, are left
/// to OpenSSL.
void SignatureVerifier::check_rsa(const TokenBatch& batch, std::span<const std::uint32_t> checks,
                                  BatchWork& work) {
  rsa_jobs_.clear();
  for (std::size_t begin = 0, end = 0; begin < checks.size(); begin = end) {
    const std::uint32_t key = checks_[checks[begin]].key;
    while (end < checks.size() && checks_[checks[end]].key == key) ++end;
    const auto count = static_cast<std::uint32_t>(end - begin);
    if (!setup_.rsa_keys->worthwhile(key, count) && !setup_.rsa_forced) continue;
    for (const std::uint32_t c : checks.subspan(begin, count)) {
      Check& check = checks_[c];
      rsa_jobs_.push_back({.key = key,
                           .alg = batch.alg[check.token],
                           .digest = digest_of(batch, check.token),
                           .signature = batch.segment(check.token, 2),
                           .result = &check.result});
      check.done = true;
      progress_[check.token].kernel = WorkKernel::kRsa;
    }
  }
  if (rsa_jobs_.size() < RsaMany::kWorthwhile && !setup_.rsa_forced) {
    for (const std::uint32_t c : checks) checks_[c].done = false;
    return;
  }
  rsa_many_->run(rsa_jobs_, work.of(WorkKernel::kRsa));
}

/// Signatures of one curve. What is left undone is OpenSSL's: keys without a table, and the special
/// cases of the kernel. While another worker makes a table that these wait for, OpenSSL goes on,
/// about as many at a time as a table takes.
void SignatureVerifier::check_ecc(const TokenBatch& batch, std::span<const std::uint32_t> checks,
                                  WorkKernel kernel, BatchWork& work) {
  constexpr std::size_t kMeanwhile = 8;
  bool soon = ask_tables(batch, checks, kernel, false, work);
  for (std::size_t next = 0; soon && next < checks.size();) {
    for (std::size_t left = kMeanwhile; left > 0 && next < checks.size(); ++next) {
      if (checks_[checks[next]].done) continue;
      check_by_openssl(batch, checks_[checks[next]], work);
      --left;
    }
    soon = ask_tables(batch, checks.subspan(next), kernel, true, work);
  }
}

/// What the tables that there are can answer of the checks that are not done; true when there will
/// soon be more.
bool SignatureVerifier::ask_tables(const TokenBatch& batch, std::span<const std::uint32_t> checks,
                                   WorkKernel kernel, bool again, BatchWork& work) {
  ecc_jobs_.clear();
  ecc_checks_.clear();
  for (const std::uint32_t c : checks) {
    Check& check = checks_[c];
    if (check.done) continue;
    const Bytes message = kernel == WorkKernel::kP256 ? digest_of(batch, check.token)
                                                      : as_bytes(batch.signing_input(check.token));
    ecc_jobs_.push_back({.key = check.key,
                         .message = message,
                         .signature = batch.segment(check.token, 2),
                         .result = &check.result,
                         .done = &check.done});
    ecc_checks_.push_back(c);
  }
  const bool soon =
      ecc_many_->run(ecc_jobs_, again, hash_many_, work.of(WorkKernel::kSha512), work.of(kernel));
  for (const std::uint32_t c : ecc_checks_) {
    if (checks_[c].done) progress_[checks_[c].token].kernel = kernel;
  }
  return soon;
}

void SignatureVerifier::check_by_openssl(const TokenBatch& batch, Check& check, BatchWork& work) {
  const Alg alg = batch.alg[check.token];
  const Bytes message = info(alg).hash == Hash::kNone ? as_bytes(batch.signing_input(check.token))
                                                      : digest_of(batch, check.token);
  check.result = backend_.check(check.key, alg, message, batch.segment(check.token, 2));
  check.done = true;
  progress_[check.token].kernel = WorkKernel::kOpenssl;
  work.of(WorkKernel::kOpenssl).add({1, 1});
}

void SignatureVerifier::tell_memo() {
  if (!memo_.on()) return;
  memo_.end_round([this](std::uint32_t check) { return checks_[check].result; });
}

/// What the checks of a round came to: the good ones accept their token, the others wait for the
/// next candidate.
void SignatureVerifier::settle(TokenBatch& batch, BatchWork& work) {
  undecided_.clear();
  for (const Check& check : checks_) {
    if (check.result == SignatureCheck::kGood) {
      decide(batch, check.token, {Verdict::kAccepted, check.key}, work);
      continue;
    }
    progress_[check.token].furthest.take(check.result == SignatureCheck::kBad
                                             ? Verdict::kSignatureMismatch
                                             : Verdict::kInternalError,
                                         check.key);
    undecided_.push_back(check.token);
  }
}

/// One token in setup_.cross_check, by where it stands and what its signature begins with: the same
/// ones whatever the threads and chunks.
bool SignatureVerifier::is_cross_checked(const TokenBatch& batch, std::uint32_t token) const {
  if (setup_.cross_check == 0) return false;
  std::uint64_t start = 0;
  const Bytes signature = batch.segment(token, 2);
  std::memcpy(&start, signature.data(), std::min(sizeof start, signature.size()));
  const std::uint64_t place = batch.chunk->offset_bytes + batch.origin_off[token];
  return mix(mix(place + 0x9E3779B97F4A7C15u) ^ start) % setup_.cross_check == 0;
}

/// What computed a check, in words. The memo computes nothing: what it knows was computed before,
/// on an equal check.
std::string SignatureVerifier::kernel_words(Alg alg, std::uint32_t key, WorkKernel kernel) const {
  const auto words = [&](WorkKernel of) { return setup_.names[static_cast<std::size_t>(of)]; };
  if (kernel != WorkKernel::kMemo) return words(kernel);
  return words(kernel) + " of " + words(kKernelOfWay[way_of(alg, key)]);
}

/// The last word of room E on a token: kAccepted, or its failure.
void SignatureVerifier::decide(TokenBatch& batch, std::uint32_t token, Furthest answer,
                               BatchWork& work) {
  std::string detail;
  if (is_cross_checked(batch, token)) {
    ++work.cross_checks.checked;
    const Furthest openssl = verify_one_by_one(batch, token, ring_, backend_);
    if (openssl != answer) {
      ++work.cross_checks.disagreed;
      detail = kernel_words(batch.alg[token], answer.key, progress_[token].kernel);
      disagreements_.push_back({token, detail, answer.verdict, openssl.verdict});
      answer = {Verdict::kInternalError, answer.key};
    }
  }
  if (answer.verdict != Verdict::kAccepted) {
    reject_signature(batch, token, answer, ring_, detail);
    return;
  }
  batch.key[token] = answer.key;
  batch.passed[token] |= kPassedSignature;
}

}  // namespace jotmill
