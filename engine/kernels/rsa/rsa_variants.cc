// Known answers of the RSA public operation, one digest for each size: moduli and signatures come
// from a small generator, the blocks that must come out were worked out with OpenSSL's BIGNUM
// (rsa_test.cc does it again).

#include "kernels/rsa/rsa_variants.h"

#include <array>

namespace jotmill::kernels {
namespace {

using enum CpuFeature;

#if defined(JOTMILL_KERNELS_X86)
constexpr RsaPublicFn* kPublicAvx2fma = rsa_public_avx2fma;
constexpr RsaPublicFn* kPublicAvx512ifma = rsa_public_avx512ifma;
#else
constexpr RsaPublicFn* kPublicAvx2fma = nullptr;
constexpr RsaPublicFn* kPublicAvx512ifma = nullptr;
#endif

// What the compiler may use in each file, by the flags it is given.
constexpr CpuMask kNeedsAvx2fma = kAvx | kAvx2 | kFma;
constexpr CpuMask kNeedsAvx512ifma = kAvx | kAvx2 | kFma | kAvx512f | kAvx512bw | kAvx512ifma;

constexpr std::array<Variant<RsaPublicFn>, 4> kRsaVariants = {{
    {"avx512ifma", kNeedsAvx512ifma, 8, kPublicAvx512ifma},
    {"avx2fma", kNeedsAvx2fma, 4, kPublicAvx2fma},
    {"openssl", {}, 1, rsa_public_openssl},
    {"portable", {}, 8, rsa_public_portable},
}};

struct Known {
  std::size_t bytes;
  std::uint64_t digest;
};
constexpr std::array<Known, 3> kKnown = {
    {{256, 0x569a1a7ef5351637}, {384, 0x46889d3b7e98dd7a}, {512, 0x178b153679a83d7a}}};

/// Knuth's multiplier for 64 bits, the top byte of each state.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}
  void fill(std::uint8_t* bytes, std::size_t len) {
    for (std::size_t i = 0; i < len; ++i) {
      state_ = state_ * 6364136223846793005u + 1442695040888963407u;
      bytes[i] = static_cast<std::uint8_t>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_;
};

/// FNV-1a.
std::uint64_t digest_of(const std::uint8_t* bytes, std::size_t len) {
  std::uint64_t digest = 0xCBF29CE484222325;
  for (std::size_t i = 0; i < len; ++i) digest = (digest ^ bytes[i]) * 0x100000001B3;
  return digest;
}

}  // namespace

std::span<const Variant<RsaPublicFn>> rsa_variants() { return kRsaVariants; }

void rsa_question(std::size_t bytes, std::size_t key, std::uint8_t* n, std::size_t job,
                  std::uint8_t* signature) {
  Generator(bytes + key).fill(n, bytes);
  n[0] |= 0x80;
  n[bytes - 1] |= 1;
  Generator(bytes * 1000 + job).fill(signature, bytes);
  signature[0] &= 0x7F;
}

namespace {

std::uint64_t answer_digest(RsaPublicFn* rsa_public, std::size_t bytes) {
  std::uint8_t n[kRsaMaxBytes];
  std::uint8_t signatures[kRsaQuestions][kRsaMaxBytes];
  std::uint8_t blocks[kRsaQuestions * kRsaMaxBytes] = {};
  RsaKey keys[kRsaQuestionKeys];
  RsaJob jobs[kRsaQuestions];
  constexpr std::uint8_t kExponent[] = {1, 0, 1};
  for (std::size_t job = 0; job < kRsaQuestions; ++job) {
    rsa_question(bytes, job % kRsaQuestionKeys, n, job, signatures[job]);
    if (job < kRsaQuestionKeys && !rsa_prepare(n, bytes, kExponent, sizeof kExponent, &keys[job]))
      return 0;
    jobs[job] = {&keys[job % kRsaQuestionKeys], signatures[job], blocks + job * bytes};
  }
  rsa_public(jobs, kRsaQuestions);
  return digest_of(blocks, kRsaQuestions * bytes);
}

}  // namespace

bool rsa_self_test(RsaPublicFn* rsa_public) {
  if (rsa_public == rsa_public_openssl) return true;  // nothing of ours to ask
  for (const Known& known : kKnown) {
    if (answer_digest(rsa_public, known.bytes) != known.digest) return false;
  }
  return true;
}

std::uint64_t rsa_known_digest(std::size_t bytes) {
  for (const Known& known : kKnown) {
    if (known.bytes == bytes) return known.digest;
  }
  return 0;
}

void rsa_public_openssl(const RsaJob*, std::size_t) {}

}  // namespace jotmill::kernels
