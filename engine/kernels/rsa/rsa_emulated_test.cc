// rsa_avx512ifma.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h.

#define rsa_public_avx512ifma rsa_public_avx512ifma_emulated
#include "kernels/rsa/rsa_avx512ifma.cc"

namespace jotmill::kernels {

/// Instructions vpmadd52luq and vpmadd52huq that the emulated variant has executed.
unsigned long long emulated_madd52_count() { return jotmill_emulated_madd52_count; }

}  // namespace jotmill::kernels
