#ifndef JOTMILL_KERNELS_ECC_ECC_RUNNER_FOR_TEST_H_
#define JOTMILL_KERNELS_ECC_ECC_RUNNER_FOR_TEST_H_

// Runs cases through one variant of a curve's kernel and lists where it differs from OpenSSL.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/features.h"
#include "kernels/ecc/ecc.h"
#include "kernels/ecc/ecc_variants.h"
#include "support/cpu_under_test.h"
#include "support/ecc_case.h"

namespace jotmill::kernels {

struct NamedKernel {
  std::string name;
  const EccKernel* kernel;

  bool emulated() const { return name.ends_with("emulated"); }
};

struct CurveForTest {
  std::size_t scalar_bits;
  const std::uint8_t* base_point;
  std::vector<NamedKernel> kernels;  ///< that run here
};

/// The curve of a published signature; `emulated`, which may be null, runs anywhere.
inline CurveForTest curve_for_test(const EccKnownSignature& known,
                                   std::span<const Variant<const EccKernel>> variants,
                                   const EccKernel* emulated) {
  CurveForTest curve = {known.scalar_bits, known.base_point, {}};
  for (const Variant<const EccKernel>& one : variants) {
    if (one.fn != nullptr && one.fn != &ecc_openssl && testing::cpu_under_test().has(one.needs))
      curve.kernels.push_back({std::string(one.name), one.fn});
  }
  if (emulated != nullptr) curve.kernels.push_back({"avx512ifma emulated", emulated});
  return curve;
}

/// So many good, altered and crafted cases of a source.
template <typename Source>
std::vector<ecc_cases::Case> pool_of(Source& source, int good, int altered, int crafted) {
  std::vector<ecc_cases::Case> pool;
  for (int i = 0; i < good; ++i) pool.push_back(source.good());
  for (int i = 0; i < altered; ++i) pool.push_back(source.altered());
  for (int i = 0; i < crafted; ++i) pool.push_back(source.crafted());
  return pool;
}

inline std::uint64_t* aligned_lines(std::vector<std::uint8_t>& bytes) {
  const auto at = reinterpret_cast<std::uintptr_t>(bytes.data());
  return reinterpret_cast<std::uint64_t*>((at + 63) / 64 * 64);
}

class EccRunner {
 public:
  template <typename Keys>
  EccRunner(const EccKernel& kernel, const CurveForTest& curve, unsigned base_window,
            unsigned key_window, const Keys& keys)
      : kernel_(kernel), base_window_(base_window), key_window_(key_window) {
    base_ = build(curve, base_window, curve.base_point);
    for (const auto& key : keys) tables_.push_back(build(curve, key_window, key.data()));
  }

  /// False when the kernel refused key `i`.
  bool has_table(std::size_t i) const { return tables_[i] != nullptr; }

  std::vector<EccAnswer> answers(const std::vector<ecc_cases::Case>& cases,
                                 std::size_t batch) const {
    std::vector<EccJob> jobs;
    for (const ecc_cases::Case& c : cases)
      jobs.push_back({c.signature.data(), c.digest.data(), tables_[c.key].get()});
    std::vector<EccAnswer> out(cases.size(), EccAnswer::kUseScalar);
    for (std::size_t i = 0; i < jobs.size(); i += batch) {
      kernel_.verify({jobs.data() + i, std::min(batch, jobs.size() - i), base_.get(), base_window_,
                      key_window_, scratch_.get(), out.data() + i});
    }
    return out;
  }

  /// One line a case that got another answer than OpenSSL's, or asked for the scalar verifier
  /// without being special. Adds to `scalars` how many asked for it.
  std::vector<std::string> disagreements(const std::vector<ecc_cases::Case>& cases,
                                         std::size_t batch,
                                         std::uint64_t* scalars = nullptr) const {
    constexpr const char* kWords[] = {"bad", "good", "use scalar"};
    std::vector<std::string> lines;
    const std::vector<EccAnswer> got = answers(cases, batch);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (scalars != nullptr && got[i] == EccAnswer::kUseScalar) ++*scalars;
      if (got[i] == (cases[i].good ? EccAnswer::kGood : EccAnswer::kBad)) continue;
      if (got[i] == EccAnswer::kUseScalar && cases[i].special) continue;
      lines.push_back("case " + std::to_string(i) + " (" + cases[i].what + ", key " +
                      std::to_string(cases[i].key) + "): " + kWords[static_cast<int>(got[i])] +
                      ", OpenSSL says " + (cases[i].good ? "good" : "bad"));
    }
    return lines;
  }

  std::size_t scalar_count(const std::vector<ecc_cases::Case>& cases) const {
    const std::vector<EccAnswer> got = answers(cases, cases.size());
    return static_cast<std::size_t>(std::count(got.begin(), got.end(), EccAnswer::kUseScalar));
  }

 private:
  struct Release {
    void operator()(void* p) const { std::free(p); }
  };
  template <typename T>
  using Memory = std::unique_ptr<T[], Release>;

  Memory<std::uint64_t> build(const CurveForTest& curve, unsigned window,
                              const std::uint8_t* key) const {
    const std::size_t bytes = ecc_table_bytes(curve.scalar_bits, window);
    Memory<std::uint64_t> lines(static_cast<std::uint64_t*>(std::aligned_alloc(64, bytes)));
    if (!lines || !kernel_.build(key, window, lines.get())) return nullptr;
    return lines;
  }

  const EccKernel& kernel_;
  unsigned base_window_, key_window_;
  Memory<std::uint64_t> base_;
  std::vector<Memory<std::uint64_t>> tables_;
  Memory<std::uint8_t> scratch_{
      static_cast<std::uint8_t*>(std::aligned_alloc(64, kEccScratchBytes))};
};

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_ECC_RUNNER_FOR_TEST_H_
