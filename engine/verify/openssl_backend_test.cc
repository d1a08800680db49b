// OpenSSL behind its door: what it cannot do is never an acceptance, a prepared key is the one that
// was asked for however many there are, and ECDSA signatures of every length arrive.

#include "verify/openssl_backend.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keys/key_ring_builder.h"
#include "support/catch.h"
#include "verify/openssl_keys_for_test.h"

namespace jotmill {
namespace {

using namespace testing;

KeyRing ring_of(std::vector<PreparedKey> keys) {
  KeyRingBuilder builder;
  builder.begin_source("test");
  for (PreparedKey& key : keys) builder.add(std::move(key));
  return builder.build();
}

PreparedKey key_of(KeyType type, Curve curve) {
  PreparedKey key;
  key.type = type;
  key.curve = curve;
  return key;
}

struct EdKey {
  Curve curve = Curve::kEd25519;
  Own<EVP_PKEY> pkey{
      EVP_PKEY_Q_keygen(nullptr, nullptr, curve == Curve::kEd448 ? "ED448" : "ED25519")};

  PreparedKey prepared() const {
    PreparedKey key = key_of(KeyType::kOkp, curve);
    key.x.resize(curve == Curve::kEd448 ? 57 : 32);
    std::size_t len = key.x.size();
    REQUIRE(EVP_PKEY_get_raw_public_key(pkey.get(), key.x.data(), &len) == 1);
    return key;
  }
  Buffer sign(std::string_view text) const {
    const Own<EVP_MD_CTX> ctx(EVP_MD_CTX_new());
    Buffer signature(curve == Curve::kEd448 ? 114 : 64);
    std::size_t len = signature.size();
    REQUIRE(EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, pkey.get()) == 1);
    REQUIRE(EVP_DigestSign(ctx.get(), signature.data(), &len,
                           reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
    return signature;
  }
};

TEST_CASE("a key that OpenSSL cannot use for an alg is a failure, whatever the signature") {
  PreparedKey oct = key_of(KeyType::kOct, Curve::kNone);
  oct.secret = SecretBytes(32);
  PreparedKey off_curve = key_of(KeyType::kEc, Curve::kP256);
  off_curve.x.assign(32, 1);
  off_curve.y.assign(32, 1);
  PreparedKey short_point = key_of(KeyType::kOkp, Curve::kEd25519);
  short_point.x.assign(31, 9);
  const KeyRing ring = ring_of({oct, off_curve, short_point, EdKey().prepared()});
  REQUIRE(ring.keys().size() == 4);
  const Buffer digest(32, 7), signature(64, 1);
  OpensslBackend backend(ring);
  for (const Alg alg : {Alg::kHS256, Alg::kRS256, Alg::kPS256, Alg::kES256, Alg::kEdDSA}) {
    for (std::uint32_t key = 0; key < 3; ++key) {
      CAPTURE(info(alg).name, key);
      CHECK(backend.check(key, alg, digest, signature) == SignatureCheck::kFailed);
      CHECK(backend.check(key, alg, digest, signature) == SignatureCheck::kFailed);
    }
  }
  // A sound key with the padding of another type.
  for (const Alg alg : {Alg::kRS256, Alg::kPS256, Alg::kHS256}) {
    CAPTURE(info(alg).name);
    CHECK(backend.check(3, alg, digest, signature) == SignatureCheck::kFailed);
  }
  CHECK(backend.check(3, Alg::kEdDSA, digest, signature) == SignatureCheck::kBad);
}

TEST_CASE("what the error queue says of a signature is no trouble of the library") {
  constexpr int kProviderSignatureFailure = 234;  // EVP_R_… of OpenSSL 3.5, for each bad signature
  for (const unsigned long error :
       {ERR_PACK(ERR_LIB_EVP, 0, kProviderSignatureFailure),
        ERR_PACK(ERR_LIB_RSA, 0, RSA_R_BAD_SIGNATURE), ERR_PACK(ERR_LIB_PROV, 0, ERR_R_RSA_LIB),
        ERR_PACK(ERR_LIB_RSA, 0, RSA_R_DATA_TOO_LARGE_FOR_MODULUS), 0UL}) {
    CAPTURE(error);
    CHECK_FALSE(tells_of_library(error));
  }
  for (const unsigned long error :
       {ERR_PACK(ERR_LIB_EVP, 0, ERR_R_UNSUPPORTED), ERR_PACK(ERR_LIB_EVP, 0, ERR_R_FETCH_FAILED),
        ERR_PACK(ERR_LIB_PROV, 0, ERR_R_MALLOC_FAILURE),
        ERR_PACK(ERR_LIB_BN, 0, ERR_R_INTERNAL_ERROR),
        ERR_PACK(ERR_LIB_EVP, 0, EVP_R_INITIALIZATION_ERROR)}) {
    CAPTURE(error);
    CHECK(tells_of_library(error));
  }
}

TEST_CASE("a digest that the library lost since is a failure, not a bad signature") {
  const EdKey key{.curve = Curve::kEd448};
  const KeyRing ring = ring_of({key.prepared()});
  OpensslBackend backend(ring);
  const std::string_view text = "text";
  const Buffer signature = key.sign(text);
  REQUIRE(backend.check(0, Alg::kEdDSA, as_bytes(text), signature) == SignatureCheck::kGood);
  REQUIRE(EVP_set_default_properties(nullptr, "provider=none") == 1);
  const SignatureCheck without = backend.check(0, Alg::kEdDSA, as_bytes(text), signature);
  REQUIRE(EVP_set_default_properties(nullptr, "") == 1);
  CHECK(without == SignatureCheck::kFailed);
  CHECK(backend.check(0, Alg::kEdDSA, as_bytes(text), signature) == SignatureCheck::kGood);
  ERR_raise(ERR_LIB_EVP, ERR_R_FETCH_FAILED);  // left by others, before the check
  CHECK(backend.check(0, Alg::kEdDSA, as_bytes("test"), signature) == SignatureCheck::kBad);
}

TEST_CASE("more keys than stay prepared: each signature is checked with its own") {
  const std::string_view text = "one text for all";
  std::vector<PreparedKey> prepared;
  std::vector<Buffer> signatures;
  for (int i = 0; i < 5; ++i) {
    const EdKey key;
    prepared.push_back(key.prepared());
    signatures.push_back(key.sign(text));
  }
  const KeyRing ring = ring_of(std::move(prepared));
  for (const std::size_t capacity : {1u, 2u, 3u, 5u}) {
    OpensslBackend backend(ring, capacity);
    // Every key after every other, and twice in a row: each is new, pushed out, and used again.
    for (std::uint32_t step = 0; step < 100; ++step) {
      const std::uint32_t key = (step * step + step / 5) % 5, other = (key + 1 + step % 4) % 5;
      CAPTURE(capacity, step, key, other);
      REQUIRE(backend.check(key, Alg::kEdDSA, as_bytes(text), signatures[other]) ==
              SignatureCheck::kBad);
      REQUIRE(backend.check(key, Alg::kEdDSA, as_bytes(text), signatures[key]) ==
              SignatureCheck::kGood);
    }
  }
}

/// Public keys for signatures that are wished for: r is the x of a point R, s any number, and
/// Q = (s R - e G) / r (SEC 1 s4.1.6).
class WishedFor {
 public:
  WishedFor(Curve curve, int nid, int number_bytes)
      : curve_(curve), bytes_(number_bytes), group_(EC_GROUP_new_by_curve_name(nid)) {}

