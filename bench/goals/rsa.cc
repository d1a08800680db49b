// The RSA public operation, every variant that runs here, beside EVP_PKEY_verify with a reused
// context: 2048, 3072 and 4096 bits; IFMA's also as a share of what its ports could do. The
// kernel's blocks are compared with what the signer encoded, so a wrong answer ends the program.

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "cpu/features.h"
#include "goals/madd52.h"
#include "goals/section.h"
#include "kernels/rsa/rsa_variants.h"

namespace jotmill::bench {
namespace {

using Buffer = std::vector<std::uint8_t>;
constexpr std::size_t kSignatures = 512;  // distinct: more than a branch predictor learns
/// Passes of OpenSSL in a turn: 30 ms and more, since a core takes its time to change to the clock
/// that it keeps under 512-bit multiplications, and back.
constexpr int kTurn = 4;

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
};
using Ctx = std::unique_ptr<EVP_PKEY_CTX, Free>;

Buffer number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &number) == 1, "a key without numbers");
  Buffer bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_free(number);
  return bytes;
}

class Size {
 public:
  explicit Size(unsigned bits) : bits_(bits), pkey_(EVP_RSA_gen(bits)) {
    const Buffer n = number_of(pkey_.get(), OSSL_PKEY_PARAM_RSA_N);
    const Buffer e = number_of(pkey_.get(), OSSL_PKEY_PARAM_RSA_E);
    require(kernels::rsa_prepare(n.data(), n.size(), e.data(), e.size(), &key_), "no kernel key");
    const Ctx sign(EVP_PKEY_CTX_new(pkey_.get(), nullptr));
    verify_.reset(EVP_PKEY_CTX_new(pkey_.get(), nullptr));
    require(EVP_PKEY_sign_init(sign.get()) == 1 && set_up(sign.get()), "cannot sign");
    require(EVP_PKEY_verify_init(verify_.get()) == 1 && set_up(verify_.get()), "cannot verify");
    signatures_.assign(kSignatures, Buffer(bits / 8));
    blocks_.assign(kSignatures, Buffer(bits / 8));
    for (std::size_t i = 0; i < kSignatures; ++i) {
      std::memcpy(digests_[i].data(), &i, sizeof i);
      std::size_t len = bits / 8;
      require(EVP_PKEY_sign(sign.get(), signatures_[i].data(), &len, digests_[i].data(), 32) == 1,
              "cannot sign");
      jobs_.push_back({&key_, signatures_[i].data(), blocks_[i].data()});
    }
  }

  void measure(Measures& now) {
    const double before = evp_rate();
    std::vector<std::pair<std::string, double>> rates;
    for (const auto& variant : kernels::rsa_variants()) {
      // The portable twin has no goal, and a slow minute of it would let the rounds drift.
      if (variant.fn == nullptr || variant.fn == kernels::rsa_public_openssl ||
          variant.fn == kernels::rsa_public_portable || !cpu_.has(variant.needs))
        continue;
      rates.emplace_back(variant.name, kernel_rate(variant.fn));
      if (variant.fn == kernels::rsa_public_avx512ifma)
        now["rsa" + std::to_string(bits_) + "_avx512ifma_of_port_limit"] =
            rates.back().second / port_limit();
    }
    const double evp = 0.5 * (before + evp_rate());
    const std::string name = "rsa" + std::to_string(bits_);
    now[name + "_evp_per_s"] = evp;
    for (const auto& [variant, rate] : rates) {
      now[name + "_" + variant + "_per_s"] = rate;
      now[name + "_" + variant + "_over_evp"] = rate / evp;
    }
  }

 private:
  static bool set_up(EVP_PKEY_CTX* ctx) {
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1;
  }

  double evp_rate() {
    const double start = cpu_seconds();
    for (int k = 0; k < kTurn; ++k) {
      for (std::size_t i = 0; i < kSignatures; ++i) {
        require(EVP_PKEY_verify(verify_.get(), signatures_[i].data(), signatures_[i].size(),
                                digests_[i].data(), 32) == 1,
                "a signature did not verify");
      }
    }
    return kTurn * static_cast<double>(kSignatures) / (cpu_seconds() - start);
  }

  double kernel_rate(kernels::RsaPublicFn* rsa_public) {
    constexpr int kTimes = 6 * kTurn;  // as long as the OpenSSL loop, about
    for (Buffer& block : blocks_) block.assign(block.size(), 0);
    const double start = cpu_seconds();
    for (int i = 0; i < kTimes; ++i) {
      for (std::size_t at = 0; at < kSignatures; at += 64) rsa_public(&jobs_[at], 64);
    }
    const double elapsed = (cpu_seconds() - start);
    for (std::size_t i = 0; i < kSignatures; ++i) {
      require(blocks_[i][1] == 1 &&
                  std::memcmp(&blocks_[i][bits_ / 8 - 32], digests_[i].data(), 32) == 0,
              "a kernel gave a wrong answer");
    }
    return kTimes * static_cast<double>(kSignatures) / elapsed;
  }

  /// Signatures a second if all that the kernel's multiplications waited for were a free port: the
  /// count that rsa_test proves, for the eight lanes of a group.
  double port_limit() const {
    const double limbs = key_.limbs, rows = 10;
    const double square = limbs * (limbs + 1) + 2 * limbs * limbs + rows;
    const double multiplication = 4 * limbs * limbs + rows;
    const double group = 16 * square + 2 * multiplication + 2 * limbs;
    return madd52_per_s(2'000'000) * 8 / group;
  }

  unsigned bits_;
  CpuMask cpu_ = detect_cpu();
  std::unique_ptr<EVP_PKEY, Free> pkey_;
  Ctx verify_;
  kernels::RsaKey key_;
  std::array<std::array<std::uint8_t, 32>, kSignatures> digests_{};
  std::vector<Buffer> signatures_, blocks_;
  std::vector<kernels::RsaJob> jobs_;
};

}  // namespace

Section make_rsa_section() {
  auto sizes = std::make_shared<std::vector<std::unique_ptr<Size>>>();
  for (const unsigned bits : {2048u, 3072u, 4096u}) sizes->push_back(std::make_unique<Size>(bits));
  return [sizes](Measures& now) {
    for (const auto& size : *sizes) size->measure(now);
  };
}

}  // namespace jotmill::bench
