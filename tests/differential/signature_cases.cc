#include "differential/signature_cases.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <utility>

#include "core/bytes.h"
#include "keys/prepare.h"

namespace jotmill::testing {
namespace {

struct KindInfo {
  std::string_view name;
  unsigned weight;  ///< of a hundred
};
// Most of them right in form, so that most of the time goes into the kernels.
constexpr std::array<KindInfo, kKinds> kKindTable = {{{"good", 24},
                                                      {"bit turned", 10},
                                                      {"message altered", 7},
                                                      {"other key's", 7},
                                                      {"other alg's", 5},
                                                      {"random below n", 6},
                                                      {"zeros ahead", 4},
                                                      {"0", 3},
                                                      {"good, a zero byte leads", 4},
                                                      {"first byte dropped", 4},
                                                      {"zero byte added", 3},
                                                      {"wrong length", 4},
                                                      {"wrong encoding, signed", 6},
                                                      {"1", 2},
                                                      {"n - 1", 4},
                                                      {"n", 3},
                                                      {"n + 1", 2},
                                                      {"all bits set", 2}}};
constexpr std::size_t kHmacKinds = static_cast<std::size_t>(Kind::kEncoding);

constexpr Alg kRsaAlgs[] = {Alg::kRS256, Alg::kRS384, Alg::kRS512,
                            Alg::kPS256, Alg::kPS384, Alg::kPS512};
constexpr Alg kHmacAlgs[] = {Alg::kHS256, Alg::kHS384, Alg::kHS512};

/// Of the keys below.
constexpr std::uint32_t kFirstSecret = 8, kSecrets = 5;
constexpr std::uint32_t kOtherKey[] = {1, 0, 3, 2, 5, 4, 7, 6, 9, 10, 11, 12, 8};

bool is_pss(Alg alg) { return info(alg).family == Family::kRsaPss; }

Buffer digest_of(Hash hash, const std::string& message) {
  Buffer digest(hash_bytes(hash));
  if (EVP_Digest(message.data(), message.size(), digest.data(), nullptr, md(hash), nullptr) != 1)
    FAIL("EVP_Digest");
  return digest;
}

/// Padding and hash of RS* and PS*; the salt as long as the hash, if no other length is given.
bool set_padding(EVP_PKEY_CTX* ctx, Alg alg, int salt_len = RSA_PSS_SALTLEN_DIGEST) {
  return EVP_PKEY_CTX_set_rsa_padding(
             ctx, is_pss(alg) ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(ctx, md(info(alg).hash)) == 1 &&
         (!is_pss(alg) || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt_len) == 1);
}

/// x^e or x^d mod n; empty where x is not below n.
Buffer power(EVP_PKEY* key, const Buffer& x, bool secret_exponent) {
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(key, nullptr));
  REQUIRE((secret_exponent ? EVP_PKEY_decrypt_init : EVP_PKEY_encrypt_init)(ctx.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(ctx.get(), RSA_NO_PADDING) == 1);
  Buffer out(x.size());
  std::size_t len = out.size();
  const auto raise = secret_exponent ? EVP_PKEY_decrypt : EVP_PKEY_encrypt;
  if (raise(ctx.get(), out.data(), &len, x.data(), x.size()) != 1) out.clear();
  ERR_clear_error();
  return out;
}

std::string hex(Bytes bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes) out += {kHex[byte >> 4], kHex[byte & 15]};
  return out;
}

}  // namespace

std::string_view kind_name(Kind kind) { return kKindTable[static_cast<std::size_t>(kind)].name; }

std::string_view key_size_name(KeySize size) {
  static constexpr std::string_view kNames[] = {"RSA 2048", "RSA 3072", "RSA 4096",
                                                "RSA 2048 e=3, 2056", "HMAC"};
  return kNames[static_cast<std::size_t>(size)];
}

