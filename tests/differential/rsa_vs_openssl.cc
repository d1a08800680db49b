// The RSA public operation, every variant that runs here and IFMA emulated, against OpenSSL's
// BIGNUM.
//
//   rsa_vs_openssl [COUNT [SEED]]       default: 2,000 signatures of a new seed
//
// Each step takes a size, one to five moduli (at random, with runs of zeros or ones, next to a
// power of two) and 1 to 17 signatures (at random, 0, 1, n - 1, with leading zeros, s of one
// modulus under another, n and n + 1 too) and gives them to one variant. Prints the seed first, and
// ends with exit code 1 at the first difference.

#include <openssl/bn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cpu/features.h"
#include "kernels/rsa/rsa_variants.h"
#include "support/cpu_under_test.h"

namespace jotmill::kernels {
#if defined(JOTMILL_HAVE_SIMDE)
RsaPublicFn rsa_public_avx512ifma_emulated;
#endif

namespace {

using Buffer = std::vector<std::uint8_t>;
constexpr std::uint8_t kExponent[] = {1, 0, 1};
constexpr std::size_t kSizes[] = {256, 384, 512};

[[noreturn]] void fail(const std::string& what) {
  std::printf("%s\n", what.c_str());
  std::exit(1);
}

std::string hex(const Buffer& bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes) out += {kHex[byte >> 4], kHex[byte & 15]};
  return out;
}

/// OpenSSL's arithmetic with numbers that are kept.
class Oracle {
 public:
  ~Oracle() {
    for (BIGNUM* number : {n_, s_, e_, r_}) BN_free(number);
    BN_MONT_CTX_free(mont_);
    BN_CTX_free(ctx_);
  }
  void modulus(const Buffer& n) {
    BN_bin2bn(n.data(), static_cast<int>(n.size()), n_);
    if (BN_MONT_CTX_set(mont_, n_, ctx_) != 1) fail("BN_MONT_CTX_set");
    BN_set_word(e_, 65537);
  }
  Buffer power(const Buffer& s) {
    BN_bin2bn(s.data(), static_cast<int>(s.size()), s_);
    // Not Montgomery's way for every eighth: the oracle is not to share an idea with the accused.
    const bool plain = ++asked_ % 8 == 0;
    if ((plain ? BN_mod_exp_simple(r_, s_, e_, n_, ctx_)
               : BN_mod_exp_mont(r_, s_, e_, n_, ctx_, mont_)) != 1)
      fail("BN_mod_exp");
    Buffer out(s.size());
    BN_bn2binpad(r_, out.data(), static_cast<int>(out.size()));
    return out;
  }

 private:
  BN_CTX* ctx_ = BN_CTX_new();
  BN_MONT_CTX* mont_ = BN_MONT_CTX_new();
  BIGNUM *n_ = BN_new(), *s_ = BN_new(), *e_ = BN_new(), *r_ = BN_new();
  unsigned asked_ = 0;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }

  Buffer bytes(std::size_t len) {
    Buffer out(len);
    for (std::size_t i = 0; i < len; i += 8) {
      const std::uint64_t word = random_();
      for (std::size_t k = 0; k < 8; ++k) out[i + k] = static_cast<std::uint8_t>(word >> (8 * k));
    }
    return out;
  }

  Buffer modulus(std::size_t len) {
    Buffer n = bytes(len);
    const std::size_t kind = below(6);
    if (kind <= 1) {  // limbs of zeros or ones
      const std::size_t from = below(len);
      for (std::size_t i = from; i < from + 1 + below(len - from); ++i) n[i] = kind ? 0xFF : 0;
    } else if (kind == 2) {  // next to a power of two
      const bool high = below(2) == 0;
      for (std::size_t i = 0; i + 8 < len; ++i) n[i] = high ? 0xFF : 0;
    }
    n[0] |= 0x80;
    n[len - 1] |= 1;
    return n;
  }

