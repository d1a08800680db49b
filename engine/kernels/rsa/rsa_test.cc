// Every variant of the RSA public operation against OpenSSL's BIGNUM, which shares nothing with
// them. The long run is tests/differential/rsa_vs_openssl.

#include "kernels/rsa/rsa.h"

#include <openssl/bn.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/features.h"
#include "kernels/rsa/rsa_variants.h"
#include "support/catch.h"
#include "support/cpu_under_test.h"

namespace jotmill::kernels {

#if defined(JOTMILL_HAVE_SIMDE)
RsaPublicFn rsa_public_avx512ifma_emulated;
unsigned long long emulated_madd52_count();
#endif

namespace {

using Buffer = std::vector<std::uint8_t>;
constexpr std::uint8_t kExponent[] = {1, 0, 1};
constexpr std::uint8_t kCanary = 0xA5;
constexpr std::size_t kSizes[] = {256, 384, 512};

struct Free {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
};
using Bn = std::unique_ptr<BIGNUM, Free>;

Bn to_bn(const Buffer& bytes) {
  return Bn(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Buffer to_bytes(const BIGNUM* number, std::size_t len) {
  Buffer bytes(len);
  REQUIRE(BN_bn2binpad(number, bytes.data(), static_cast<int>(len)) == static_cast<int>(len));
  return bytes;
}

/// s^65537 mod n by OpenSSL.
Buffer oracle(const Buffer& n, const Buffer& s) {
  static const std::unique_ptr<BN_CTX, Free> context(BN_CTX_new());
  static const Bn e(BN_bin2bn(kExponent, sizeof kExponent, nullptr));
  const Bn result(BN_new());
  REQUIRE(BN_mod_exp(result.get(), to_bn(s).get(), e.get(), to_bn(n).get(), context.get()) == 1);
  return to_bytes(result.get(), n.size());
}

/// n + difference, in as many bytes.
Buffer shifted(const Buffer& n, int difference) {
  const Bn number = to_bn(n);
  if (difference < 0) REQUIRE(BN_sub_word(number.get(), static_cast<BN_ULONG>(-difference)) == 1);
  if (difference > 0) REQUIRE(BN_add_word(number.get(), static_cast<BN_ULONG>(difference)) == 1);
  return to_bytes(number.get(), n.size());
}

class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : random_(seed) {}
  Buffer bytes(std::size_t len) {
    Buffer out(len);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_());
    return out;
  }
  std::size_t below(std::size_t bound) { return random_() % bound; }

  /// Odd, with the highest bit set; one in three has long runs of ones or zeros, at either end or
  /// in between: limbs that are 0 or 2^52 - 1.
  Buffer modulus(std::size_t len) {
    Buffer n = bytes(len);
    if (below(3) == 0) {
      const std::size_t from = below(len), run = 1 + below(len - from);
      const std::uint8_t byte = below(2) == 0 ? 0 : 0xFF;
      for (std::size_t i = from; i < from + run; ++i) n[i] = byte;
    }
    n[0] |= 0x80;
    n[len - 1] |= 1;
    return n;
  }

  /// Below n: at random, with leading zeros, or next to 0 or n.
  Buffer signature(const Buffer& n) {
    switch (below(8)) {
      case 0: return shifted(n, -1 - static_cast<int>(below(3)));
      case 1: {
        Buffer s(n.size());
        s.back() = static_cast<std::uint8_t>(below(4));
        return s;
      }
      case 2: {
        Buffer s = bytes(n.size());
        const std::size_t zeros = 1 + below(n.size());
        for (std::size_t i = 0; i < zeros; ++i) s[i] = 0;
        return s;
      }
      default: {
        const std::unique_ptr<BN_CTX, Free> context(BN_CTX_new());
        const Bn s(BN_new());
        REQUIRE(BN_mod(s.get(), to_bn(bytes(n.size())).get(), to_bn(n).get(), context.get()) == 1);
        return to_bytes(s.get(), n.size());
      }
    }
  }

 private:
  std::mt19937_64 random_;
};

/// Every variant that computes and can run here, the emulated one too.
std::vector<Variant<RsaPublicFn>> runnable() {
  std::vector<Variant<RsaPublicFn>> variants;
  const CpuMask cpu = testing::cpu_under_test();
  for (const auto& variant : rsa_variants()) {
    if (variant.fn == nullptr || variant.fn == rsa_public_openssl || !cpu.has(variant.needs))
      continue;
    variants.push_back(variant);
  }
#if defined(JOTMILL_HAVE_SIMDE)
  variants.push_back({"avx512ifma emulated", {}, 8, rsa_public_avx512ifma_emulated});
#endif
  return variants;
}

/// Keys, signatures and the blocks that must come out, job i with key i mod keys.
struct Batch {
  std::vector<Buffer> moduli, signatures, expected;
  std::vector<RsaKey> keys;