  /// r of so many bytes (or fewer), s of so many, with the top bit of s set or not.
  PreparedKey key(int r_bytes, int s_bytes, bool sign_byte, Bytes digest, Buffer* signature) {
    BN_CTX* const ctx = ctx_.get();
    const Own<EC_POINT> point(EC_POINT_new(group_.get())), q(EC_POINT_new(group_.get()));
    const Own<BIGNUM> r(BN_new()), s(BN_new()), e(BN_new()), x(BN_new()), y(BN_new());
    const BIGNUM* const order = EC_GROUP_get0_order(group_.get());
    BN_set_bit(r.get(), 8 * r_bytes - 8);
    while (EC_POINT_set_compressed_coordinates(group_.get(), point.get(), r.get(), 0, ctx) != 1)
      BN_add_word(r.get(), 1);
    BN_set_bit(s.get(), 8 * s_bytes - (sign_byte ? 1 : 2));
    BN_add_word(s.get(), 5);
    BN_bin2bn(digest.data(), static_cast<int>(digest.size()), e.get());
    REQUIRE(BN_cmp(s.get(), order) < 0);
    const Own<BIGNUM> r_inverse(BN_mod_inverse(nullptr, r.get(), order, ctx));
    BN_mod_mul(x.get(), s.get(), r_inverse.get(), order, ctx);
    BN_mod_mul(y.get(), e.get(), r_inverse.get(), order, ctx);
    BN_sub(y.get(), order, y.get());
    REQUIRE(EC_POINT_mul(group_.get(), q.get(), y.get(), point.get(), x.get(), ctx) == 1);
    signature->assign(2 * static_cast<std::size_t>(bytes_), 0);
    BN_bn2binpad(r.get(), signature->data(), bytes_);
    BN_bn2binpad(s.get(), signature->data() + bytes_, bytes_);
    PreparedKey key = key_of(KeyType::kEc, curve_);
    key.x.resize(static_cast<std::size_t>(bytes_));
    key.y.resize(static_cast<std::size_t>(bytes_));
    REQUIRE(EC_POINT_get_affine_coordinates(group_.get(), q.get(), x.get(), y.get(), ctx) == 1);
    BN_bn2binpad(x.get(), key.x.data(), bytes_);
    BN_bn2binpad(y.get(), key.y.data(), bytes_);
    return key;
  }

