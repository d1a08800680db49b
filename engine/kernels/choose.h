#ifndef JOTMILL_KERNELS_CHOOSE_H_
#define JOTMILL_KERNELS_CHOOSE_H_

// A kernel with its variants and questions, and what is done with every kernel alike. For the
// rooms whose kernels stand on a library, as for kernels.cc. Not for ISA files.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/kernels.h"
#include "kernels/variant.h"

namespace jotmill::kernels {

/// A kernel: its variants and the questions they must answer.
template <typename Fn>
struct Kernel {
  std::string_view name;
  std::span<const Variant<Fn>> variants;
  SelfTest<Fn>* self_test;
};

/// The variant that `overrides` names for this kernel, or else the best usable one.
template <typename Fn>
Pick<Fn> pick_one(const Kernel<Fn>& kernel, CpuMask cpu, const Overrides& overrides) {
  const auto forced = overrides.find(std::string(kernel.name));
  return pick<Fn>(kernel.variants, cpu, forced == overrides.end() ? "" : forced->second,
                  kernel.self_test);
}

/// Appends a row for each variant; `choices` says which was chosen and why.
template <typename Fn>
void list_one(const Kernel<Fn>& kernel, CpuMask cpu, const std::vector<Choice>& choices,
              std::vector<InventoryEntry>* entries) {
  for (const Variant<Fn>& variant : kernel.variants) {
    const VariantState state = state_of(variant, cpu, kernel.self_test);
    InventoryEntry entry{kernel.name,
                         variant.name,
                         variant.needs,
                         variant.lanes,
                         state,
                         false,
                         explain_state(state, variant.needs, cpu)};
    for (const Choice& choice : choices) {
      if (choice.kernel != kernel.name || choice.variant != variant.name) continue;
      entry.chosen = true;
      entry.about = choice.why;
    }
    entries->push_back(std::move(entry));
  }
}

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_CHOOSE_H_
