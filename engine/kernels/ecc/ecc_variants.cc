// Known answers of the two curves: a published signature of each, and what it becomes when one
// thing is changed. The many other answers are the tests' business: this tells a broken build or
// machine.

#include "kernels/ecc/ecc_variants.h"

#include <algorithm>
#include <array>

#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"

namespace jotmill::kernels {
namespace {

using enum CpuFeature;

#if defined(JOTMILL_KERNELS_X86)
constexpr const EccKernel* kP256Avx512ifma = &p256_avx512ifma;
constexpr const EccKernel* kEd25519Avx512ifma = &ed25519_avx512ifma;
constexpr const EccKernel* kP256Bmi2 = &p256_bmi2;
constexpr const EccKernel* kEd25519Bmi2 = &ed25519_bmi2;
#else
constexpr const EccKernel* kP256Avx512ifma = nullptr;
constexpr const EccKernel* kEd25519Avx512ifma = nullptr;
constexpr const EccKernel* kP256Bmi2 = nullptr;
constexpr const EccKernel* kEd25519Bmi2 = nullptr;
#endif

constexpr CpuMask kNeedsBmi2 = kBmi2 | kAdx;
constexpr CpuMask kNeedsAvx512ifma = kAvx | kAvx2 | kFma | kAvx512f | kAvx512ifma;

constexpr std::array<Variant<const EccKernel>, 4> kP256Variants = {{
    {"avx512ifma", kNeedsAvx512ifma, 8, kP256Avx512ifma},
    {"bmi2", kNeedsBmi2, 1, kP256Bmi2},
    {"portable", {}, 1, &p256_portable},
    {"openssl", {}, 1, &ecc_openssl},
}};
constexpr std::array<Variant<const EccKernel>, 4> kEd25519Variants = {{
    {"avx512ifma", kNeedsAvx512ifma, 8, kEd25519Avx512ifma},
    {"bmi2", kNeedsBmi2, 1, kEd25519Bmi2},
    {"portable", {}, 1, &ed25519_portable},
    {"openssl", {}, 1, &ecc_openssl},
}};

/// RFC 6979 A.2.5, SHA-256, message "sample".
constexpr std::array<std::uint8_t, 64> kP256Key = {
    0x60, 0xfe, 0xd4, 0xba, 0x25, 0x5a, 0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68,
    0xc0, 0x49, 0xb8, 0x92, 0x3b, 0x61, 0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6,
    0x79, 0x03, 0xfe, 0x10, 0x08, 0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64,
    0xf2, 0xf1, 0xb2, 0x0c, 0x2d, 0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
};
constexpr std::array<std::uint8_t, 64> kP256Signature = {
    0xef, 0xd4, 0x8b, 0x2a, 0xac, 0xb6, 0xa8, 0xfd, 0x11, 0x40, 0xdd, 0x9c, 0xd4, 0x5e, 0x81, 0xd6,
    0x9d, 0x2c, 0x87, 0x7b, 0x56, 0xaa, 0xf9, 0x91, 0xc3, 0x4d, 0x0e, 0xa8, 0x4e, 0xaf, 0x37, 0x16,
    0xf7, 0xcb, 0x1c, 0x94, 0x2d, 0x65, 0x7c, 0x41, 0xd4, 0x36, 0xc7, 0xa1, 0xb6, 0xe2, 0x9f, 0x65,
    0xf3, 0xe9, 0x00, 0xdb, 0xb9, 0xaf, 0xf4, 0x06, 0x4d, 0xc4, 0xab, 0x2f, 0x84, 0x3a, 0xcd, 0xa8,
};
constexpr std::array<std::uint8_t, 64> kP256Digest = {
    0xaf, 0x2b, 0xdb, 0xe1, 0xaa, 0x9b, 0x6e, 0xc1, 0xe2, 0xad, 0xe1, 0xd6, 0x94, 0xf4, 0x1f, 0xc7,
    0x1a, 0x83, 0x1d, 0x02, 0x68, 0xe9, 0x89, 0x15, 0x62, 0x11, 0x3d, 0x8a, 0x62, 0xad, 0xd1, 0xbf,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};
constexpr EccKnownSignature kP256Known = {kP256Key.data(), kP256Signature.data(),
                                          kP256Digest.data(), kP256BasePoint, kP256ScalarBits};

/// RFC 8032 s7.1, test 3; the digest is SHA-512(R || A || M).
constexpr std::array<std::uint8_t, 32> kEd25519Key = {
    0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30, 0xf0, 0x58,
    0x08, 0x16, 0xed, 0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80, 0x25,
};
constexpr std::array<std::uint8_t, 64> kEd25519Signature = {
    0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3,
    0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac,
    0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59,
    0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a,
};
constexpr std::array<std::uint8_t, 64> kEd25519Digest = {
    0x09, 0xbf, 0xb4, 0xff, 0x19, 0x93, 0xf3, 0x8f, 0x2e, 0xf6, 0x56, 0x99, 0x93, 0x4a, 0x8b, 0x64,
    0xc0, 0x32, 0x58, 0x67, 0xf8, 0x58, 0x05, 0x9b, 0x95, 0xbc, 0xa1, 0x99, 0xf7, 0x8d, 0xc0, 0x9e,
    0x54, 0x48, 0x57, 0xae, 0xb4, 0xab, 0xdd, 0xc6, 0xe3, 0x56, 0x60, 0xda, 0x28, 0x67, 0xab, 0x59,
    0x63, 0x13, 0x5f, 0xfe, 0xf6, 0x0d, 0x24, 0x2d, 0xbf, 0xce, 0x0a, 0x85, 0xfb, 0xc3, 0x62, 0xbf,
};
constexpr EccKnownSignature kEd25519Known = {kEd25519Key.data(), kEd25519Signature.data(),
                                             kEd25519Digest.data(), kEd25519BasePoint,
                                             kEd25519ScalarBits};

constexpr std::size_t kQuestions = 20;  // more than two groups of eight lanes

template <typename T>
T* aligned(std::size_t bytes) {
  return static_cast<T*>(std::aligned_alloc(64, bytes));
}

/// Question i: every third is the signature as published, the others have one bit changed, of R or
/// r, of S or s, or of the digest.
bool answers_right(const EccKernel* kernel, const EccKnownSignature& known) {
  const EccTrial trial(*kernel, known, kEccLeastWindow);
  if (!trial.ready()) return false;
  std::array<std::array<std::uint8_t, 64>, kQuestions> signatures, digests;
  std::array<EccJob, kQuestions> jobs;
  std::array<EccAnswer, kQuestions> answers;
  answers.fill(EccAnswer::kUseScalar);
  for (std::size_t i = 0; i < kQuestions; ++i) {
    std::copy_n(known.signature, 64, signatures[i].begin());
    std::copy_n(known.digest, 64, digests[i].begin());
    if (i % 3 == 1) signatures[i][(i * 29) % 63] ^= 1;
    if (i % 3 == 2) digests[i][(i * 7) % 32] ^= 0x10;
    jobs[i] = trial.job(signatures[i].data(), digests[i].data());
  }
  trial.verify(jobs, answers.data());
  for (std::size_t i = 0; i < kQuestions; ++i) {
    if (answers[i] != (i % 3 == 0 ? EccAnswer::kGood : EccAnswer::kBad)) return false;
  }
  return true;
}

bool refuse(const std::uint8_t*, std::uint32_t, std::uint64_t*) { return false; }
void answer_nothing(const EccBatch&) {}

}  // namespace

const EccKnownSignature& p256_known() { return kP256Known; }
const EccKnownSignature& ed25519_known() { return kEd25519Known; }

const EccKernel ecc_openssl = {refuse, answer_nothing};

EccTrial::EccTrial(const EccKernel& kernel, const EccKnownSignature& known, std::uint32_t window)
    : kernel_(kernel),
      window_(window),
      base_(aligned<std::uint64_t>(ecc_table_bytes(known.scalar_bits, window))),
      key_(aligned<std::uint64_t>(ecc_table_bytes(known.scalar_bits, window))),
      scratch_(aligned<std::uint8_t>(kEccScratchBytes)),
      ready_(base_ && key_ && scratch_ && kernel.build(known.base_point, window, base_.get()) &&
             kernel.build(known.key, window, key_.get())) {}

void EccTrial::verify(std::span<const EccJob> jobs, EccAnswer* answers) const {
  kernel_.verify(
      {jobs.data(), jobs.size(), base_.get(), window_, window_, scratch_.get(), answers});
}

std::span<const Variant<const EccKernel>> p256_variants() { return kP256Variants; }
std::span<const Variant<const EccKernel>> ed25519_variants() { return kEd25519Variants; }

bool p256_self_test(const EccKernel* kernel) {
  return kernel == &ecc_openssl || answers_right(kernel, kP256Known);
}
bool ed25519_self_test(const EccKernel* kernel) {
  return kernel == &ecc_openssl || answers_right(kernel, kEd25519Known);
}

}  // namespace jotmill::kernels
