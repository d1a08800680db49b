// scan_avx512bw.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h.

#define scan_avx512bw scan_avx512bw_emulated
#include "kernels/scan/scan_avx512bw.cc"
