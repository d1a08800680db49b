#ifndef JOTMILL_CPU_FEATURES_H_
#define JOTMILL_CPU_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace jotmill {

/// The instruction sets that a kernel may ask for. A value is a bit position in CpuMask, not a
/// stable ABI; the names are.
enum class CpuFeature : std::uint8_t {
  kSsse3,
  kSse41,
  kSse42,
  kPopcnt,
  kPclmulqdq,
  kAes,
  kAvx,
  kAvx2,
  kFma,
  kBmi1,
  kBmi2,
  kAdx,
  kShaNi,
  kGfni,
  kVaes,
  kVpclmulqdq,
  kAvx512f,
  kAvx512dq,
  kAvx512bw,
  kAvx512vl,
  kAvx512ifma,
  kAvx512vbmi,
  kAvx512vbmi2,
};

inline constexpr std::size_t kCpuFeatureCount =
    static_cast<std::size_t>(CpuFeature::kAvx512vbmi2) + 1;

/// A set of CpuFeature. Passed by value wherever a kernel is chosen, so that a test can pretend to
/// be an older CPU.
struct CpuMask {
  std::uint64_t bits = 0;

  constexpr CpuMask() = default;
  constexpr CpuMask(CpuFeature feature)  // NOLINT: implicit on purpose, a feature is a set of one
      : bits(std::uint64_t{1} << static_cast<unsigned>(feature)) {}

  /// True when every feature of `needed` is here; always true for the empty set.
  constexpr bool has(CpuMask needed) const { return (needed.bits & ~bits) == 0; }
  constexpr CpuMask without(CpuMask other) const {
    CpuMask rest;
    rest.bits = bits & ~other.bits;
    return rest;
  }
  friend constexpr CpuMask operator|(CpuMask a, CpuMask b) {
    a.bits |= b.bits;
    return a;
  }
  friend constexpr CpuMask operator&(CpuMask a, CpuMask b) {
    a.bits &= b.bits;
    return a;
  }
  friend constexpr bool operator==(CpuMask, CpuMask) = default;
};

constexpr CpuMask operator|(CpuFeature a, CpuFeature b) { return CpuMask(a) | CpuMask(b); }

/// What a feature is called and what it stands on.
struct CpuFeatureInfo {
  CpuFeature feature;
  std::string_view name;  ///< as in Linux /proc/cpuinfo, but "avx512ifma", "avx512vbmi",
                          ///< "avx512vbmi2" without "_"
  CpuMask builds_on;  ///< direct parents: a CPU without one of them is treated as without this one
};

/// Every feature, in CpuFeature order; parents come before their children.
std::span<const CpuFeatureInfo, kCpuFeatureCount> cpu_features();

/// The features that this CPU has and the operating system lets us use (CPUID and XGETBV: without
/// saved YMM or ZMM state the AVX families count as absent). Empty on anything but x86-64. Runs
/// CPUID each time, which is slow in a virtual machine: call it once and pass the mask on.
CpuMask detect_cpu();

/// `cpu` without `removed` and without everything that builds on it: no real CPU has AVX-512 and
/// lacks AVX2.
CpuMask remove_features(CpuMask cpu, CpuMask removed);

/// The names in `mask`, in CpuFeature order, with one `separator` between two; "" for the empty
/// set.
std::string feature_names(CpuMask mask, std::string_view separator = ",");

/// The outcome of reading a list of names. `unknown` holds the first name that is none; then `mask`
/// must not be used.
struct ParsedCpuMask {
  CpuMask mask;
  std::string unknown;

  bool ok() const { return unknown.empty(); }
};

/// Reads "avx2,avx512f" (exact names, blanks around them and empty items are ignored): the form of
/// the environment variable JOTMILL_CPU_MASK, which names features to remove. Reading the
/// environment is the caller's part.
ParsedCpuMask parse_features(std::string_view list);

/// The marketing name from CPUID, blanks trimmed, for reports; "unknown" where the CPU does not
/// tell.
std::string cpu_brand();

}  // namespace jotmill

#endif  // JOTMILL_CPU_FEATURES_H_