SignatureCases::SignatureCases(std::uint64_t seed, std::size_t count)
    : random_(seed),
      pool_size_(std::clamp<std::size_t>(count / 1000, 40, 400)),
      long_(count >= 50'000) {
  KeyRingBuilder builder;
  builder.begin_source("test");
  for (const int bits : {2048, 2048, 3072, 3072, 4096, 4096}) add_rsa(builder, bits, 65537);
  add_rsa(builder, 2048, 3);
  add_rsa(builder, 2056, 65537);
  for (const std::size_t len : {32u, 64u, 65u, 128u, 300u}) add_secret(builder, len);
  ring_ = builder.build();
  REQUIRE(ring_.keys().size() == kFirstSecret + kSecrets);
  pools_.resize(ring_.keys().size());
}

void SignatureCases::add_rsa(KeyRingBuilder& builder, int bits, unsigned exponent) {
  rsa_.push_back(make_rsa(bits, exponent, bits / 1024));
  PreparedKey key;
  key.type = KeyType::kRsa;
  key.n = number_of(rsa_.back().get(), OSSL_PKEY_PARAM_RSA_N);
  key.e = number_of(rsa_.back().get(), OSSL_PKEY_PARAM_RSA_E);
  KeyPreparer(false).prepare(key);
  REQUIRE_FALSE(key.refused());
  builder.add(std::move(key));
}

void SignatureCases::add_secret(KeyRingBuilder& builder, std::size_t len) {
  PreparedKey key;
  key.type = KeyType::kOct;
  for (std::size_t i = 0; i < len; ++i) key.secret.push_back(static_cast<std::uint8_t>(random_()));
  KeyPreparer(false).prepare(key);
  REQUIRE_FALSE(key.refused());
  builder.add(std::move(key));
}

std::uint32_t SignatureCases::key_of(KeySize size) {
  if (size == KeySize::kHmac) return kFirstSecret + static_cast<std::uint32_t>(below(kSecrets));
  return 2 * static_cast<std::uint32_t>(size) + static_cast<std::uint32_t>(below(2));
}

Alg SignatureCases::any_alg(std::uint32_t key) {
  return is_rsa(key) ? kRsaAlgs[below(std::size(kRsaAlgs))]
                     : kHmacAlgs[below(std::size(kHmacAlgs))];
}

SignatureCase SignatureCases::draw(KeySize size) {
  const std::uint32_t key = key_of(size);
  unsigned all = 0;
  const std::size_t kinds = is_rsa(key) ? kKinds : kHmacKinds;
  for (std::size_t k = 0; k < kinds; ++k) all += kKindTable[k].weight;
  auto at = static_cast<unsigned>(below(all));
  std::size_t kind = 0;
  while (at >= kKindTable[kind].weight) at -= kKindTable[kind++].weight;

  Making making = Making::kSound;
  const auto wanted = static_cast<Kind>(kind);
  if (wanted == Kind::kEncoding) making = Making::kWrongEncoding;
  if (wanted == Kind::kZeroLed || (wanted == Kind::kZeroDropped && below(2) == 0))
    making = Making::kZeroLed;
  SignatureCase one = pooled(key, making);
  one.kind = wanted;
  mutate(one);
  one.expected = verdict(one);
  return one;
}

/// A signature that was made in this way: a new one, until there are enough to choose from.
const SignatureCase& SignatureCases::pooled(std::uint32_t key, Making making) {
  // A zero byte ahead takes 256 signatures: in a short run one key must do.
  if (making == Making::kZeroLed && !long_ && is_rsa(key) && key != 0) making = Making::kSound;
  std::vector<SignatureCase>& pool = pools_[key][static_cast<std::size_t>(making)];
  constexpr std::size_t kFew = 3;
  const std::size_t enough = making == Making::kSound           ? pool_size_
                             : making == Making::kWrongEncoding ? pool_size_ / 4
                                                                : kFew;
  if (pool.size() >= enough) return pool[below(pool.size())];
  return pool.emplace_back(making == Making::kSound           ? sign(key)
                           : making == Making::kWrongEncoding ? sign_wrong_encoding(key)
                                                              : sign_zero_led(key));
}

