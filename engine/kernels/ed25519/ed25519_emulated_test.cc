// ed25519_avx512ifma.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h.

#define ed25519_avx512ifma ed25519_avx512ifma_emulated
#include "kernels/ed25519/ed25519_avx512ifma.cc"
