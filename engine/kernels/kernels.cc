#include "kernels/kernels.h"

#include <array>
#include <utility>

#include "kernels/choose.h"

namespace jotmill::kernels {
namespace {

using enum CpuFeature;

// JOTMILL_KERNELS_X86: the build holds the x86-64 files (CMakeLists.txt beside this file).
#if defined(JOTMILL_KERNELS_X86)
constexpr Base64urlDecodeFn* kDecodeAvx2 = base64url_decode_avx2;
constexpr Base64urlDecodeFn* kDecodeAvx512vbmi = base64url_decode_avx512vbmi;
constexpr ScanFn* kScanAvx2 = scan_avx2;
constexpr ScanFn* kScanAvx512bw = scan_avx512bw;
#else
constexpr Base64urlDecodeFn* kDecodeAvx2 = nullptr;
constexpr Base64urlDecodeFn* kDecodeAvx512vbmi = nullptr;
constexpr ScanFn* kScanAvx2 = nullptr;
constexpr ScanFn* kScanAvx512bw = nullptr;
#endif

// What the compiler may use in each file, by the flags it is given: a superset of what the
// intrinsics name.
constexpr CpuMask kNeedsAvx2 = kAvx | kAvx2;
constexpr CpuMask kNeedsAvx512bw = kNeedsAvx2 | kAvx512f | kAvx512bw;
constexpr CpuMask kNeedsAvx512vbmi = kNeedsAvx2 | kAvx512f | kAvx512bw | kAvx512vbmi;

constexpr std::array<Variant<Base64urlDecodeFn>, 3> kBase64urlVariants = {{
    {"avx512vbmi", kNeedsAvx512vbmi, 64, kDecodeAvx512vbmi},
    {"avx2", kNeedsAvx2, 32, kDecodeAvx2},
    {"scalar", {}, 8, base64url_decode_scalar},
}};

constexpr std::array<Variant<ScanFn>, 3> kScanVariants = {{
    {"avx512bw", kNeedsAvx512bw, 64, kScanAvx512bw},
    {"avx2", kNeedsAvx2, 32, kScanAvx2},
    {"scalar", {}, 1, scan_scalar},
}};

constexpr std::size_t kSelfTestChars = 200;  // more than three of the widest steps

/// Character `i` of the self-test text: over its length every letter of the alphabet takes many
/// places of a step.
char self_test_char(std::size_t i) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return kAlphabet[(i * 37 + i / 64) % 64];
}

/// The value that self_test_char(i) stands for, by arithmetic and not by a table of the decoders.
unsigned self_test_value(std::size_t i) { return static_cast<unsigned>((i * 37 + i / 64) % 64); }

bool decodes_exactly(Base64urlDecodeFn* decode, const char* text, std::size_t len) {
  std::array<std::uint8_t, kSelfTestChars + kBase64urlSlackBytes> bytes{};
  const Base64urlResult result = decode(text, len, bytes.data());
  const unsigned last = len == 0 ? 0 : self_test_value(len - 1);
  if (len % 4 == 1) return result.error == Base64urlError::kLength && result.position == len - 1;
  const unsigned unused = len % 4 == 2 ? 0x0F : len % 4 == 3 ? 0x03 : 0;
  if (last & unused) {
    return result.error == Base64urlError::kTrailingBits && result.position == len - 1;
  }
  if (result.error != Base64urlError::kNone || result.written != len * 3 / 4) return false;
  for (std::size_t i = 0; i < result.written; ++i) {
    const std::size_t first = i / 3 * 4 + i % 3;
    const unsigned two = self_test_value(first) << 6 | self_test_value(first + 1);
    if (bytes[i] != ((two >> (4 - 2 * (i % 3))) & 0xFF)) return false;
  }
  return true;
}

bool finds_bad_byte(Base64urlDecodeFn* decode, char* text, std::size_t at, char bad) {
  std::array<std::uint8_t, kSelfTestChars + kBase64urlSlackBytes> bytes{};
  const char good = text[at];
  text[at] = bad;
  const Base64urlResult result = decode(text, kSelfTestChars, bytes.data());
  text[at] = good;
  return result.error == Base64urlError::kAlphabet && result.position == at;
}

constexpr Kernel<Base64urlDecodeFn> kBase64url = {"base64url", kBase64urlVariants,
                                                  base64url_self_test};

constexpr Kernel<ScanFn> kScan = {"scan", kScanVariants, scan_self_test};

/// What the self-test of scan plants in a text without it: found by exactly one question.
struct Planted {
  std::string_view text;
  ScanFor what;
};
constexpr Planted kPlanted[] = {
    {"eyJ", ScanFor::kTokenStart}, {"eyA", ScanFor::kTokenStart}, {"ewo", ScanFor::kTokenStart},
    {"ew0", ScanFor::kTokenStart}, {"ewk", ScanFor::kTokenStart}, {"e30", ScanFor::kTokenStart},
    {"ZX", ScanFor::kTokenStart},  {"%2", ScanFor::kTokenStart},  {"%7", ScanFor::kTokenStart},
    {"\\u", ScanFor::kTokenStart}, {"\\x", ScanFor::kTokenStart}, {".", ScanFor::kPartEnd},
    {"=", ScanFor::kPartEnd},      {"\xE9", ScanFor::kPartEnd},   {"\n\n", ScanFor::kThinLine},
    {"\n\r", ScanFor::kThinLine},  {"\n ", ScanFor::kThinLine},   {"\n\t", ScanFor::kThinLine},
};

}  // namespace

