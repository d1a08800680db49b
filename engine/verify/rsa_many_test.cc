// RSA signatures many at once against OpenSSL one by one: sound and mutated ones, both paddings,
// all hashes, keys of one size mixed, any count.

#include "verify/rsa_many.h"
#include "support/cpu_under_test.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cpu/features.h"
#include "kernels/rsa/rsa_variants.h"
#include "keys/key_ring_builder.h"
#include "support/catch.h"
#include "support/long_run.h"
#include "verify/openssl_keys_for_test.h"
#include "verify/sha2.h"
#include "verify/signature_form.h"

namespace jotmill {
namespace {

using namespace testing;

constexpr Alg kAlgs[] = {Alg::kRS256, Alg::kRS384, Alg::kRS512,
                         Alg::kPS256, Alg::kPS384, Alg::kPS512};

/// Two keys of 2048 bits, one of 3072, and two that are not the kernel's: e = 3, 2056 bits.
struct Keys {
  std::vector<Own<EVP_PKEY>> pkeys;
  KeyRing ring;

  Keys() {
    KeyRingBuilder builder;
    builder.begin_source("test");
    for (const int bits : {2048, 2048, 3072, 2048, 2056}) {
      const bool three = pkeys.size() == 3;
      pkeys.emplace_back(make_rsa(bits, three ? 3 : 65537));
      PreparedKey key;
      key.type = KeyType::kRsa;
      key.bits = static_cast<std::uint32_t>(bits);
      key.n = number_of(pkeys.back().get(), OSSL_PKEY_PARAM_RSA_N);
      key.e = number_of(pkeys.back().get(), OSSL_PKEY_PARAM_RSA_E);
      builder.add(std::move(key));
    }
    ring = builder.build();
    REQUIRE(ring.keys().size() == 5);
  }
};

Keys& keys() {
  static Keys made;
  return made;
}

struct Signed {
  std::uint32_t key;
  Alg alg;
  DigestBytes digest;
  Buffer signature;

  Bytes digest_view() const { return {digest.data(), hash_bytes(info(alg).hash)}; }
};

Signed make_signed(std::uint32_t key, Alg alg, const std::string& text) {
  const AlgInfo& row = info(alg);
  Signed out{key, alg, sha2(row.hash, as_bytes(text)), {}};
  Own<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(keys().pkeys[key].get(), nullptr));
  REQUIRE(EVP_PKEY_sign_init(ctx.get()) == 1);
  const bool pss = row.family == Family::kRsaPss;
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(ctx.get(),
                                       pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1);
  REQUIRE(EVP_PKEY_CTX_set_signature_md(ctx.get(), md(row.hash)) == 1);
  if (pss) REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx.get(), RSA_PSS_SALTLEN_DIGEST) == 1);
  std::size_t len = keys().ring.keys()[key].n.size();
  out.signature.resize(len);
  const Bytes digest = out.digest_view();
  REQUIRE(EVP_PKEY_sign(ctx.get(), out.signature.data(), &len, digest.data(), digest.size()) == 1);
  return out;
}

/// One thing wrong, or nothing.
void mutate(Signed& one, std::mt19937& random) {
  switch (random() % 6) {
    case 0:
      one.signature[random() % one.signature.size()] ^=
          static_cast<std::uint8_t>(1 << random() % 8);
      break;
    case 1: one.digest[random() % 32] ^= static_cast<std::uint8_t>(1 << random() % 8); break;
    case 2:
      one.signature.assign(one.signature.size(), 0);
      one.signature.back() = static_cast<std::uint8_t>(random() % 2);
      break;
    case 3: one.key = one.key == 2 ? 2 : 1 - one.key; break;
    default: break;
  }
}

std::vector<const kernels::Variant<kernels::RsaPublicFn>*> runnable() {
  std::vector<const kernels::Variant<kernels::RsaPublicFn>*> variants;
  for (const auto& variant : kernels::rsa_variants()) {
    if (variant.fn != nullptr && variant.fn != kernels::rsa_public_openssl &&
        testing::cpu_under_test().has(variant.needs))
      variants.push_back(&variant);
  }
  return variants;
}