  Batch(Numbers& numbers, std::size_t len, std::size_t key_count, std::size_t jobs) {
    for (std::size_t i = 0; i < key_count; ++i) add_key(numbers.modulus(len));
    for (std::size_t i = 0; i < jobs; ++i) add_job(numbers.signature(moduli[i % key_count]));
  }
  explicit Batch(const Buffer& n) { add_key(n); }

  void add_key(const Buffer& n) {
    moduli.push_back(n);
    REQUIRE(rsa_prepare(n.data(), n.size(), kExponent, sizeof kExponent, &keys.emplace_back()));
  }
  void add_job(const Buffer& s) {
    expected.push_back(oracle(moduli[signatures.size() % moduli.size()], s));
    signatures.push_back(s);
  }

  /// The first job that `variant` gets wrong when it is given `count` jobs from `first` on, or -1.
  /// Blocks stand at any alignment, with canaries around them.
  int first_wrong(RsaPublicFn* rsa_public, std::size_t first, std::size_t count) const {
    const std::size_t len = moduli[0].size(), stride = len + 3;
    Buffer out(1 + count * stride, kCanary);
    std::vector<RsaJob> jobs;
    for (std::size_t i = first; i < first + count; ++i) {
      jobs.push_back(
          {&keys[i % keys.size()], signatures[i].data(), out.data() + 1 + (i - first) * stride});
    }
    rsa_public(jobs.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint8_t* block = out.data() + 1 + i * stride;
      if (Buffer(block, block + len) != expected[first + i]) return static_cast<int>(i);
      for (std::size_t k = len; k < stride; ++k) {
        if (block[k] != kCanary) return static_cast<int>(i);
      }
    }
    return out[0] == kCanary ? -1 : 0;
  }
};

std::uint64_t seed() {
  static const std::uint64_t value = std::random_device{}();
  return value;
}

TEST_CASE("random and special signatures come out as BIGNUM has them, in groups of 1 to 17") {
  INFO("seed " << seed());
  Numbers numbers(seed());
  for (const std::size_t len : kSizes) {
    const Batch batch(numbers, len, 5, 34);
    for (const auto& variant : runnable()) {
      CAPTURE(len, std::string(variant.name));
      for (std::size_t count = 1; count <= 17; count += variant.lanes == 8 && len != 256 ? 8 : 1) {
        CAPTURE(count);
        CHECK(batch.first_wrong(variant.fn, numbers.below(34 - count + 1), count) == -1);
      }
      CHECK(batch.first_wrong(variant.fn, 0, 34) == -1);
    }
  }
}

TEST_CASE("no job at all is a group too") {
  for (const auto& variant : runnable()) variant.fn(nullptr, 0);
}

TEST_CASE("0, 1, n - 1, n, n + 1 and the largest number of that many bytes") {
  Numbers numbers(seed());
  for (const std::size_t len : kSizes) {
    Batch batch(numbers.modulus(len));
    const Buffer one = shifted(Buffer(len), 1);
    batch.add_job(Buffer(len));
    batch.add_job(one);
    for (const int difference : {-1, 0}) batch.add_job(shifted(batch.moduli[0], difference));
    if (batch.moduli[0] != Buffer(len, 0xFF)) batch.add_job(shifted(batch.moduli[0], 1));
    batch.add_job(Buffer(len, 0xFF));
    CHECK(batch.expected[0] == Buffer(len));
    CHECK(batch.expected[1] == one);
    CHECK(batch.expected[2] == shifted(batch.moduli[0], -1));  // odd power of -1
    CHECK(batch.expected[3] == Buffer(len));
    for (const auto& variant : runnable()) {
      CAPTURE(len, std::string(variant.name));
      CHECK(batch.first_wrong(variant.fn, 0, batch.signatures.size()) == -1);
    }
  }
}

TEST_CASE("moduli with special limbs") {
  Numbers numbers(seed());
  for (const std::size_t len : kSizes) {
    Buffer least = shifted(Buffer(len), 1), greatest(len, 0xFF), low_ones(len),
           high_ones(len, 0xFF);
    least[0] = 0x80;                // 2^(bits - 1) + 1
    Buffer below_power = greatest;  // 2^bits - 2^64 + 1 and so on: limbs of zeros below ones
    for (std::size_t i = len - 20; i + 1 < len; ++i) below_power[i] = 0;
    below_power.back() = 1;
    low_ones[0] = 0x80;
    for (std::size_t i = len / 2; i < len; ++i) low_ones[i] = 0xFF;
    for (std::size_t i = len / 2; i + 1 < len; ++i) high_ones[i] = 0;
    high_ones.back() = 1;
    for (const Buffer& n : {least, greatest, below_power, low_ones, high_ones}) {
      Batch batch(n);
      for (int i = 0; i < 6; ++i) batch.add_job(numbers.signature(n));
      batch.add_job(shifted(n, -1));
      batch.add_job(shifted(n, -2));
      for (const auto& variant : runnable()) {
        CAPTURE(len, std::string(variant.name), int{n[0]}, int{n[len / 2]}, int{n[len - 2]});
        CHECK(batch.first_wrong(variant.fn, 0, 8) == -1);
      }
    }
  }
}

TEST_CASE("a wrong signature in one lane leaves its neighbours alone, whatever the lane") {
  Numbers numbers(seed());
  const Batch sound(numbers, 256, 3, 17);
  for (const auto& variant : runnable()) {
    for (std::size_t lane = 0; lane < 17; ++lane) {
      Batch batch = sound;
      const std::size_t at = numbers.below(256);
      batch.signatures[lane][at] =
          static_cast<std::uint8_t>(batch.signatures[lane][at] ^ (1u << numbers.below(8)));
      CAPTURE(std::string(variant.name), lane);
      CHECK(batch.first_wrong(variant.fn, 0, 17) == static_cast<int>(lane));
      batch.expected[lane] = oracle(batch.moduli[lane % 3], batch.signatures[lane]);
      CHECK(batch.first_wrong(variant.fn, 0, 17) == -1);
    }
  }
}

#if defined(JOTMILL_HAVE_SIMDE)
TEST_CASE("IFMA: as many multiplications as eighteen products need, and none more") {
  Numbers numbers(seed());
  for (const std::size_t len : kSizes) {
    const Batch batch(numbers, len, 1, 16);
    const unsigned long long limbs = batch.keys[0].limbs;
    // Low and high halves of a square's and a multiplication's limb products and of those of their
    // reduction, and one low half for each multiplier of the reduction's last ten rows.
    const unsigned long long square = 2 * (limbs * (limbs + 1) / 2 + limbs * limbs) + 10;
    const unsigned long long multiplication = 2 * (2 * limbs * limbs) + 10;
    const unsigned long long n_k0 = 2 * limbs;
    for (const unsigned long long groups : {1, 2}) {
      const unsigned long long before = emulated_madd52_count();
      CHECK(batch.first_wrong(rsa_public_avx512ifma_emulated, 0, 8 * groups) == -1);
      CHECK(emulated_madd52_count() - before == groups * (16 * square + 2 * multiplication + n_k0));
    }
    if (len == 256) CHECK(16 * square + 2 * multiplication + n_k0 == 90'500);
  }
}
#endif

TEST_CASE("keys that are not for these kernels") {
  Numbers numbers(seed());
  RsaKey key;
  const Buffer n = numbers.modulus(256);
  CHECK(rsa_prepare(n.data(), n.size(), kExponent, 3, &key));
  CHECK(key.limbs == 40);
  CHECK(key.bytes == 256);
  const std::uint8_t three[] = {3}, longer[] = {1, 0, 0, 1}, other[] = {1, 0, 3};
  CHECK_FALSE(rsa_prepare(n.data(), n.size(), three, 1, &key));
  CHECK_FALSE(rsa_prepare(n.data(), n.size(), longer, 4, &key));
  CHECK_FALSE(rsa_prepare(n.data(), n.size(), other, 3, &key));
  for (const std::size_t len : {0, 128, 255, 257, 320, 383, 385, 511, 513, 1024}) {
    const Buffer odd_size = numbers.modulus(len < 2 ? 2 : len);
    CHECK_FALSE(rsa_prepare(odd_size.data(), len, kExponent, 3, &key));
  }
  Buffer even = n, short_top = n;
  even.back() &= 0xFE;
  short_top[0] &= 0x7F;
  for (std::size_t byte = 0; byte < std::size(kExponent); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Buffer e(std::begin(kExponent), std::end(kExponent));
      e[byte] ^= static_cast<std::uint8_t>(1U << bit);
      CHECK_FALSE(rsa_prepare(n.data(), n.size(), e.data(), e.size(), &key));
    }
  }
  CHECK_FALSE(rsa_prepare(even.data(), even.size(), kExponent, 3, &key));
  CHECK_FALSE(rsa_prepare(short_top.data(), short_top.size(), kExponent, 3, &key));
}

TEST_CASE("a prepared key holds the limbs of n, -1/n and R^65537") {
  Numbers numbers(seed());
  const std::unique_ptr<BN_CTX, Free> context(BN_CTX_new());
  for (const std::size_t len : kSizes) {
    const Batch batch(numbers, len, 4, 0);
    for (std::size_t k = 0; k < batch.keys.size(); ++k) {
      const RsaKey& key = batch.keys[k];
      const Bn n(BN_new()), c(BN_new()), power(BN_new()), e(BN_new());
      const Bn modulus = to_bn(batch.moduli[k]);
      for (std::size_t i = key.limbs; i-- > 0;) {
        REQUIRE(BN_lshift(n.get(), n.get(), 52) == 1);
        REQUIRE(BN_add_word(n.get(), key.n[i]) == 1);
        REQUIRE(BN_lshift(c.get(), c.get(), 52) == 1);
        REQUIRE(BN_add_word(c.get(), key.c[i]) == 1);
      }
      CHECK(BN_cmp(n.get(), modulus.get()) == 0);
      CHECK(((key.n[0] * key.k0 + 1) & ((std::uint64_t{1} << 52) - 1)) == 0);
      BN_set_bit(power.get(), static_cast<int>(52 * key.limbs));
      BN_set_word(e.get(), 65537);
      REQUIRE(BN_mod_exp(power.get(), power.get(), e.get(), modulus.get(), context.get()) == 1);
      CHECK(BN_cmp(c.get(), power.get()) == 0);
    }
  }
}

// Wrong in one way each: the self-test must see all of them.
template <int kWay>
void subtly_wrong(const RsaJob* jobs, std::size_t count) {
  rsa_public_portable(jobs, count);
  const std::size_t bytes = jobs[0].key->bytes;
  if (kWay == 0) jobs[0].block[0] ^= 0x80;
  if (kWay == 1 && bytes == 512) jobs[count - 1].block[bytes - 1] ^= 1;
  if (kWay == 2 && bytes == 384) jobs[7].block[100] ^= 1;
  if (kWay == 3 && bytes == 256) std::swap(jobs[3].block[5], jobs[4].block[5]);
}

TEST_CASE("the self-test asks what BIGNUM answers, passes sound variants and sees a wrong answer") {
  for (const std::size_t len : kSizes) {
    std::uint64_t digest = 0xCBF29CE484222325;
    for (std::size_t job = 0; job < kRsaQuestions; ++job) {
      Buffer n(len), s(len);
      rsa_question(len, job % kRsaQuestionKeys, n.data(), job, s.data());
      for (const std::uint8_t byte : oracle(n, s)) digest = (digest ^ byte) * 0x100000001B3;
    }
    CAPTURE(len);
    CHECK(rsa_known_digest(len) == digest);
  }
  for (const auto& variant : runnable()) {
    CAPTURE(std::string(variant.name));
    CHECK(rsa_self_test(variant.fn));
  }
  CHECK(rsa_self_test(rsa_public_openssl));
  CHECK_FALSE(rsa_self_test(subtly_wrong<0>));
  CHECK_FALSE(rsa_self_test(subtly_wrong<1>));
  CHECK_FALSE(rsa_self_test(subtly_wrong<2>));
  CHECK_FALSE(rsa_self_test(subtly_wrong<3>));
}

}  // namespace
}  // namespace jotmill::kernels