std::string_view Kernels::chosen(std::string_view kernel) const {
  for (const Choice& choice : choices) {
    if (choice.kernel == kernel) return choice.variant;
  }
  return {};
}

std::span<const Variant<Base64urlDecodeFn>> base64url_variants() { return kBase64urlVariants; }

bool base64url_self_test(Base64urlDecodeFn* decode) {
  std::array<char, kSelfTestChars> text;
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = self_test_char(i);
  for (std::size_t len = 0; len <= text.size(); ++len) {
    if (!decodes_exactly(decode, text.data(), len)) return false;
  }
  // The neighbours of every range of the alphabet, the other alphabet, padding, blanks, and bytes
  // above ASCII.
  using namespace std::string_view_literals;
  constexpr std::string_view kBad = "\0\n\r +/,.:;<=>?@[\\]^`{|}~\x7F\x80\xAD\xDF\xFF"sv;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!finds_bad_byte(decode, text.data(), at, kBad[at % kBad.size()])) return false;
  }
  return true;
}

std::span<const Variant<ScanFn>> scan_variants() { return kScanVariants; }

bool scan_self_test(ScanFn* scan) {
  std::array<std::uint8_t, kSelfTestChars> text;
  const auto ask = [&](std::size_t from, ScanFor what) {
    return scan(text.data(), from, text.size(), what);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    text.fill('q');
    const Planted& planted = kPlanted[at % std::size(kPlanted)];
    if (at + planted.text.size() > text.size()) continue;
    for (std::size_t i = 0; i < planted.text.size(); ++i)
      text[at + i] = static_cast<std::uint8_t>(planted.text[i]);
    if (ask(at / 2, planted.what) != at || ask(at + 1, planted.what) < text.size()) return false;
    if (planted.what == ScanFor::kTokenStart) continue;
    if (ask(at / 2, ScanFor::kTokenStart) != text.size()) return false;
  }
  text.fill('\n');
  return ask(3, ScanFor::kCountLines) == text.size() - 3;
}

std::variant<Kernels, KernelError> choose_kernels(CpuMask cpu, const Overrides& overrides) {
  for (const auto& [name, variant] : overrides) {
    if (name == kBase64url.name || name == kScan.name) continue;
    return KernelError{name, "no such kernel (known: " + std::string(kBase64url.name) + ", " +
                                 std::string(kScan.name) + ")"};
  }
  Kernels kernels;
  Pick<Base64urlDecodeFn> picked = pick_one(kBase64url, cpu, overrides);
  if (picked.variant == nullptr)
    return KernelError{std::string(kBase64url.name), std::move(picked.text)};
  kernels.base64url_decode = picked.variant->fn;
  kernels.choices.push_back({kBase64url.name, picked.variant->name, std::move(picked.text)});
  Pick<ScanFn> scan = pick_one(kScan, cpu, overrides);
  if (scan.variant == nullptr) return KernelError{std::string(kScan.name), std::move(scan.text)};
  kernels.scan = scan.variant->fn;
  kernels.choices.push_back({kScan.name, scan.variant->name, std::move(scan.text)});
  return kernels;
}

std::vector<InventoryEntry> inventory(CpuMask cpu, const Kernels& kernels) {
  std::vector<InventoryEntry> entries;
  list_one(kBase64url, cpu, kernels.choices, &entries);
  list_one(kScan, cpu, kernels.choices, &entries);
  return entries;
}

}  // namespace jotmill::kernels
