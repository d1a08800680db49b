// sha256_avx512.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h. What it would leave to SHA-NI goes to the scalar twin.

#define sha256_blocks_avx512 sha256_blocks_avx512_emulated
#define sha256_blocks_shani sha256_blocks_scalar
#include "kernels/sha256/sha256_avx512.cc"