/// A sound signature of the key: a new one, until there are many to choose from.
const Signed& draw_signed(std::mt19937& random, std::uint32_t key) {
  constexpr std::size_t kEnough = 300;
  static std::array<std::vector<Signed>, 3> pools;
  std::vector<Signed>& pool = pools[key];
  if (pool.size() >= kEnough) return pool[random() % pool.size()];
  return pool.emplace_back(make_signed(key, kAlgs[random() % 6], std::to_string(random())));
}

std::vector<Signed> make_batch(std::mt19937& random, std::uint32_t first_key, std::size_t count) {
  std::vector<Signed> batch;
  while (batch.size() < count) {
    const std::uint32_t key = first_key == 2 ? 2 : static_cast<std::uint32_t>(random() % 2);
    Signed one = draw_signed(random, key);
    mutate(one, random);
    if (signature_in_range(keys().ring.keys()[one.key], one.alg, one.signature))
      batch.push_back(std::move(one));
  }
  return batch;
}

/// Asks OpenSSL about a batch, and every variant about the first `counts` of it. `portable`: the
/// slow one too.
void compare(OpensslBackend& openssl, RsaKeys& rsa_keys, const std::vector<Signed>& batch,
             const std::vector<std::size_t>& counts, bool portable, std::size_t& good) {
  std::vector<SignatureCheck> expected;
  for (const Signed& one : batch) {
    expected.push_back(openssl.check(one.key, one.alg, one.digest_view(), one.signature));
    good += expected.back() == SignatureCheck::kGood;
  }
  for (const auto* variant : runnable()) {
    if (variant->fn == kernels::rsa_public_portable && !portable) continue;
    RsaMany many(rsa_keys, variant->fn, variant->lanes);
    for (const std::size_t count : counts) {
      std::vector<SignatureCheck> results(count, SignatureCheck::kFailed);
      std::vector<RsaMany::Job> jobs;
      for (std::size_t i = 0; i < count; ++i)
        jobs.push_back(
            {batch[i].key, batch[i].alg, batch[i].digest_view(), batch[i].signature, &results[i]});
      LaneUse use;
      many.run(jobs, use);
      CAPTURE(std::string(variant->name), batch[0].key, count);
      REQUIRE(results == std::vector<SignatureCheck>(expected.begin(),
                                                     expected.begin() + static_cast<long>(count)));
      REQUIRE(use.used == count);
      REQUIRE(use.total >= count);
      REQUIRE(use.total < count + variant->lanes);
      REQUIRE(use.total % variant->lanes == 0);
    }
  }
}

TEST_CASE("many at once say what OpenSSL says of each") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  RsaKeys rsa_keys(keys().ring);
  OpensslBackend openssl(keys().ring);
  constexpr std::size_t kBatch = 150;
  std::size_t good = 0, all = 0;
  for (const std::uint32_t first_key : {0u, 2u}) {
    compare(openssl, rsa_keys, make_batch(random, first_key, kBatch),
            {1, 2, 3, 8, 17, 64, 65, kBatch}, true, good);
    all += kBatch;
  }
  // In a long run: signatures more.
  for (std::size_t round = 0; round * kBatch < long_run(); ++round) {
    compare(openssl, rsa_keys, make_batch(random, round % 4 == 0 ? 2 : 0, kBatch),
            {1 + random() % kBatch, kBatch}, round % 64 == 0, good);
    all += kBatch;
  }
  CHECK(good > all / 4);
  CHECK(good < all * 3 / 4);
}

TEST_CASE("keys of another size or exponent are OpenSSL's") {
  const RsaKeys rsa_keys(keys().ring);
  CHECK(rsa_keys.takes(0));
  CHECK(rsa_keys.takes(1));
  CHECK(rsa_keys.takes(2));
  CHECK_FALSE(rsa_keys.takes(3));
  CHECK_FALSE(rsa_keys.takes(4));
}

TEST_CASE("a key that several workers want at once is made once") {
  RsaKeys rsa_keys(keys().ring);
  std::vector<const kernels::RsaKey*> seen(4);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < seen.size(); ++i)
    workers.emplace_back([&, i] { seen[i] = rsa_keys.get(0); });
  for (std::thread& worker : workers) worker.join();
  for (const kernels::RsaKey* key : seen) CHECK(key == rsa_keys.get(0));
  CHECK(rsa_keys.get(1) != rsa_keys.get(0));
}

}  // namespace
}  // namespace jotmill