SignatureCase SignatureCases::sign(std::uint32_t key) {
  const Alg alg = any_alg(key);
  std::string message(below(below(16) == 0 ? 3000 : 400), '\0');
  for (char& c : message) c = static_cast<char>(random_());
  if (is_rsa(key)) return sign_rsa(key, alg, std::move(message), RSA_PSS_SALTLEN_DIGEST);
  SignatureCase out{.key = key, .alg = alg, .message = std::move(message)};
  out.signature = tag(key, alg, out.message);
  return out;
}

SignatureCase SignatureCases::sign_rsa(std::uint32_t key, Alg alg, std::string message,
                                       int salt_len) {
  SignatureCase out{.key = key, .alg = alg, .message = std::move(message)};
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(rsa_[key].get(), nullptr));
  REQUIRE(EVP_PKEY_sign_init(ctx.get()) == 1);
  REQUIRE(set_padding(ctx.get(), alg, salt_len));
  std::size_t len = ring_.keys()[key].n.size();
  out.signature.resize(len);
  const Buffer digest = digest_of(info(alg).hash, out.message);
  REQUIRE(EVP_PKEY_sign(ctx.get(), out.signature.data(), &len, digest.data(), digest.size()) == 1);
  REQUIRE(len == out.signature.size());
  return out;
}

/// What no change of a signature reaches: the block that comes out is nearly right.
SignatureCase SignatureCases::sign_wrong_encoding(std::uint32_t key) {
  const SignatureCase sound = sign(key);
  if (is_pss(sound.alg) && below(2) == 0) {
    const int right = static_cast<int>(hash_bytes(info(sound.alg).hash));
    const int lengths[] = {0, right - 1, right + 1, RSA_PSS_SALTLEN_MAX};
    return sign_rsa(key, sound.alg, sound.message, lengths[below(4)]);
  }
  SignatureCase out = sound;
  do {
    Buffer block = power(rsa_[key].get(), sound.signature, false);
    REQUIRE(block.size() == sound.signature.size());
    block[below(block.size())] ^= static_cast<std::uint8_t>(1u << below(8));
    out.signature = power(rsa_[key].get(), block, true);
  } while (out.signature.empty());  // the highest bit can lift the block over n
  return out;
}

SignatureCase SignatureCases::sign_zero_led(std::uint32_t key) {
  SignatureCase out = sign(key);
  while (out.signature[0] != 0) out = sign(key);
  return out;
}

Buffer SignatureCases::tag(std::uint32_t key, Alg alg, const std::string& message) const {
  const SecretBytes& secret = ring_.keys()[key].secret;
  Buffer out(hash_bytes(info(alg).hash));
  unsigned len = 0;
  if (HMAC(md(info(alg).hash), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(),
           &len) == nullptr ||
      len != out.size())
    FAIL("HMAC");
  return out;
}

void SignatureCases::mutate(SignatureCase& one) {
  Buffer& signature = one.signature;
  const std::size_t len = signature.size();
  switch (one.kind) {
    case Kind::kGood:
    case Kind::kZeroLed:
    case Kind::kEncoding: break;
    case Kind::kBit: signature[below(len)] ^= static_cast<std::uint8_t>(1u << below(8)); break;
    case Kind::kMessage:
      if (one.message.empty()) {
        one.message = "x";
      } else {
        char& c = one.message[below(one.message.size())];
        c = static_cast<char>(c ^ 1 << below(8));
      }
      break;
    case Kind::kOtherKey: one.key = kOtherKey[one.key]; break;
    case Kind::kOtherAlg: {
      const Alg right = one.alg;
      while (one.alg == right) one.alg = any_alg(one.key);
      break;
    }
    case Kind::kRandom: signature = below_n(one.key, len); break;
    case Kind::kZerosAhead:
      signature = below_n(one.key, len);
      std::fill_n(signature.begin(), 1 + below(len - 1), std::uint8_t{0});
      break;
    case Kind::kZero: signature.assign(len, 0); break;
    case Kind::kZeroDropped: signature.erase(signature.begin()); break;
    case Kind::kZeroAdded: signature.insert(signature.begin(), 0); break;
    case Kind::kLength: mutate_length(one); break;
    case Kind::kOne:
      signature.assign(len, 0);
      signature.back() = 1;
      break;
    case Kind::kNLess1: signature = number(one.key, -1); break;
    case Kind::kN: signature = number(one.key, 0); break;
    case Kind::kNPlus1: signature = number(one.key, 1); break;
    case Kind::kOnes: signature.assign(len, 0xFF); break;
  }
}

