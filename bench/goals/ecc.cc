// ES256 and Ed25519 by tables, every variant that runs here, beside OpenSSL with everything
// prepared: windows, numbers of keys, sizes of a batch, what a table costs, and after how many
// signatures it has paid. SHA-256 is in neither side; SHA-512 is in OpenSSL's Ed25519 alone, and is
// measured apart.

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cpu/features.h"
#include "goals/section.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"

namespace jotmill::bench {
namespace {

using kernels::EccKernel;

constexpr std::size_t kKeys = 512, kSignatures = 1024;

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
  void operator()(void* p) const { std::free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Ctx = std::unique_ptr<EVP_PKEY_CTX, Free>;
using MdCtx = std::unique_ptr<EVP_MD_CTX, Free>;
template <typename T>
using Aligned = std::unique_ptr<T[], Free>;
template <typename T>
Aligned<T> aligned(std::size_t bytes) {
  return Aligned<T>(static_cast<T*>(std::aligned_alloc(64, bytes)));
}

/// One curve: keys, a signature of each of kSignatures messages by the keys in turn.
struct Curve {
  bool ed25519;
  std::vector<Key> keys;
  std::vector<std::array<std::uint8_t, 64>> points, signatures, digests;
  std::vector<std::vector<std::uint8_t>> der;
  std::vector<Ctx> verifiers;       // P-256: by key
  std::vector<MdCtx> md_verifiers;  // Ed25519: by key
  std::array<std::uint8_t, 200> message{};

  explicit Curve(bool is_ed25519) : ed25519(is_ed25519) {
    for (std::size_t i = 0; i < kKeys; ++i) add_key();
    signatures.resize(kSignatures);
    digests.resize(kSignatures);
    der.resize(kSignatures);
    for (std::size_t i = 0; i < kSignatures; ++i) sign(i);
  }

  std::size_t bits() const {
    return ed25519 ? std::size_t{kernels::kEd25519ScalarBits}
                   : std::size_t{kernels::kP256ScalarBits};
  }
  const std::uint8_t* base() const {
    return ed25519 ? kernels::kEd25519BasePoint : kernels::kP256BasePoint;
  }

  void add_key() {
    Key key(ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_EC_gen("P-256"));
    std::array<std::uint8_t, 64> point{};
    std::uint8_t* encoded = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(key.get(), &encoded);
    if (ed25519) {
      std::size_t length = 32;
      require(EVP_PKEY_get_raw_public_key(key.get(), point.data(), &length) == 1, "no public key");
    } else {
      require(size == 65 && encoded != nullptr, "no public key");
      for (std::size_t i = 0; i < 64; ++i) point[i] = encoded[i + 1];
    }
    OPENSSL_free(encoded);
    Ctx verifier(ed25519 ? nullptr : EVP_PKEY_CTX_new(key.get(), nullptr));
    MdCtx md_verifier(ed25519 ? EVP_MD_CTX_new() : nullptr);
    require(ed25519
                ? EVP_DigestVerifyInit(md_verifier.get(), nullptr, nullptr, nullptr, key.get()) == 1
                : EVP_PKEY_verify_init(verifier.get()) == 1,
            "cannot verify");
    points.push_back(point);
    verifiers.push_back(std::move(verifier));
    md_verifiers.push_back(std::move(md_verifier));
    keys.push_back(std::move(key));
  }

  void set_message(std::size_t i) {
    message[0] = static_cast<std::uint8_t>(i), message[1] = static_cast<std::uint8_t>(i >> 8);
  }

  void sign(std::size_t i) {
    const std::size_t key = i % kKeys;
    set_message(i);
    std::array<std::uint8_t, 80> out;
    std::size_t length = out.size();
    const MdCtx context(EVP_MD_CTX_new());
    require(
        EVP_DigestSignInit(context.get(), nullptr, ed25519 ? nullptr : EVP_sha256(), nullptr,
                           keys[key].get()) == 1 &&
            EVP_DigestSign(context.get(), out.data(), &length, message.data(), message.size()) == 1,
        "cannot sign");
    der[i].assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length));
    if (ed25519) {
      std::copy_n(out.begin(), 64, signatures[i].begin());
      std::vector<std::uint8_t> text(out.begin(), out.begin() + 32);
      text.insert(text.end(), points[key].begin(), points[key].begin() + 32);
      text.insert(text.end(), message.begin(), message.end());
      SHA512(text.data(), text.size(), digests[i].data());
      return;
    }
    SHA256(message.data(), message.size(), digests[i].data());
    const std::uint8_t* at = out.data();
    const std::unique_ptr<ECDSA_SIG, Free> sig(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
    BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), signatures[i].data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), signatures[i].data() + 32, 32);
  }

  double openssl_rate() {
    constexpr std::size_t kCount = kSignatures / 2;
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::size_t key = i % kKeys;
      int good = 0;
      if (ed25519) {
        set_message(i);
        good = EVP_DigestVerify(md_verifiers[key].get(), der[i].data(), 64, message.data(),
                                message.size());
      } else {
        good = EVP_PKEY_verify(verifiers[key].get(), der[i].data(), der[i].size(),
                               digests[i].data(), 32);
      }
      require(good == 1, "a signature did not verify");
    }
    return kCount / (cpu_seconds() - start);
  }
};