  Buffer signature(const Buffer& n) {
    Buffer s = bytes(n.size());
    switch (below(10)) {
      case 0:
        s.assign(n.size(), 0);
        s.back() = static_cast<std::uint8_t>(below(3));
        return s;
      case 1:
        s = n;
        s.back() = static_cast<std::uint8_t>(s.back() - below(3));
        return s;
      case 2:
        s = n;
        s.back() = static_cast<std::uint8_t>(s.back() | below(4));
        return s;
      case 3: std::fill_n(s.begin(), 1 + below(s.size()), std::uint8_t{0}); return s;
      case 4:
        std::fill_n(s.begin() + 1, below(s.size()), std::uint8_t{0xFF});
        s[0] &= 0x7F;
        return s;
      default: s[0] &= 0x7F; return s;
    }
  }

 private:
  std::mt19937_64 random_;
};

std::vector<Variant<RsaPublicFn>> runnable(bool with_slow) {
  std::vector<Variant<RsaPublicFn>> variants;
  for (const auto& variant : rsa_variants()) {
    const bool slow = variant.fn == rsa_public_portable;
    if (variant.fn != nullptr && variant.fn != rsa_public_openssl &&
        testing::cpu_under_test().has(variant.needs) && slow == with_slow)
      variants.push_back(variant);
  }
#if defined(JOTMILL_HAVE_SIMDE)
  if (with_slow) variants.push_back({"avx512ifma emulated", {}, 8, rsa_public_avx512ifma_emulated});
#endif
  return variants;
}

/// One to five keys, 1 to 17 signatures, one variant. Returns the number of signatures.
std::size_t step(Generator& generator, const Variant<RsaPublicFn>& variant) {
  static std::vector<Oracle> oracles(5);
  const std::size_t len = kSizes[generator.below(8) < 6 ? 0 : 1 + generator.below(2)];
  const std::size_t key_count = 1 + generator.below(5), count = 1 + generator.below(17);
  std::vector<Buffer> moduli, signatures;
  std::vector<RsaKey> keys(key_count);
  for (std::size_t k = 0; k < key_count; ++k) {
    moduli.push_back(generator.modulus(len));
    oracles[k].modulus(moduli[k]);
    if (!rsa_prepare(moduli[k].data(), len, kExponent, sizeof kExponent, &keys[k]))
      fail("a key was refused: " + hex(moduli[k]));
  }
  Buffer blocks(count * len);
  std::vector<RsaJob> jobs;
  // The same keys for many groups: making a key ready costs as much as ten signatures.
  for (std::size_t round = 0; round < 16; ++round) {
    signatures.clear();
    jobs.clear();
    for (std::size_t i = 0; i < count; ++i) {
      signatures.push_back(generator.signature(moduli[generator.below(key_count)]));
    }
    for (std::size_t i = 0; i < count; ++i)
      jobs.push_back({&keys[i % key_count], signatures[i].data(), &blocks[i * len]});
    variant.fn(jobs.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const Buffer expected = oracles[i % key_count].power(signatures[i]);
      if (!std::equal(expected.begin(), expected.end(), &blocks[i * len]))
        fail(std::string(variant.name) + ", job " + std::to_string(i) + " of " +
             std::to_string(count) + "\nn " + hex(moduli[i % key_count]) + "\ns " +
             hex(signatures[i]) + "\nexpected " + hex(expected));
    }
  }
  return 16 * count;
}

}  // namespace
}  // namespace jotmill::kernels

int main(int argc, char** argv) {
  using namespace jotmill::kernels;
  const std::size_t total = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000;
  const std::uint64_t seed =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  Generator generator(seed);
  // One signature in 16 goes to the slow variants: plain C++ and the emulation.
  const auto fast = runnable(false), slow = runnable(true);
  std::size_t of_fast = 0, of_slow = 0;
  while (of_fast + of_slow < total) {
    const bool take_slow = fast.empty() || of_slow * 16 <= of_fast + of_slow;
    const auto& variants = take_slow ? slow : fast;
    (take_slow ? of_slow : of_fast) += step(generator, variants[generator.below(variants.size())]);
  }
  std::printf(
      "%zu signatures by vector variants, %zu by plain C++ and emulated IFMA: 0 differences\n",
      of_fast, of_slow);
  return 0;
}
