// The search kernels: every variant that this CPU has against the scalar twin, from every start.
#include "kernels/scan/scan.h"

#include <algorithm>

#include "cpu/features.h"
#include "fuzz/require.h"
#include "kernels/kernels.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill::kernels;
  static const jotmill::CpuMask cpu = jotmill::detect_cpu();
  for (const auto& variant : scan_variants()) {
    if (variant.fn == nullptr || !cpu.has(variant.needs)) continue;
    for (const ScanFor what : {ScanFor::kTokenStart, ScanFor::kPartEnd, ScanFor::kThinLine}) {
      for (std::size_t from = 0; from <= size;) {
        const std::size_t found = variant.fn(data, from, size, what);
        FUZZ_REQUIRE(found == scan_scalar(data, from, size, what));
        FUZZ_REQUIRE(found <= size);
        from = std::max(found, from) + 1;
      }
    }
    FUZZ_REQUIRE(variant.fn(data, 0, size, ScanFor::kCountLines) ==
                 scan_scalar(data, 0, size, ScanFor::kCountLines));
  }
  return 0;
}
