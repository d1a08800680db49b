// The encodings of RSA signatures against OpenSSL, on blocks that no signer makes: with the private
// key any block becomes a signature whose public operation gives it back, so EVP_PKEY_verify can be
// asked about it.

#include "verify/rsa_encoding.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/catch.h"
#include "verify/openssl_keys_for_test.h"
#include "verify/sha2.h"

namespace jotmill {
namespace {

using namespace testing;

constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};

EVP_PKEY* key() {
  static const Own<EVP_PKEY> made(EVP_RSA_gen(2048));
  REQUIRE(made != nullptr);
  return made.get();
}

void set_up(EVP_PKEY_CTX* ctx, bool pss, Hash hash, int salt_len) {
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1);
  REQUIRE(EVP_PKEY_CTX_set_signature_md(ctx, md(hash)) == 1);
  if (!pss) return;
  REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md(hash)) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt_len) == 1);
}

/// s^e mod n, or with the private key its inverse.
Buffer raw(bool with_private, const Buffer& in) {
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(key(), nullptr));
  Buffer out(in.size());
  std::size_t len = out.size();
  const auto init = with_private ? EVP_PKEY_decrypt_init : EVP_PKEY_encrypt_init;
  const auto run = with_private ? EVP_PKEY_decrypt : EVP_PKEY_encrypt;
  REQUIRE(init(ctx.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(ctx.get(), RSA_NO_PADDING) == 1);
  REQUIRE(run(ctx.get(), out.data(), &len, in.data(), in.size()) == 1);
  REQUIRE(len == in.size());
  return out;
}

Buffer signed_block(bool pss, Hash hash, Bytes digest, int salt_len = RSA_PSS_SALTLEN_DIGEST) {
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(key(), nullptr));
  REQUIRE(EVP_PKEY_sign_init(ctx.get()) == 1);
  set_up(ctx.get(), pss, hash, salt_len);
  Buffer signature(256);
  std::size_t len = signature.size();
  REQUIRE(EVP_PKEY_sign(ctx.get(), signature.data(), &len, digest.data(), digest.size()) == 1);
  return raw(false, signature);
}

bool openssl_accepts(bool pss, Hash hash, Bytes digest, const Buffer& block) {
  const Buffer signature = raw(true, block);
  const Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(key(), nullptr));
  REQUIRE(EVP_PKEY_verify_init(ctx.get()) == 1);
  set_up(ctx.get(), pss, hash, RSA_PSS_SALTLEN_DIGEST);
  return EVP_PKEY_verify(ctx.get(), signature.data(), signature.size(), digest.data(),
                         digest.size()) == 1;
}

bool ours(bool pss, Hash hash, Bytes digest, const Buffer& block) {
  return pss ? is_pss_encoding(hash, digest, block) : is_pkcs1_encoding(hash, digest, block);
}

/// Both say the same of `block`, and it is `expected`. The block must be below the modulus.
void check(bool pss, Hash hash, Bytes digest, const Buffer& block, bool expected) {
  CHECK(ours(pss, hash, digest, block) == expected);
  CHECK(openssl_accepts(pss, hash, digest, block) == expected);
}

struct Digest {
  DigestBytes bytes;
  Bytes view;
  Digest(Hash hash, const std::string& text)
      : bytes(sha2(hash, as_bytes(text))), view(bytes.data(), hash_bytes(hash)) {}
};

TEST_CASE("what OpenSSL signs is an encoding of its digest and of no other") {
  for (const bool pss : {false, true}) {
    for (const Hash hash : kHashes) {
      CAPTURE(pss, static_cast<int>(hash));
      const Digest digest(hash, "one"), other(hash, "other");
      for (int i = 0; i < 4; ++i) {
        const Buffer block = signed_block(pss, hash, digest.view);
        check(pss, hash, digest.view, block, true);
        check(pss, hash, other.view, block, false);
        check(!pss, hash, digest.view, block, false);
      }
      for (const Hash wrong : kHashes) {
        if (wrong == hash) continue;
        check(pss, wrong, Digest(wrong, "one").view, signed_block(pss, hash, digest.view), false);
      }
    }
  }
}

TEST_CASE("no bit of an encoding may change") {
  std::mt19937 random(7);
  for (const bool pss : {false, true}) {
    for (const Hash hash : kHashes) {
      const Digest digest(hash, "message");
      const Buffer block = signed_block(pss, hash, digest.view);
      for (std::size_t at = 0; at < block.size(); ++at) {
        Buffer changed = block;
        changed[at] ^= static_cast<std::uint8_t>(1u << random() % 8);
        CAPTURE(pss, static_cast<int>(hash), at);
        CHECK_FALSE(ours(pss, hash, digest.view, changed));
        // The block must stay below the modulus to be a signature at all; a private operation takes
        // a millisecond, so OpenSSL is asked about some.
        if (at > 0 && at % 8 == random() % 8)
          CHECK_FALSE(openssl_accepts(pss, hash, digest.view, changed));
      }
    }
  }
}