 private:
  Curve curve_;
  int bytes_;
  Own<EC_GROUP> group_;
  Own<BN_CTX> ctx_{BN_CTX_new()};
};

/// Signatures whose r and s are so long, and the same with one bit of s turned.
void check_lengths(WishedFor& wished, Alg alg, std::size_t digest_bytes, int longest) {
  const Buffer digest(digest_bytes, 0x5A);
  std::vector<PreparedKey> prepared;
  std::vector<Buffer> signatures;
  for (const int r_bytes : {1, 2, longest / 2, longest - 3, longest - 2, longest}) {
    for (const int s_bytes : {1, 2, longest - 3, longest - 1, longest}) {
      for (const bool sign_byte : {false, true}) {
        signatures.emplace_back();
        prepared.push_back(wished.key(r_bytes, s_bytes, sign_byte, digest, &signatures.back()));
      }
    }
  }
  const KeyRing ring = ring_of(std::move(prepared));
  REQUIRE(ring.keys().size() == signatures.size());
  OpensslBackend backend(ring, 4);
  for (std::uint32_t i = 0; i < signatures.size(); ++i) {
    CAPTURE(info(alg).name, i);
    CHECK(backend.check(i, alg, digest, signatures[i]) == SignatureCheck::kGood);
    signatures[i].back() ^= 2;
    CHECK(backend.check(i, alg, digest, signatures[i]) == SignatureCheck::kBad);
  }
}

TEST_CASE("ECDSA: numbers of every length, with and without a sign byte, reach OpenSSL") {
  WishedFor p256(Curve::kP256, NID_X9_62_prime256v1, 32), p384(Curve::kP384, NID_secp384r1, 48),
      p521(Curve::kP521, NID_secp521r1, 66);
  check_lengths(p256, Alg::kES256, 32, 31);
  check_lengths(p384, Alg::kES384, 48, 47);
  // Where two numbers of 62 bytes meet their encoding is 128 bytes long, the first that needs a
  // length of two bytes (X.690 s8.1.3.5).
  check_lengths(p521, Alg::kES512, 64, 65);
}

}  // namespace
}  // namespace jotmill
