// What `jotmill cpu` shows.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cpu/features.h"
#include "jotmill/jotmill.hpp"
#include "pipeline/rates.h"
#include "pipeline/shop.h"

namespace jotmill {

Result<std::vector<std::string>> cpu_feature_names(const std::vector<std::string>& cpu_mask) {
  const Result<CpuMask> cpu = masked_cpu(cpu_mask);
  if (!cpu) return cpu.error();
  std::vector<std::string> names;
  for (const CpuFeatureInfo& row : cpu_features()) {
    if (cpu.value().has(row.feature)) names.emplace_back(row.name);
  }
  return names;
}

Result<std::vector<KernelInfo>> kernel_inventory(const std::vector<std::string>& cpu_mask,
                                                 double measure_seconds) {
  const Result<CpuMask> cpu = masked_cpu(cpu_mask);
  if (!cpu) return cpu.error();
  std::vector<KernelInfo> rows;
  const Result<ChosenKernels> chosen = choose_kernels({}, cpu_mask);
  const kernels::Kernels kernels = chosen ? chosen.value().kernels : kernels::Kernels{};
  std::vector<kernels::InventoryEntry> entries = kernels::inventory(cpu.value(), kernels);
  kernels::list_one(sha256_kernel(), cpu.value(), kernels.choices, &entries);
  kernels::list_one(sha512_kernel(), cpu.value(), kernels.choices, &entries);
  kernels::list_one(rsa_kernel(), cpu.value(), kernels.choices, &entries);
  kernels::list_one(p256_kernel(), cpu.value(), kernels.choices, &entries);
  kernels::list_one(ed25519_kernel(), cpu.value(), kernels.choices, &entries);
  kernels::list_one(headers_kernel(), cpu.value(), kernels.choices, &entries);
  for (const kernels::InventoryEntry& entry : entries) {
    KernelInfo row{.kernel = std::string(entry.kernel), .variant = std::string(entry.variant)};
    row.can_run = entry.state == kernels::VariantState::kUsable;
    row.chosen = entry.chosen;
    row.why = entry.about;
    row.self_test_ok = entry.state != kernels::VariantState::kSelfTestFailed;
    if (measure_seconds > 0 && row.can_run) {
      const Rate rate = measure_rate(row.kernel, row.variant, measure_seconds);
      row.rate = rate.per_second;
      row.rate_unit = rate.unit;
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
