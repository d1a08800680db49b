// What `jotmill cpu` shows.

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "cpu/features.h"
#include "jotmill/jotmill.hpp"
#include "pipeline/shop.h"

namespace jotmill {
namespace {

/// Characters decoded per second, in segments as long as an RS256 signature.
double measure_base64url(kernels::Base64urlDecodeFn* decode, double for_seconds) {
  using Clock = std::chrono::steady_clock;
  const std::string segment(342, 'A');
  std::vector<std::uint8_t> out(segment.size() + kernels::kBase64urlSlackBytes);
  double characters = 0, elapsed_s = 0;
  const Clock::time_point start = Clock::now();
  while (elapsed_s < for_seconds) {
    for (int i = 0; i < 10'000; ++i)
      characters += static_cast<double>(
          decode(segment.data(), segment.size(), out.data()).written > 0 ? segment.size() : 0);
    elapsed_s = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return characters / elapsed_s;
}

}  // namespace

std::vector<std::string> cpu_feature_names(const std::vector<std::string>& cpu_mask) {
  const Result<CpuMask> cpu = masked_cpu(cpu_mask);
  std::vector<std::string> names;
  if (!cpu) return names;
  for (const CpuFeatureInfo& row : cpu_features()) {
    if (cpu.value().has(row.feature)) names.emplace_back(row.name);
  }
  return names;
}

std::vector<KernelInfo> kernel_inventory(const std::vector<std::string>& cpu_mask,
                                         double measure_seconds) {
  std::vector<KernelInfo> rows;
  const Result<CpuMask> cpu = masked_cpu(cpu_mask);
  if (!cpu) return rows;
  const Result<ChosenKernels> chosen = choose_kernels({}, cpu_mask);
  const kernels::Kernels kernels = chosen ? chosen.value().kernels : kernels::Kernels{};
  std::vector<kernels::InventoryEntry> entries = kernels::inventory(cpu.value(), kernels);
  kernels::list_one(sha256_kernel(), cpu.value(), kernels.choices, &entries);
  kernels::list_one(sha512_kernel(), cpu.value(), kernels.choices, &entries);
  for (const kernels::InventoryEntry& entry : entries) {
    KernelInfo row{.kernel = std::string(entry.kernel), .variant = std::string(entry.variant)};
    row.can_run = entry.state == kernels::VariantState::kUsable;
    row.chosen = entry.chosen;
    row.why = entry.about;
    row.self_test_ok = entry.state != kernels::VariantState::kSelfTestFailed;
    if (measure_seconds > 0 && row.can_run && row.kernel == "base64url") {
      for (const auto& variant : kernels::base64url_variants()) {
        if (variant.name == entry.variant)
          row.rate = measure_base64url(variant.fn, measure_seconds);
      }
      row.rate_unit = "characters/s";
    }
    rows.push_back(std::move(row));
  }
  for (const kernels::Choice& choice : kernels.choices) {
    const bool listed = std::ranges::any_of(
        rows, [&](const KernelInfo& row) { return row.kernel == choice.kernel; });
    if (listed) continue;
    rows.push_back({.kernel = std::string(choice.kernel),
                    .variant = std::string(choice.variant),
                    .can_run = true,
                    .chosen = true,
                    .why = choice.why,
                    .self_test_ok = true});
  }
  return rows;
}

}  // namespace jotmill
