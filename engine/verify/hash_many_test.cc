#include "verify/hash_many.h"
#include "support/cpu_under_test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "cpu/features.h"
#include "keys/hmac_states.h"
#include "support/catch.h"
#include "support/long_run.h"
#include "verify/openssl_keys_for_test.h"

using namespace jotmill;
using namespace jotmill::testing;

namespace {

constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};

std::string digest_by_evp(Hash hash, Bytes message) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  REQUIRE(EVP_Digest(message.data(), message.size(), out, &len, md(hash), nullptr) == 1);
  return std::string(reinterpret_cast<char*>(out), len);
}

std::string tag_by_evp(Hash hash, const std::string& secret, Bytes message) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  REQUIRE(HMAC(md(hash), secret.data(), static_cast<int>(secret.size()), message.data(),
               message.size(), out, &len) != nullptr);
  return std::string(reinterpret_cast<char*>(out), len);
}

struct Secret {
  std::string bytes;
  SecretVector<HmacStates> states;
};

/// Messages of mixed lengths, some with a secret of their own, through HashMany and through EVP.
void compare(MakeHashEngine* sha256, MakeHashEngine* sha512, std::uint32_t seed,
             std::size_t messages, std::size_t longest) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> text(longest + 64);
  for (auto& byte : text) byte = static_cast<std::uint8_t>(random());
  std::vector<Secret> secrets;
  for (const std::size_t len : {1u, 32u, 64u, 65u, 128u, 129u, 300u}) {
    std::string bytes;
    for (std::size_t i = 0; i < len; ++i) bytes += static_cast<char>(random());
    secrets.push_back({bytes, make_hmac_states(as_bytes(bytes))});
  }
  struct Asked {
    Hash hash;
    Bytes message;
    const Secret* secret;
  };
  std::vector<Asked> asked;
  std::vector<DigestBytes> answers(messages);
  HashMany many(sha256, sha512);
  for (std::size_t i = 0; i < messages; ++i) {
    const Hash hash = kHashes[random() % 3];
    const std::size_t from = random() % 64, len = random() % (longest + 1);
    const Secret* secret = random() % 2 ? &secrets[random() % secrets.size()] : nullptr;
    asked.push_back({hash, {text.data() + from, len}, secret});
    const auto which = static_cast<std::size_t>(hash) - static_cast<std::size_t>(Hash::kSha256);
    many.add(hash, {asked.back().message, secret ? &secret->states[which] : nullptr, &answers[i]});
  }
  LaneUse use256, use512;
  many.run(use256, use512);
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string right =
        asked[i].secret ? tag_by_evp(asked[i].hash, asked[i].secret->bytes, asked[i].message)
                        : digest_by_evp(asked[i].hash, asked[i].message);
    INFO("message " << i << " of " << asked[i].message.size() << " bytes, seed " << seed);
    REQUIRE(std::memcmp(right.data(), answers[i].data(), right.size()) == 0);
  }
  CHECK((use256.used <= use256.total && use512.used <= use512.total));
}

/// A broken engine: right for all but one length.
class OneWrong final : public HashEngine {
 public:
  bool run(Hash hash, std::span<const HashJob> jobs) override {
    for (const HashJob& job : jobs) {
      *job.out = job.states ? hmac_tag(hash, *job.states, job.message) : sha2(hash, job.message);
      if (job.message.size() == 119) (*job.out)[hash_bytes(hash) - 1] ^= 1;
    }
    return true;
  }
  std::uint32_t lanes() const override { return 4; }
};
std::unique_ptr<HashEngine> make_one_wrong() { return std::make_unique<OneWrong>(); }

/// An engine that gives up.
class GivesUp final : public HashEngine {
 public:
  bool run(Hash, std::span<const HashJob>) override { return false; }
  std::uint32_t lanes() const override { return 8; }
};
std::unique_ptr<HashEngine> make_gives_up() { return std::make_unique<GivesUp>(); }
std::unique_ptr<HashEngine> make_none() { return nullptr; }

}  // namespace

TEST_CASE("every variant that runs here gives the digests and tags of EVP") {
  const CpuMask cpu = testing::cpu_under_test();
  std::uint32_t seed = std::random_device{}();
  for (const auto& a : sha256_kernel().variants) {
    if (state_of(a, cpu, sha256_kernel().self_test) != kernels::VariantState::kUsable) continue;
    for (const auto& b : sha512_kernel().variants) {
      if (state_of(b, cpu, sha512_kernel().self_test) != kernels::VariantState::kUsable) continue;
      INFO("sha256=" << a.name << " sha512=" << b.name);
      for (const std::size_t count : {0u, 1u, 2u, 3u, 7u, 17u, 127u, 128u, 129u, 700u}) {
        compare(a.fn, b.fn, seed++, count, 1000);
      }
      compare(a.fn, b.fn, seed++, 12, 200'000);  // longer than IPsec-MB takes
      constexpr std::size_t kAtOnce = 5'000;
      // Messages more that each pair of variants gets in a long run.
      for (std::size_t done = 0; done < long_run(); done += kAtOnce)
        compare(a.fn, b.fn, seed++, kAtOnce, 500);
    }
  }
}

TEST_CASE("OpenSSL answers where the engine cannot be made or gives up") {
  compare(make_gives_up, make_gives_up, 1, 100, 500);
  compare(make_none, make_none, 2, 100, 500);
}

TEST_CASE("a variant with one wrong answer fails its self-test") {
  CHECK_FALSE(sha256_kernel().self_test(make_one_wrong));
  CHECK_FALSE(sha512_kernel().self_test(make_one_wrong));
  CHECK_FALSE(sha256_kernel().self_test(make_gives_up));
  CHECK_FALSE(sha512_kernel().self_test(make_none));
  for (const auto* kernel : {&sha256_kernel(), &sha512_kernel()}) {
    REQUIRE(kernel->variants.back().name != "");
    const auto pick = kernels::pick(kernel->variants, CpuMask(), "", kernel->self_test);
    REQUIRE(pick.variant != nullptr);
    CHECK(pick.variant->name == "openssl");
  }
}

TEST_CASE("sorting by length fills the lanes") {
  std::vector<std::uint8_t> text(2000);
  std::vector<DigestBytes> out(64);
  HashMany many(make_one_wrong, make_one_wrong);
  for (std::size_t i = 0; i < out.size(); ++i) {
    many.add(Hash::kSha256, {{text.data(), i % 2 ? 100u : 1900u}, nullptr, &out[i]});
  }
  LaneUse use256, use512;
  many.run(use256, use512);
  CHECK(use256.used == use256.total);  // unsorted it would be little over a half
  CHECK(use512.total == 0);
}