/// What of a curve is measured: one pair of windows, so many keys, batches of so many.
struct Setting {
  unsigned base_window, key_window;
  std::size_t keys, batch;
};

class Measured {
 public:
  Measured(Curve& curve, const EccKernel* kernel, const Setting& setting)
      : curve_(curve), kernel_(kernel), setting_(setting) {
    base_ = build(setting.base_window, curve.base());
    for (std::size_t i = 0; i < setting.keys; ++i)
      tables_.push_back(build(setting.key_window, curve.points[i].data()));
    for (std::size_t i = 0; i < kSignatures; ++i) {
      const std::size_t key = i % kKeys;
      if (key >= setting.keys) continue;
      jobs_.push_back({curve.signatures[i].data(), curve.digests[i].data(), tables_[key].get()});
    }
    const std::size_t distinct = jobs_.size();
    while (jobs_.size() < kSignatures) jobs_.push_back(jobs_[jobs_.size() % distinct]);
    answers_.resize(jobs_.size());
  }

  /// Seconds for one table.
  double build_again() {
    const double start = cpu_seconds();
    build(setting_.key_window, curve_.points[0].data());
    return cpu_seconds() - start;
  }

  double rate() {
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < jobs_.size(); i += setting_.batch) {
      kernel_->verify({jobs_.data() + i, std::min(setting_.batch, jobs_.size() - i), base_.get(),
                       setting_.base_window, setting_.key_window, scratch_.get(),
                       answers_.data() + i});
    }
    const double rate = static_cast<double>(jobs_.size()) / (cpu_seconds() - start);
    for (const kernels::EccAnswer answer : answers_)
      require(answer == kernels::EccAnswer::kGood, "a kernel gave a wrong answer");
    return rate;
  }

 private:
  Aligned<std::uint64_t> build(unsigned window, const std::uint8_t* point) {
    auto lines = aligned<std::uint64_t>(kernels::ecc_table_bytes(curve_.bits(), window));
    require(lines && kernel_->build(point, window, lines.get()), "no table");
    return lines;
  }

  Curve& curve_;
  const EccKernel* kernel_;
  Setting setting_;
  Aligned<std::uint64_t> base_;
  std::vector<Aligned<std::uint64_t>> tables_;
  Aligned<std::uint8_t> scratch_ = aligned<std::uint8_t>(kernels::kEccScratchBytes);
  std::vector<kernels::EccJob> jobs_;
  std::vector<kernels::EccAnswer> answers_;
  double build_s_ = 0;
};

constexpr Setting kSettings[] = {
    {6, 6, 1, 256},   {8, 8, 1, 256},    {11, 8, 1, 256},   {11, 11, 1, 256},
    {13, 13, 1, 256}, {8, 8, 16, 256},   {11, 8, 16, 256},  {8, 8, 64, 256},
    {11, 8, 64, 256}, {11, 6, 512, 256}, {11, 11, 16, 256}, {8, 8, 1, 1},
    {8, 8, 1, 4},     {8, 8, 1, 16},     {8, 8, 1, 32},     {8, 8, 1, 64}};

struct CurveSection {
  std::string name;
  Curve curve;
  struct Row {
    std::string name, build_name;
    std::unique_ptr<Measured> measured;
    bool first_of_window;
  };
  std::vector<Row> rows;

  CurveSection(bool ed25519, std::span<const kernels::Variant<const EccKernel>> variants)
      : name(ed25519 ? "ed25519" : "p256"), curve(ed25519) {
    const CpuMask cpu = detect_cpu();
    for (const auto& variant : variants) {
      if (variant.fn == nullptr || variant.fn == &kernels::ecc_openssl || !cpu.has(variant.needs))
        continue;
      const std::string prefix = name + "_" + std::string(variant.name);
      for (const Setting& s : kSettings) {
        const std::string window = std::to_string(s.key_window);
        const std::string build_name = prefix + "_build_w" + window + "_ms";
        const bool first = std::none_of(
            rows.begin(), rows.end(), [&](const Row& row) { return row.build_name == build_name; });
        rows.push_back({prefix + "_w" + std::to_string(s.base_window) + "_" + window + "_keys" +
                            std::to_string(s.keys) + "_batch" + std::to_string(s.batch),
                        build_name, std::make_unique<Measured>(curve, variant.fn, s), first});
      }
    }
  }

  void measure(Measures& now) {
    for (const Row& row : rows) {
      const double before = curve.openssl_rate();
      const double rate = row.measured->rate();
      now[row.name + "_per_s"] = rate;
      now[row.name + "_over_openssl"] = rate / before;
      if (row.first_of_window) now[row.build_name] = 1e3 * row.measured->build_again();
      now[name + "_openssl_per_s"] = before;
    }
  }
};

}  // namespace

Section make_ecc_section() {
  auto curves = std::make_shared<std::vector<std::unique_ptr<CurveSection>>>();
  curves->push_back(std::make_unique<CurveSection>(false, kernels::p256_variants()));
  curves->push_back(std::make_unique<CurveSection>(true, kernels::ed25519_variants()));
  return [curves](Measures& now) {
    for (const auto& curve : *curves) curve->measure(now);
  };
}

}  // namespace jotmill::bench
