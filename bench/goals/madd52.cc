#include "goals/madd52.h"

#include "goals/section.h"

namespace jotmill::bench {

double madd52_per_s([[maybe_unused]] long loops) {
#if defined(__x86_64__)
  const double start = cpu_seconds();
  // In assembly: a compiler might find out that nobody reads the sums. Twelve chains, where eight
  // would do: two ports, four cycles.
  for (long i = 0; i < loops; ++i) {
    asm volatile(
        ".irp sum,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
        "vpmadd52luq %%zmm31, %%zmm30, %%zmm\\sum\n\t"
        ".endr\n\t"
        ".irp sum,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
        "vpmadd52huq %%zmm31, %%zmm30, %%zmm\\sum\n\t"
        ".endr"
        :
        :
        : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11");
  }
  const double seconds = cpu_seconds() - start;
  asm volatile("vzeroupper" :::);  // or what OpenSSL does next without AVX waits for old halves
  return 24 * static_cast<double>(loops) / seconds;
#else
  return 0;
#endif
}

}  // namespace jotmill::bench
