#include "cpu/features.h"

#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace jotmill {
namespace {

using enum CpuFeature;

constexpr CpuFeatureInfo kFeatures[kCpuFeatureCount] = {
    {kSsse3, "ssse3", {}},
    {kSse41, "sse4_1", kSsse3},
    {kSse42, "sse4_2", kSse41},
    {kPopcnt, "popcnt", {}},
    {kPclmulqdq, "pclmulqdq", {}},
    {kAes, "aes", {}},
    {kAvx, "avx", kSse42},
    {kAvx2, "avx2", kAvx},
    {kFma, "fma", kAvx},
    {kBmi1, "bmi1", {}},
    {kBmi2, "bmi2", {}},
    {kAdx, "adx", {}},
    {kShaNi, "sha_ni", kSsse3},
    {kGfni, "gfni", {}},
    {kVaes, "vaes", kAes | kAvx},
    {kVpclmulqdq, "vpclmulqdq", kPclmulqdq | kAvx},
    {kAvx512f, "avx512f", kAvx2},
    {kAvx512dq, "avx512dq", kAvx512f},
    {kAvx512bw, "avx512bw", kAvx512f},
    {kAvx512vl, "avx512vl", kAvx512f},
    {kAvx512ifma, "avx512ifma", kAvx512f},
    {kAvx512vbmi, "avx512vbmi", kAvx512bw},
    {kAvx512vbmi2, "avx512vbmi2", kAvx512bw},
};

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

const CpuFeatureInfo* find_feature(std::string_view name) {
  for (const CpuFeatureInfo& info : kFeatures) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

#if defined(__x86_64__)

enum class Register : std::uint8_t { kLeaf1Ecx, kLeaf7Ebx, kLeaf7Ecx };

/// Where CPUID tells of a feature (Intel SDM volume 2A, CPUID, leaves 1 and 7.0).
struct CpuidBit {
  CpuFeature feature;
  Register source;
  unsigned bit;
};

constexpr CpuidBit kCpuidBits[kCpuFeatureCount] = {
    {kSsse3, Register::kLeaf1Ecx, 9},       {kSse41, Register::kLeaf1Ecx, 19},
    {kSse42, Register::kLeaf1Ecx, 20},      {kPopcnt, Register::kLeaf1Ecx, 23},
    {kPclmulqdq, Register::kLeaf1Ecx, 1},   {kAes, Register::kLeaf1Ecx, 25},
    {kAvx, Register::kLeaf1Ecx, 28},        {kAvx2, Register::kLeaf7Ebx, 5},
    {kFma, Register::kLeaf1Ecx, 12},        {kBmi1, Register::kLeaf7Ebx, 3},
    {kBmi2, Register::kLeaf7Ebx, 8},        {kAdx, Register::kLeaf7Ebx, 19},
    {kShaNi, Register::kLeaf7Ebx, 29},      {kGfni, Register::kLeaf7Ecx, 8},
    {kVaes, Register::kLeaf7Ecx, 9},        {kVpclmulqdq, Register::kLeaf7Ecx, 10},
    {kAvx512f, Register::kLeaf7Ebx, 16},    {kAvx512dq, Register::kLeaf7Ebx, 17},
    {kAvx512bw, Register::kLeaf7Ebx, 30},   {kAvx512vl, Register::kLeaf7Ebx, 31},
    {kAvx512ifma, Register::kLeaf7Ebx, 21}, {kAvx512vbmi, Register::kLeaf7Ecx, 1},
    {kAvx512vbmi2, Register::kLeaf7Ecx, 6},
};

constexpr unsigned kOsxsaveBit = 27;          // leaf 1 ECX: XGETBV may be used
constexpr std::uint64_t kXmmYmmState = 0x06;  // XCR0 bits 1, 2
constexpr std::uint64_t kZmmState = 0xE6;     // and bits 5, 6, 7: opmask, upper ZMM0-15, ZMM16-31

std::uint64_t read_xcr0() {
  // The intrinsic _xgetbv would need -mxsave for this whole file.
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (std::uint64_t{high} << 32) | low;
}

#endif

}  // namespace

std::span<const CpuFeatureInfo, kCpuFeatureCount> cpu_features() { return kFeatures; }

CpuMask remove_features(CpuMask cpu, CpuMask removed) {
  CpuMask rest = cpu.without(removed);
  // One pass is enough: parents stand before their children.
  for (const CpuFeatureInfo& info : kFeatures) {
    if (!rest.has(info.builds_on)) rest = rest.without(info.feature);
  }
  return rest;
}

CpuMask detect_cpu() {
  CpuMask found;
#if defined(__x86_64__)
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return found;
  const unsigned leaf1_ecx = ecx;
  ebx = ecx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) ebx = ecx = 0;
  const unsigned registers[] = {leaf1_ecx, ebx, ecx};
  for (const CpuidBit& entry : kCpuidBits) {
    if ((registers[static_cast<std::size_t>(entry.source)] >> entry.bit) & 1)
      found = found | entry.feature;
  }
  const bool has_xgetbv = (leaf1_ecx >> kOsxsaveBit) & 1;
  const std::uint64_t state = has_xgetbv ? read_xcr0() : 0;
  CpuMask unusable;
  if ((state & kXmmYmmState) != kXmmYmmState) unusable = unusable | kAvx;
  if ((state & kZmmState) != kZmmState) unusable = unusable | kAvx512f;
  // Also drops what a hypervisor shows without its parent.
  found = remove_features(found, unusable);
#endif
  return found;
}

std::string feature_names(CpuMask mask, std::string_view separator) {
  std::string names;
  for (const CpuFeatureInfo& info : kFeatures) {
    if (!mask.has(info.feature)) continue;
    if (!names.empty()) names += separator;
    names += info.name;
  }
  return names;
}

ParsedCpuMask parse_features(std::string_view list) {
  ParsedCpuMask parsed;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    if (item.empty()) continue;
    const CpuFeatureInfo* info = find_feature(item);
    if (info == nullptr) {
      parsed.unknown = std::string(item);
      return parsed;
    }
    parsed.mask = parsed.mask | info->feature;
  }
  return parsed;
}

std::string cpu_brand() {
#if defined(__x86_64__)
  unsigned words[12] = {};
  for (unsigned i = 0; i < 3; ++i) {
    unsigned* part = words + 4 * i;
    if (__get_cpuid(0x80000002u + i, &part[0], &part[1], &part[2], &part[3]) == 0) return "unknown";
  }
  char text[sizeof(words) + 1] = {};
  std::memcpy(text, words, sizeof(words));
  const std::string_view brand = trim(text);
  if (!brand.empty()) return std::string(brand);
#endif
  return "unknown";
}

}  // namespace jotmill
