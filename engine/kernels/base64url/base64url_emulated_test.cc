// base64url_avx512vbmi.cc with emulated intrinsics, under a name of its own: see
// tests/support/simde/immintrin.h.

#define base64url_decode_avx512vbmi base64url_decode_avx512vbmi_emulated
#include "kernels/base64url/base64url_avx512vbmi.cc"
