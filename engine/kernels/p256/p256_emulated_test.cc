// p256_avx512ifma.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h.

#define p256_avx512ifma p256_avx512ifma_emulated
#include "kernels/p256/p256_avx512ifma.cc"
