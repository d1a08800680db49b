#ifndef JOTMILL_KERNELS_KERNELS_H_
#define JOTMILL_KERNELS_KERNELS_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpu/features.h"
#include "kernels/base64url/base64url.h"
#include "kernels/scan/scan.h"
#include "kernels/variant.h"

namespace jotmill::kernels {

/// The chosen variant of one kernel. Names live as long as the program.
struct Choice {
  std::string_view kernel;   ///< "base64url"
  std::string_view variant;  ///< "avx2"
  std::string why;  ///< "forced", "best of all", "best usable: avx512vbmi needs avx512f ..."
};

/// The kernels of a run: chosen once before it, read-only and shared during it. A new kernel adds a
/// pointer here and a row in kernels.cc.
struct Kernels {
  Base64urlDecodeFn* base64url_decode = nullptr;
  ScanFn* scan = nullptr;
  std::vector<Choice> choices;  ///< one per kernel, in the order of inventory()

  /// The chosen variant of `kernel`, or "" when there is no such kernel.
  std::string_view chosen(std::string_view kernel) const;
};

/// Why kernels could not be chosen: an override that cannot be met, or (a broken build or machine)
/// no sound variant at all.
struct KernelError {
  std::string kernel;  ///< the kernel's name, as given
  std::string reason;  ///< "no variant named avx3 (known: ...)", "avx2: needs avx2", "no such
                       ///< kernel (known: base64url, scan)"
};

/// Kernel name -> variant name, from --kernels. An empty variant name means no override.
using Overrides = std::map<std::string, std::string>;

/// Chooses every kernel for `cpu`, best variant first or as forced. Each variant answers known
/// questions before it is chosen (microseconds); one that answers wrong is passed over, or is an
/// error when it was forced.
std::variant<Kernels, KernelError> choose_kernels(CpuMask cpu, const Overrides& overrides = {});

/// One variant of one kernel as `jotmill cpu` lists it.
struct InventoryEntry {
  std::string_view kernel;
  std::string_view variant;
  CpuMask needs;
  std::uint32_t lanes;
  VariantState state;
  bool chosen;        ///< in the Kernels that inventory() was given
  std::string about;  ///< state in words; for the chosen variant why it was chosen
};

/// Every variant of every kernel, best first, for this CPU mask. Runs the self-tests again.
std::vector<InventoryEntry> inventory(CpuMask cpu, const Kernels& kernels);

/// The variants of base64url, best first. For tests and benchmarks that go through all of them.
std::span<const Variant<Base64urlDecodeFn>> base64url_variants();

/// True when `decode` gives the known answers, right ones and errors with their positions, around
/// every step length.
bool base64url_self_test(Base64urlDecodeFn* decode);

/// The variants of scan, best first.
std::span<const Variant<ScanFn>> scan_variants();

/// True when `scan` gives the known answers to every question, at every place of a step.
bool scan_self_test(ScanFn* scan);

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_KERNELS_H_
