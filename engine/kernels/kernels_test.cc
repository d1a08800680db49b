#include "kernels/kernels.h"

#include <algorithm>
#include <cstring>

#include "support/catch.h"
#include "support/cpu_under_test.h"

namespace jotmill::kernels {
namespace {

using enum CpuFeature;

// A made-up kernel, so that every path of pick() runs on every machine.
using AnswerFn = int();
int right() { return 42; }
int wrong() { return 41; }
bool answers_right(AnswerFn* fn) { return fn() == 42; }

constexpr Variant<AnswerFn> kBest{"best", kAvx512f, 16, right};
constexpr Variant<AnswerFn> kBroken{"broken", kAvx2, 8, wrong};
constexpr Variant<AnswerFn> kAbsent{"absent", {}, 4, nullptr};
constexpr Variant<AnswerFn> kPlain{"plain", {}, 1, right};

Pick<AnswerFn> pick_answer(std::vector<Variant<AnswerFn>> variants, CpuMask cpu,
                           std::string_view forced) {
  static std::vector<Variant<AnswerFn>> kept;  // a Pick points into the span
  kept = std::move(variants);
  return pick<AnswerFn>(kept, cpu, forced, answers_right);
}

TEST_CASE("pick takes the first variant that is built, runs here and answers right") {
  const std::vector<Variant<AnswerFn>> all = {kBest, kBroken, kAbsent, kPlain};
  const Pick<AnswerFn> on_new = pick_answer(all, kAvx512f | kAvx2, "");
  REQUIRE(on_new.variant != nullptr);
  CHECK(on_new.variant->name == "best");
  CHECK(on_new.text == "best of all");
  const Pick<AnswerFn> on_old = pick_answer(all, kAvx2, "");
  REQUIRE(on_old.variant != nullptr);
  CHECK(on_old.variant->name == "plain");
  CHECK(on_old.text ==
        "best usable: best needs avx512f; broken failed its self-test; absent not part of this "
        "build");
}

TEST_CASE("a forced variant is taken or refused, never replaced") {
  const std::vector<Variant<AnswerFn>> all = {kBest, kBroken, kAbsent, kPlain};
  const CpuMask cpu = kAvx2;
  CHECK(pick_answer(all, cpu, "plain").variant->name == "plain");
  CHECK(pick_answer(all, cpu, "plain").text == "forced");
  CHECK(pick_answer(all, cpu, "best").variant == nullptr);
  CHECK(pick_answer(all, cpu, "best").text == "best: needs avx512f");
  CHECK(pick_answer(all, cpu, "broken").variant == nullptr);
  CHECK(pick_answer(all, cpu, "broken").text == "broken: failed its self-test");
  CHECK(pick_answer(all, cpu, "absent").variant == nullptr);
  CHECK(pick_answer(all, cpu, "absent").text == "absent: not part of this build");
  CHECK(pick_answer(all, cpu, "Plain").variant == nullptr);
  CHECK(pick_answer(all, cpu, "Plain").text ==
        "no variant named Plain (known: best, broken, absent, plain)");
}

TEST_CASE("without a sound variant there is none") {
  const Pick<AnswerFn> none = pick_answer({kBest, kBroken}, kAvx2, "");
  CHECK(none.variant == nullptr);
  CHECK(none.text == "no usable variant: best needs avx512f; broken failed its self-test");
}

TEST_CASE("every CPU gets the best base64url it can run") {
  const CpuMask here = testing::cpu_under_test();
  const auto bare = choose_kernels(CpuMask());
  REQUIRE(std::holds_alternative<Kernels>(bare));
  CHECK(std::get<Kernels>(bare).chosen("base64url") == "scalar");
  CHECK(std::get<Kernels>(bare).base64url_decode == base64url_decode_scalar);
  const auto real = choose_kernels(here);
  REQUIRE(std::holds_alternative<Kernels>(real));
  const Kernels& kernels = std::get<Kernels>(real);
  std::string_view best = "scalar";
#if defined(__x86_64__)
  if (here.has(kAvx2)) best = "avx2";
  if (here.has(kAvx512f | kAvx512bw) && here.has(kAvx512vbmi)) best = "avx512vbmi";
#endif
  CHECK(kernels.chosen("base64url") == best);
  CHECK(kernels.chosen("nonsense").empty());
  // Taking away one feature at a time never leaves us without a kernel.
  for (const CpuFeatureInfo& info : cpu_features()) {
    const CpuMask less = remove_features(here, info.feature);
    const auto chosen = choose_kernels(less);
    REQUIRE(std::holds_alternative<Kernels>(chosen));
    for (const InventoryEntry& entry : inventory(less, std::get<Kernels>(chosen))) {
      if (entry.chosen) CHECK(less.has(entry.needs));
    }
  }
}

TEST_CASE("overrides are met or refused with a reason") {
  const CpuMask here = testing::cpu_under_test();
  const auto forced = choose_kernels(here, {{"base64url", "scalar"}});
  REQUIRE(std::holds_alternative<Kernels>(forced));
  CHECK(std::get<Kernels>(forced).chosen("base64url") == "scalar");
  CHECK(std::get<Kernels>(forced).choices[0].why == "forced");
  CHECK(std::holds_alternative<Kernels>(choose_kernels(here, {{"base64url", ""}})));
  const auto no_variant = choose_kernels(here, {{"base64url", "avx3"}});
  REQUIRE(std::holds_alternative<KernelError>(no_variant));
  CHECK(std::get<KernelError>(no_variant).kernel == "base64url");
  CHECK(std::get<KernelError>(no_variant).reason ==
        "no variant named avx3 (known: avx512vbmi, avx2, scalar)");
  const auto no_kernel = choose_kernels(here, {{"base65", "scalar"}});
  REQUIRE(std::holds_alternative<KernelError>(no_kernel));
  CHECK(std::get<KernelError>(no_kernel).reason == "no such kernel (known: base64url, scan)");
  const auto cannot_run = choose_kernels(CpuMask(), {{"base64url", "avx2"}});
  REQUIRE(std::holds_alternative<KernelError>(cannot_run));
#if defined(__x86_64__)
  CHECK(std::get<KernelError>(cannot_run).reason == "avx2: needs avx avx2");
#endif
}

TEST_CASE("the inventory lists every variant once, one of them chosen") {
  const CpuMask here = testing::cpu_under_test();
  const Kernels kernels = std::get<Kernels>(choose_kernels(here));
  const std::vector<InventoryEntry> entries = inventory(here, kernels);
  REQUIRE(entries.size() == base64url_variants().size() + scan_variants().size());
  CHECK(std::count_if(entries.begin(), entries.end(), [](const auto& e) { return e.chosen; }) == 2);
  for (const InventoryEntry& entry : entries) {
    CAPTURE(std::string(entry.variant));
    CHECK((entry.kernel == "base64url" || entry.kernel == "scan"));
    CHECK_FALSE(entry.about.empty());
    CHECK(entry.state != VariantState::kSelfTestFailed);
    CHECK((entry.state == VariantState::kNeedsFeatures) == !here.has(entry.needs));
    if (entry.chosen) CHECK(entry.state == VariantState::kUsable);
  }
}

// Wrong in one way each: the self-test must see all of them.
template <int kWay>
Base64urlResult subtly_wrong(const char* src, std::size_t len, std::uint8_t* dst) {
  if (kWay == 0 && len == 64) return {0, 0, Base64urlError::kLength};
  Base64urlResult result = base64url_decode_scalar(src, len, dst);
  if (kWay == 1 && result.written > 100) dst[100] ^= 1;
  if (kWay == 2 && result.error == Base64urlError::kAlphabet && result.position >= 64)
    --result.position;
  if (kWay == 3 && result.error == Base64urlError::kTrailingBits)
    return {len * 3 / 4, 0, Base64urlError::kNone};
  if (kWay == 4 && result.error == Base64urlError::kLength)
    result.error = Base64urlError::kAlphabet;
  if (kWay == 5 && result.error == Base64urlError::kAlphabet &&
      static_cast<unsigned char>(src[result.position]) > 0x7F) {
    return {len * 3 / 4, 0, Base64urlError::kNone};
  }
  return result;
}

TEST_CASE("the self-test passes the sound variants and sees a wrong answer") {
  CHECK(base64url_self_test(base64url_decode_scalar));
  for (const auto& variant : base64url_variants()) {
    CAPTURE(std::string(variant.name));
    if (variant.fn != nullptr && testing::cpu_under_test().has(variant.needs))
      CHECK(base64url_self_test(variant.fn));
  }
  CHECK_FALSE(base64url_self_test(subtly_wrong<0>));
  CHECK_FALSE(base64url_self_test(subtly_wrong<1>));
  CHECK_FALSE(base64url_self_test(subtly_wrong<2>));
  CHECK_FALSE(base64url_self_test(subtly_wrong<3>));
  CHECK_FALSE(base64url_self_test(subtly_wrong<4>));
  CHECK_FALSE(base64url_self_test(subtly_wrong<5>));
}

template <int kWay>
std::size_t subtly_wrong_scan(const std::uint8_t* data, std::size_t from, std::size_t len,
                              ScanFor what) {
  const std::size_t right = scan_scalar(data, from, len, what);
  if (kWay == 0 && what == ScanFor::kCountLines) return right - 1;
  if (kWay == 1 && what == ScanFor::kTokenStart && right == 128) return len;
  if (kWay == 2 && what == ScanFor::kPartEnd && right < len && data[right] > 0x7F) return len;
  if (kWay == 3 && what == ScanFor::kThinLine && right < len) return right + 1;
  return right;
}

TEST_CASE("the self-test of scan passes the sound variants and sees a wrong answer") {
  for (const auto& variant : scan_variants()) {
    CAPTURE(std::string(variant.name));
    if (variant.fn != nullptr && testing::cpu_under_test().has(variant.needs))
      CHECK(scan_self_test(variant.fn));
  }
  CHECK_FALSE(scan_self_test(subtly_wrong_scan<0>));
  CHECK_FALSE(scan_self_test(subtly_wrong_scan<1>));
  CHECK_FALSE(scan_self_test(subtly_wrong_scan<2>));
  CHECK_FALSE(scan_self_test(subtly_wrong_scan<3>));
}

}  // namespace
}  // namespace jotmill::kernels
