// SignatureVerifier over batches made by hand: who is looked at, which candidate answers, and what
// the memo may take for the same check.

#include "verify/verify.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keys/key_ring_builder.h"
#include "keys/prepare.h"
#include "support/catch.h"
#include "verify/openssl_keys_for_test.h"
#include "verify/sha2.h"

namespace jotmill {
namespace {

using namespace testing;

/// Keys 0 to 2 are secrets, 3 to 5 Ed25519 keys, 6 and 7 RSA keys, the last with exponent 3, which
/// the kernel does not take.
constexpr std::uint32_t kSecrets = 3, kRsa = 6;

struct Keys {
  std::vector<Own<EVP_PKEY>> pkeys;
  KeyRing ring;

  Keys() {
    KeyRingBuilder builder;
    builder.begin_source("test");
    KeyPreparer preparer(false);
    for (std::uint8_t i = 0; i < kSecrets; ++i) {
      PreparedKey key;
      key.type = KeyType::kOct;
      key.secret.assign(64, static_cast<std::uint8_t>('a' + i));
      preparer.prepare(key);
      builder.add(std::move(key));
    }
    for (int i = 0; i < 3; ++i) {
      pkeys.emplace_back(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
      PreparedKey key;
      key.type = KeyType::kOkp;
      key.curve = Curve::kEd25519;
      key.x.resize(32);
      std::size_t len = key.x.size();
      REQUIRE(EVP_PKEY_get_raw_public_key(pkeys.back().get(), key.x.data(), &len) == 1);
      preparer.prepare(key);
      builder.add(std::move(key));
    }
    for (const unsigned exponent : {65537u, 3u}) {
      pkeys.push_back(make_rsa(2048, exponent));
      PreparedKey key;
      key.type = KeyType::kRsa;
      key.n = number_of(pkeys.back().get(), OSSL_PKEY_PARAM_RSA_N);
      key.e = number_of(pkeys.back().get(), OSSL_PKEY_PARAM_RSA_E);
      preparer.prepare(key);
      builder.add(std::move(key));
    }
    ring = builder.build();
    REQUIRE(ring.keys().size() == 8);
    for (const PreparedKey& key : ring.keys()) REQUIRE_FALSE(key.refused());
  }
};

Keys& keys() {
  static Keys made;
  return made;
}

Buffer sign(std::uint32_t key, Alg alg, std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (key < kSecrets) {
    const SecretBytes& secret = keys().ring.keys()[key].secret;
    Buffer tag(hash_bytes(info(alg).hash));
    unsigned len = 0;
    REQUIRE(HMAC(md(info(alg).hash), secret.data(), static_cast<int>(secret.size()), bytes,
                 text.size(), tag.data(), &len) != nullptr);
    return tag;
  }
  const Own<EVP_MD_CTX> ctx(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to ctx
  Buffer signature(key < kRsa ? 64 : 256);
  std::size_t len = signature.size();
  REQUIRE(EVP_DigestSignInit(ctx.get(), &settings, key < kRsa ? nullptr : md(info(alg).hash),
                             nullptr, keys().pkeys[key - kSecrets].get()) == 1);
  if (info(alg).family == Family::kRsaPss) {
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  REQUIRE(EVP_DigestSign(ctx.get(), signature.data(), &len, bytes, text.size()) == 1);
  REQUIRE(len == signature.size());
  return signature;
}

struct Token {
  std::string text;  ///< its signing input
  Alg alg;
  std::vector<std::uint32_t> candidates;
  Buffer signature;
  std::uint8_t passed = kPassedDecode | kPassedHeader | kPassedBind;
};

/// A token that the key has signed.
Token good(std::uint32_t key, Alg alg, const std::string& text,
           const std::vector<std::uint32_t>& candidates) {
  return {text, alg, candidates, sign(key, alg, text)};
}
/// The same with one bit of the signature turned.
Token altered(Token token, std::size_t byte) {
  token.signature[byte] ^= 1;
  return token;
}

/// Tokens in the state in which bind_keys leaves them.
struct Bench {
  Chunk chunk;
  TokenBatch batch;

  explicit Bench(const std::vector<Token>& tokens) {
    batch.chunk = &chunk;
    Buffer segments;
    for (const Token& token : tokens) {
      const auto at = static_cast<std::uint32_t>(chunk.bytes.size());
      chunk.bytes.insert(chunk.bytes.end(), token.text.begin(), token.text.end());
      chunk.bytes.push_back('.');
      const std::size_t i =
          batch.add(at, static_cast<std::uint32_t>(token.text.size() + 1), false, at, 0);
      batch.dot2[i] = static_cast<std::uint32_t>(token.text.size());
      batch.alg[i] = token.alg;
      batch.passed[i] = token.passed;
      batch.cand_off[i] = static_cast<std::uint32_t>(batch.candidates.size());
      batch.cand_count[i] = static_cast<std::uint8_t>(token.candidates.size());
      batch.candidates.insert(batch.candidates.end(), token.candidates.begin(),
                              token.candidates.end());
      batch.seg_off[2][i] = static_cast<std::uint32_t>(segments.size());
      batch.seg_len[2][i] = static_cast<std::uint32_t>(token.signature.size());
      segments.insert(segments.end(), token.signature.begin(), token.signature.end());
    }
    chunk.size_bytes = chunk.bytes.size();
    chunk.bytes.resize(chunk.bytes.size() + kSlackBytes);
    batch.arena.reset(segments.size());
    std::copy(segments.begin(), segments.end(), batch.arena.data());
  }
  /// "accepted 3", "signature_mismatch 0", "pending".
  std::string row(std::size_t i) const {
    if (!batch.pending(i))
      return std::string(code(batch.verdict[i])) + " " + std::to_string(batch.key[i]);
    if ((batch.passed[i] & kPassedSignature) == 0) return "pending";
    return "accepted " + std::to_string(batch.key[i]);
  }
};

SignatureSetup setup(std::size_t memo_entries = 0, std::uint64_t cross_check = 0) {
  SignatureSetup out;
  out.sha256 = sha256_kernel().variants.back().fn;
  out.sha512 = sha512_kernel().variants.back().fn;
  out.memo_entries = memo_entries;
  out.cross_check = cross_check;
  return out;
}

std::vector<std::string> rows_of(SignatureVerifier& verifier, const std::vector<Token>& tokens,
                                 BatchWork* work) {
  Bench bench(tokens);
  StageTimes times{};
  StageTimer timer(times);
  verifier.verify_signatures(bench.batch, timer, *work);
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < tokens.size(); ++i) rows.push_back(bench.row(i));
  return rows;
}

/// The same rows with and without memo (warm and cold) and cross-check.
void check(const std::vector<Token>& tokens, const std::vector<std::string>& wanted) {
  for (const std::size_t memo_entries : {std::size_t{0}, std::size_t{1}, std::size_t{256}}) {
    for (const std::uint64_t cross_check : {0, 1}) {
      const SignatureSetup how = setup(memo_entries, cross_check);
      SignatureVerifier verifier(keys().ring, how);
      for (int time = 0; time < 3; ++time) {
        CAPTURE(memo_entries, cross_check, time);
        BatchWork work;
        CHECK(rows_of(verifier, tokens, &work) == wanted);
        CHECK(work.cross_checks.disagreed == 0);
        CHECK((work.cross_checks.checked > 0) == (cross_check == 1));
        CHECK(verifier.take_disagreements().empty());
      }
    }
  }
}

TEST_CASE("a token that an earlier stage did not pass, or decided, is not looked at") {
  Token unbound = good(3, Alg::kEdDSA, "not.bound", {3});
  unbound.passed = kPassedDecode | kPassedHeader;
  Token without_key = unbound;
  without_key.candidates.clear();
  without_key.alg = Alg::kNone;
  Bench bench(
      {good(3, Alg::kEdDSA, "a.b", {3}), unbound, without_key, good(4, Alg::kEdDSA, "c.d", {4})});
  bench.batch.reject(3, Verdict::kKeyNotFound);
  const SignatureSetup how = setup();
  SignatureVerifier verifier(keys().ring, how);
  StageTimes times{};
  StageTimer timer(times);
  BatchWork work;
  verifier.verify_signatures(bench.batch, timer, work);
  CHECK(bench.row(0) == "accepted 3");
  CHECK(bench.row(1) == "pending");
  CHECK(bench.row(2) == "pending");
  CHECK(bench.row(3) == "key_not_found " + std::to_string(kNoKey));
  CHECK(bench.batch.passed[3] == (kPassedDecode | kPassedHeader | kPassedBind));
}

TEST_CASE("every candidate is tried, in order, batched and one by one") {
  const Token first = good(3, Alg::kEdDSA, "first.fits", {3, 4, 5}),
              middle = good(4, Alg::kEdDSA, "middle.fits", {3, 4, 5}),
              last = good(5, Alg::kEdDSA, "last.fits", {3, 4, 5}),
              none = altered(good(4, Alg::kEdDSA, "none.fits", {3, 4, 5}), 5),
              other = good(4, Alg::kEdDSA, "other.keys", {3, 5}),
              tag_last = good(2, Alg::kHS384, "tag.last", {0, 1, 2}),
              tag_none = good(2, Alg::kHS256, "tag.none", {0, 1});
  check({first, middle, last, none, other, tag_last, tag_none},
        {"accepted 3", "accepted 4", "accepted 5", "signature_mismatch 3", "signature_mismatch 3",
         "accepted 2", "signature_mismatch 0"});
  const std::vector<Token> tokens = {first, middle, last, none};
  Bench bench(tokens);
  OpensslBackend backend(keys().ring);
  const Furthest wanted[] = {{Verdict::kAccepted, 3},
                             {Verdict::kAccepted, 4},
                             {Verdict::kAccepted, 5},
                             {Verdict::kSignatureMismatch, 3}};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    CAPTURE(i);
    CHECK(verify_one_by_one(bench.batch, i, keys().ring, backend) == wanted[i]);
  }
}

TEST_CASE("signatures that are missing, of another length or out of range") {
  Token missing = good(3, Alg::kEdDSA, "no.signature", {3}), cut = missing, longer = missing,
        large = missing, tag_cut = good(0, Alg::kHS512, "cut.tag", {0}),
        tag_longer = good(0, Alg::kHS256, "longer.tag", {0}),
        tag_of_another = good(0, Alg::kHS256, "other.tag", {0});
  missing.signature.clear();
  cut.signature.pop_back();
  longer.signature.push_back(0);
  std::fill(large.signature.begin() + 32, large.signature.end(), 0xFF);
  tag_cut.signature.resize(32);
  tag_longer.signature.resize(64);
  tag_of_another.alg = Alg::kHS384;
  check({missing, cut, longer, large, tag_cut, tag_longer, tag_of_another,
         good(1, Alg::kHS512, "and.good", {1})},
        {"signature_missing " + std::to_string(kNoKey), "signature_length 3", "signature_length 3",
         "signature_out_of_range 3", "signature_length 0", "signature_length 0",
         "signature_length 0", "accepted 1"});
}

TEST_CASE("RSA signatures of 0, 1, n - 1, n and more, by kernel and OpenSSL") {
  for (const std::uint32_t key : {kRsa, kRsa + 1}) {
    const Buffer& n = keys().ring.keys()[key].n;
    REQUIRE(n.back() % 2 == 1);
    Buffer zero(n.size(), 0), one = zero, below = n, most(n.size(), 0xFF);
    one.back() = 1;
    --below.back();
    const std::string mismatch = "signature_mismatch " + std::to_string(key),
                      range = "signature_out_of_range " + std::to_string(key);
    for (const Alg alg : {Alg::kRS256, Alg::kPS256}) {
      CAPTURE(key, info(alg).name);
      const Token sound = good(key, alg, "in.range", {key});
      std::vector<Token> tokens(6, sound);
      const Buffer* const numbers[] = {&zero, &one, &below, &n, &most};
      for (std::size_t i = 0; i < 5; ++i) tokens[i].signature = *numbers[i];
      check(tokens,
            {mismatch, mismatch, mismatch, range, range, "accepted " + std::to_string(key)});
    }
  }
}

TEST_CASE("an HMAC tag counts in every byte, for every hash") {
  std::vector<Token> tokens;
  std::vector<std::string> wanted;
  for (const Alg alg : {Alg::kHS256, Alg::kHS384, Alg::kHS512}) {
    const Token sound = good(1, alg, "tag." + std::string(info(alg).name), {1});
    tokens.push_back(sound);
    wanted.emplace_back("accepted 1");
    for (std::size_t byte = 0; byte < sound.signature.size(); ++byte) {
      tokens.push_back(altered(sound, byte));
      wanted.emplace_back("signature_mismatch 1");
    }
  }
  check(tokens, wanted);
}

TEST_CASE("what the memo takes for the same check differs in nothing") {
  const Token sound = good(3, Alg::kEdDSA, "one.text", {3});
  Token other_text = sound, other_key = sound;
  other_text.text = "two.text";
  other_key.candidates = {4};
  Token other_tail = altered(sound, 31), other_s = altered(sound, 32);
  const std::string bad3 = "signature_mismatch 3", bad4 = "signature_mismatch 4";
  // The sound one first, last and twice: whatever is learned first must not answer for the others.
  check({sound, sound, other_text, other_key, other_tail, other_s, other_s},
        {"accepted 3", "accepted 3", bad3, bad4, bad3, bad3, bad3});
  check({other_s, other_tail, other_key, other_text, other_text, sound, sound},
        {bad3, bad3, bad4, bad3, bad3, "accepted 3", "accepted 3"});
}

TEST_CASE("RSA: kernel or OpenSSL, many or one, a padding stands for no other") {
  constexpr Alg kAlgs[] = {Alg::kRS256, Alg::kRS384, Alg::kRS512,
                           Alg::kPS256, Alg::kPS384, Alg::kPS512};
  std::vector<Token> tokens;
  std::vector<std::string> wanted;
  for (const std::uint32_t key : {kRsa, kRsa + 1}) {
    const std::string number = std::to_string(key);
    for (const Alg alg : kAlgs) {
      Token sound = good(key, alg, "rsa." + std::string(info(alg).name), {key});
      tokens.push_back(sound);
      wanted.push_back("accepted " + number);
      tokens.push_back(altered(sound, 200));
      wanted.push_back("signature_mismatch " + number);
      for (const Alg other : kAlgs) {
        if (other == alg) continue;
        sound.alg = other;
        tokens.push_back(sound);
        wanted.push_back("signature_mismatch " + number);
      }
    }
  }
  const Token single = altered(good(kRsa, Alg::kRS256, "one.alone", {kRsa}), 0);
  for (const bool kernel : {false, true}) {
    for (const bool forced : {false, true}) {
      RsaKeys rsa_keys(keys().ring);
      SignatureSetup how = setup();
      if (kernel) {
        how.rsa_public = kernels::rsa_public_portable;
        how.rsa_keys = &rsa_keys;
        how.rsa_forced = forced;
      }
      SignatureVerifier verifier(keys().ring, how);
      CAPTURE(kernel, forced);
      BatchWork work;
      CHECK(rows_of(verifier, tokens, &work) == wanted);
      CHECK((work.of(WorkKernel::kRsa).used > 0) == kernel);
      CHECK(work.of(WorkKernel::kOpenssl).used >= tokens.size() / 2);
      // The key is warm now, and one signature is fewer than the kernel is asked for.
      CHECK(rows_of(verifier, {single}, &work) == std::vector<std::string>{"signature_mismatch 6"});
    }
  }
}

/// Digests and tags of a broken kernel: one bit of each is turned.
class Broken final : public HashEngine {
 public:
  bool run(Hash hash, std::span<const HashJob> jobs) override {
    for (const HashJob& job : jobs) {
      *job.out = job.states ? hmac_tag(hash, *job.states, job.message) : sha2(hash, job.message);
      (*job.out)[3] ^= 4;
    }
    return true;
  }
  std::uint32_t lanes() const override { return 1; }
};

TEST_CASE("where OpenSSL contradicts a kernel nobody is accepted or refused, and it is told") {
  SignatureSetup how = setup(0, 1);
  how.sha256 = []() -> std::unique_ptr<HashEngine> { return std::make_unique<Broken>(); };
  SignatureVerifier verifier(keys().ring, how);
  const Token sound = good(0, Alg::kHS256, "a.b", {0});
  Token forged = sound;  // what the broken kernel takes for good
  forged.signature[3] ^= 4;
  BatchWork work;
  CHECK(rows_of(verifier, {sound, forged, good(0, Alg::kHS512, "c.d", {0})}, &work) ==
        std::vector<std::string>{"internal_error 0", "internal_error 0", "accepted 0"});
  CHECK(work.cross_checks.checked == 3);
  CHECK(work.cross_checks.disagreed == 2);
  CHECK(verifier.take_disagreements().size() == 2);
}

/// Takes every signature for bad: the block that comes out encodes nothing.
void answer_zeros(const kernels::RsaJob* jobs, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    std::fill_n(jobs[i].block, jobs[i].key->bytes, std::uint8_t{0});
}

TEST_CASE("what the memo remembered wrong is the fault of the kernel that computed it") {
  RsaKeys rsa_keys(keys().ring);
  SignatureSetup how = setup(100, 1);
  how.rsa_public = answer_zeros;
  how.rsa_keys = &rsa_keys;
  how.rsa_forced = true;
  how.names[static_cast<std::size_t>(WorkKernel::kRsa)] = "rsa=zeros";
  how.names[static_cast<std::size_t>(WorkKernel::kMemo)] = "memo";
  how.names[static_cast<std::size_t>(WorkKernel::kOpenssl)] = "openssl";
  SignatureVerifier verifier(keys().ring, how);
  const Token token = good(kRsa, Alg::kRS256, "a.b", {kRsa});
  BatchWork work;
  for (const char* kernel : {"rsa=zeros", "memo of rsa=zeros", "memo of rsa=zeros"}) {
    rows_of(verifier, {token}, &work);
    const std::vector<Disagreement> told = verifier.take_disagreements();
    REQUIRE(told.size() == 1);
    CHECK(told[0].kernel == kernel);
    CHECK(told[0].fast == Verdict::kSignatureMismatch);
    CHECK(told[0].openssl == Verdict::kAccepted);
  }
}

TEST_CASE("a key that OpenSSL cannot make ends in internal_error, and is asked again") {
  KeyRingBuilder builder;
  builder.begin_source("test");
  PreparedKey key;
  key.type = KeyType::kEc;
  key.curve = Curve::kP256;
  key.x.assign(32, 1);  // no point of the curve: a loader would have refused it
  key.y.assign(32, 1);
  builder.add(key);
  const KeyRing ring = builder.build();
  const SignatureSetup how = setup(16, 0);
  SignatureVerifier verifier(ring, how);
  for (int time = 0; time < 2; ++time) {
    BatchWork work;
    const Token token = {"a.b", Alg::kES256, {0}, Buffer(64, 1)};
    CHECK(rows_of(verifier, {token, token}, &work) ==
          std::vector<std::string>{"internal_error 0", "internal_error 0"});
  }
}

}  // namespace
}  // namespace jotmill
