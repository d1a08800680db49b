#ifndef JOTMILL_TESTS_SUPPORT_SIMDE_IMMINTRIN_H_
#define JOTMILL_TESTS_SUPPORT_SIMDE_IMMINTRIN_H_

// Stands in for the compiler's <immintrin.h>: the AVX-512 intrinsics that our kernels use, in plain
// C through SIMDe (libsimde-dev). A test compiles an ISA file with this folder first in its include
// path and so runs its logic on any CPU. Slow; says nothing about the compiler's code for the real
// instructions.

#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512/loadu.h>
#include <simde/x86/avx512/madd.h>
#include <simde/x86/avx512/maddubs.h>
#include <simde/x86/avx512/mov_mask.h>
#include <simde/x86/avx512/or.h>
#include <simde/x86/avx512/permutex2var.h>
#include <simde/x86/avx512/permutexvar.h>
#include <simde/x86/avx512/set1.h>
#include <simde/x86/avx512/storeu.h>
#include <simde/x86/avx512/types.h>

// SIMDe 0.7.4 has no alias for the mask type, and a wrong one for vpmaddwd (it asks for the masked
// form's arguments).
#if !defined(__mmask64)
typedef simde__mmask64 __mmask64;
#endif
#undef _mm512_madd_epi16
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)

// Missing in SIMDe 0.7.4. Touches the active bytes alone, as the instruction does, so that a
// sanitizer or a guard page sees a read outside the segment.
inline __m512i jotmill_emulated_maskz_loadu_epi8(__mmask64 active, const void* src) {
  alignas(64) unsigned char bytes[64] = {};
  for (unsigned i = 0; i < 64; ++i) {
    if ((active >> i) & 1) bytes[i] = static_cast<const unsigned char*>(src)[i];
  }
  return simde_mm512_loadu_si512(bytes);
}
#undef _mm512_maskz_loadu_epi8
#define _mm512_maskz_loadu_epi8(active, src) jotmill_emulated_maskz_loadu_epi8(active, src)

#endif  // JOTMILL_TESTS_SUPPORT_SIMDE_IMMINTRIN_H_
