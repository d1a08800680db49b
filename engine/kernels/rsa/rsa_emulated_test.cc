// rsa_avx512ifma.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h.

#define rsa_public_avx512ifma rsa_public_avx512ifma_emulated
#include "kernels/rsa/rsa_avx512ifma.cc"
