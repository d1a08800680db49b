#ifndef JOTMILL_KERNELS_VARIANT_H_
#define JOTMILL_KERNELS_VARIANT_H_

// One kernel, several implementations: which of them runs here. Not for ISA files: this header uses
// the standard library.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cpu/features.h"

namespace jotmill::kernels {

/// One implementation of a kernel. The variants of a kernel are listed best first; the last needs
/// nothing.
template <typename Fn>
struct Variant {
  std::string_view name;  ///< stable, as given to --kernels: "scalar", "avx2", "avx512vbmi"
  CpuMask needs;          ///< features it executes
  std::uint32_t lanes;    ///< items one step works on (characters for base64url)
  Fn* fn;                 ///< null where this build does not hold it (another architecture)
};

/// Why a variant can or cannot be chosen.
enum class VariantState : std::uint8_t {
  kUsable,
  kNotBuilt,        ///< not part of this build
  kNeedsFeatures,   ///< this CPU, or the mask put over it, lacks something
  kSelfTestFailed,  ///< it gave a wrong answer to a question with a known one; it is never run on
                    ///< data
};

/// Runs the known answers on one implementation: true when all are right.
template <typename Fn>
using SelfTest = bool(Fn* fn);

template <typename Fn>
VariantState state_of(const Variant<Fn>& variant, CpuMask cpu, SelfTest<Fn>* self_test) {
  if (variant.fn == nullptr) return VariantState::kNotBuilt;
  if (!cpu.has(variant.needs)) return VariantState::kNeedsFeatures;
  if (!self_test(variant.fn)) return VariantState::kSelfTestFailed;
  return VariantState::kUsable;
}

/// A phrase for people: "usable", "not part of this build", "needs avx512bw avx512vbmi", "failed
/// its self-test".
inline std::string explain_state(VariantState state, CpuMask needs, CpuMask cpu) {
  switch (state) {
    case VariantState::kUsable: return "usable";
    case VariantState::kNotBuilt: return "not part of this build";
    case VariantState::kNeedsFeatures: return "needs " + feature_names(needs.without(cpu), " ");
    case VariantState::kSelfTestFailed: return "failed its self-test";
  }
  return "unknown";
}

/// The outcome of pick(): a variant and the reason for it, or no variant and an error text.
template <typename Fn>
struct Pick {
  const Variant<Fn>* variant;
  std::string text;
};

/// The variant named `forced`, or with "" the first usable one. A forced one that is unknown or not
/// usable is an error: a test or measurement that asked for it must never silently run another.
/// Each candidate passes `self_test` before it is chosen.
template <typename Fn>
Pick<Fn> pick(std::span<const Variant<Fn>> variants, CpuMask cpu, std::string_view forced,
              SelfTest<Fn>* self_test) {
  std::string known;
  std::string passed_over;
  for (const Variant<Fn>& variant : variants) {
    known += (known.empty() ? "" : ", ") + std::string(variant.name);
    if (!forced.empty() && variant.name != forced) continue;
    const VariantState state = state_of(variant, cpu, self_test);
    if (state == VariantState::kUsable) {
      if (!forced.empty()) return {&variant, "forced"};
      return {&variant, passed_over.empty() ? "best of all" : "best usable: " + passed_over};
    }
    const std::string reason = explain_state(state, variant.needs, cpu);
    if (!forced.empty()) return {nullptr, std::string(forced) + ": " + reason};
    passed_over += (passed_over.empty() ? "" : "; ") + std::string(variant.name) + " " + reason;
  }
  if (!forced.empty()) {
    return {nullptr, "no variant named " + std::string(forced) + " (known: " + known + ")"};
  }
  return {nullptr, "no usable variant: " + passed_over};
}

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_VARIANT_H_