TEST_CASE("PSS: salts of another length are refused, also when everything else fits") {
  for (const Hash hash : kHashes) {
    const Digest digest(hash, "salted");
    const int own = static_cast<int>(hash_bytes(hash));
    for (const int salt_len : {0, 1, own - 1, own, own + 1, 256 - own - 2}) {
      CAPTURE(own, salt_len);
      check(true, hash, digest.view, signed_block(true, hash, digest.view, salt_len),
            salt_len == own);
    }
  }
}

/// A forger's blocks: 00 01 FF.. 00 DigestInfo with something else instead of one of the parts.
/// PSS with a hash that is not that of its own salt: MGF1 is over the hash that stands there, so
/// that all but the last step fits.
Buffer with_hash_changed(Hash hash, Bytes digest, std::size_t at) {
  const std::size_t hash_len = hash_bytes(hash), db_len = 256 - hash_len - 1;
  Buffer block = signed_block(true, hash, digest);
  const auto mask = [&] {
    for (std::size_t i = 0; i < db_len; i += hash_len) {
      Buffer seed(block.begin() + static_cast<std::ptrdiff_t>(db_len),
                  block.begin() + static_cast<std::ptrdiff_t>(db_len + hash_len));
      const std::size_t round = i / hash_len;
      for (const int shift : {24, 16, 8, 0})
        seed.push_back(static_cast<std::uint8_t>(round >> shift));
      const DigestBytes part = sha2(hash, {seed.data(), seed.size()});
      for (std::size_t k = 0; k < std::min(hash_len, db_len - i); ++k) block[i + k] ^= part[k];
    }
  };
  mask();
  block[db_len + at] ^= 1;
  mask();
  block[0] &= 0x7F;
  return block;
}

TEST_CASE("PSS: each step of RFC 8017 s9.1.2 alone refuses") {
  for (const Hash hash : kHashes) {
    const Digest digest(hash, "stepwise");
    const std::size_t hash_len = hash_bytes(hash);
    const Buffer block = signed_block(true, hash, digest.view);
    for (unsigned trailer = 0; trailer < 256; ++trailer) {
      Buffer changed = block;
      changed.back() = static_cast<std::uint8_t>(trailer);
      CHECK(ours(true, hash, digest.view, changed) == (trailer == 0xBC));
    }
    Buffer top_bit = block;
    top_bit[0] |= 0x80;
    CHECK_FALSE(ours(true, hash, digest.view, top_bit));
    for (const std::size_t at : {std::size_t{0}, std::size_t{8}, hash_len - 1})
      check(true, hash, digest.view, with_hash_changed(hash, digest.view, at), false);
  }
}

TEST_CASE("PKCS#1 v1.5: the encodings of known attacks are refused") {
  const Digest digest(Hash::kSha256, "forged");
  const Buffer good = signed_block(false, Hash::kSha256, digest.view);
  const std::size_t info = 256 - 32 - 19;
  const auto refuse = [&](const char* what, const Buffer& block) {
    INFO(what);
    check(false, Hash::kSha256, digest.view, block, false);
  };
  // Bleichenbacher 2006: short padding, garbage behind the digest.
  Buffer block(256, 0xAA);
  std::memcpy(block.data(), good.data(), 2 + 8);
  block[10] = 0;
  std::memcpy(block.data() + 11, good.data() + info, 51);
  refuse("garbage behind the digest", block);
  // The same garbage hidden in the parameters of the algorithm identifier.
  block = good;
  block[info + 15] = 0x04;
  refuse("parameters of another type", block);
  // Without the NULL, two more bytes of padding.
  block = Buffer(256, 0xFF);
  block[0] = 0;
  block[1] = 1;
  block[info + 1] = 0;
  std::memcpy(block.data() + info + 2, good.data() + info, 15);
  block[info + 3] = 0x2f;
  block[info + 5] = 0x0b;
  std::memcpy(block.data() + info + 17, good.data() + info + 17, 34);
  refuse("no NULL parameters", block);
  // Block type 2, and the digest alone.
  block = good;
  block[1] = 2;
  refuse("block type 2", block);
  block = Buffer(256, 0xFF);
  block[0] = 0;
  block[1] = 1;
  block[256 - 33] = 0;
  std::memcpy(block.data() + 256 - 32, digest.view.data(), 32);
  refuse("no DigestInfo", block);
  refuse("zero", Buffer(256));
}

TEST_CASE("blocks that are too short hold no encoding") {
  for (const Hash hash : kHashes) {
    const Digest digest(hash, "short");
    for (std::size_t len = 0; len < 2 * hash_bytes(hash) + 2; ++len) {
      Buffer block(len, 0xFF);
      if (len > 0) block[len - 1] = 0xBC;
      if (len > 0) block[0] = 0;
      CHECK_FALSE(is_pss_encoding(hash, digest.view, block));
      CHECK_FALSE(is_pkcs1_encoding(hash, digest.view, block));
    }
  }
}

}  // namespace
}  // namespace jotmill