void SignatureCases::mutate_length(SignatureCase& one) {
  Buffer& signature = one.signature;
  const std::size_t len = signature.size();
  // Beside any: the lengths that another key or hash has.
  constexpr std::size_t kOthers[] = {32, 48, 64, 256, 257, 384, 512};
  std::size_t other = len;
  while (other == len) {
    switch (below(5)) {
      case 0: other = kOthers[below(std::size(kOthers))]; break;
      case 1: other = len - 1; break;
      case 2: other = len + 1; break;
      default: other = below(600);
    }
  }
  signature.resize(other);
  for (std::size_t i = len; i < other; ++i) signature[i] = static_cast<std::uint8_t>(random_());
}

Buffer SignatureCases::number(std::uint32_t key, long more_than_n) const {
  const Buffer& n = ring_.keys()[key].n;
  const Own<BIGNUM> x(BN_bin2bn(n.data(), static_cast<int>(n.size()), nullptr));
  REQUIRE((more_than_n < 0 ? BN_sub_word : BN_add_word)(
              x.get(), static_cast<BN_ULONG>(std::labs(more_than_n))) == 1);
  Buffer out(n.size());
  REQUIRE(BN_bn2binpad(x.get(), out.data(), static_cast<int>(out.size())) ==
          static_cast<int>(out.size()));
  return out;
}

Buffer SignatureCases::below_n(std::uint32_t key, std::size_t len) {
  Buffer out(len);
  do {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_());
  } while (is_rsa(key) && out >= ring_.keys()[key].n);
  return out;
}

/// By definition what is wrong in form (RFC 8017 s8.1.2 step 1, s5.2.2 step 1; RFC 7518 s3.2), by
/// OpenSSL all else.
Verdict SignatureCases::verdict(const SignatureCase& one) const {
  const std::size_t len =
      is_rsa(one.key) ? ring_.keys()[one.key].n.size() : hash_bytes(info(one.alg).hash);
  if (one.signature.empty()) return Verdict::kSignatureMissing;
  if (one.signature.size() != len) return Verdict::kSignatureLength;
  const bool accepted = openssl_accepts(one);
  if (is_rsa(one.key) && one.signature >= ring_.keys()[one.key].n) {
    if (accepted) FAIL("OpenSSL accepts a signature that is not below n\n" << describe(one));
    return Verdict::kSignatureOutOfRange;
  }
  return accepted ? Verdict::kAccepted : Verdict::kSignatureMismatch;
}

/// From nothing but the key: no context, state or answer is kept from one question to the next.
bool SignatureCases::openssl_accepts(const SignatureCase& one) const {
  if (!is_rsa(one.key)) return tag(one.key, one.alg, one.message) == one.signature;
  const Buffer digest = digest_of(info(one.alg).hash, one.message);
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(rsa_[one.key].get(), nullptr));
  if (EVP_PKEY_verify_init(ctx.get()) != 1 || !set_padding(ctx.get(), one.alg))
    FAIL("EVP_PKEY_verify_init");
  const int answer = EVP_PKEY_verify(ctx.get(), one.signature.data(), one.signature.size(),
                                     digest.data(), digest.size());
  ERR_clear_error();
  return answer == 1;
}

std::string SignatureCases::describe(const SignatureCase& one) const {
  const PreparedKey& key = ring_.keys()[one.key];
  const std::string material = is_rsa(one.key)
                                   ? "n " + hex(key.n) + "\ne " + hex(key.e)
                                   : "secret " + hex({key.secret.data(), key.secret.size()});
  return std::string(info(one.alg).name) + ", " + std::string(kind_name(one.kind)) + "\n" +
         material + "\nmessage " +
         hex({reinterpret_cast<const std::uint8_t*>(one.message.data()), one.message.size()}) +
         "\nsignature " + hex(one.signature);
}

}  // namespace jotmill::testing
