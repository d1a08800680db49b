#ifndef JOTMILL_TESTS_SUPPORT_SIMDE_IMMINTRIN_H_
#define JOTMILL_TESTS_SUPPORT_SIMDE_IMMINTRIN_H_

// Stands in for the compiler's <immintrin.h>: the AVX-512 intrinsics that our kernels use, in plain
// C through SIMDe (libsimde-dev). A test compiles an ISA file with this folder first in its include
// path and so runs its logic on any CPU. Slow; says nothing about the compiler's code for the real
// instructions.

#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512/add.h>
#include <simde/x86/avx512/and.h>
#include <simde/x86/avx512/blend.h>
#include <simde/x86/avx512/cast.h>
#include <simde/x86/avx512/cmpeq.h>
#include <simde/x86/avx512/cmpge.h>
#include <simde/x86/avx512/cmple.h>
#include <simde/x86/avx512/loadu.h>
#include <simde/x86/avx512/madd.h>
#include <simde/x86/avx512/maddubs.h>
#include <simde/x86/avx512/mov.h>
#include <simde/x86/avx512/mov_mask.h>
#include <simde/x86/avx512/or.h>
#include <simde/x86/avx512/permutex2var.h>
#include <simde/x86/avx512/permutexvar.h>
#include <simde/x86/avx512/ror.h>
#include <simde/x86/avx512/set.h>
#include <simde/x86/avx512/set1.h>
#include <simde/x86/avx512/set4.h>
#include <simde/x86/avx512/setzero.h>
#include <simde/x86/avx512/shuffle.h>
#include <simde/x86/avx512/sll.h>
#include <simde/x86/avx512/slli.h>
#include <simde/x86/avx512/sllv.h>
#include <simde/x86/avx512/srl.h>
#include <simde/x86/avx512/srli.h>
#include <simde/x86/avx512/srlv.h>
#include <simde/x86/avx512/storeu.h>
#include <simde/x86/avx512/sub.h>
#include <simde/x86/avx512/ternarylogic.h>
#include <simde/x86/avx512/test.h>
#include <simde/x86/avx512/types.h>
#include <simde/x86/avx512/unpackhi.h>
#include <simde/x86/avx512/unpacklo.h>
#include <simde/x86/avx512/xor.h>

// SIMDe 0.7.4 has no alias for the mask types, and a wrong one for vpmaddwd (it asks for the masked
// form's arguments).
#if !defined(__mmask64)
typedef simde__mmask64 __mmask64;
#endif
#if !defined(__mmask16)
typedef simde__mmask16 __mmask16;
#endif
#if !defined(__mmask8)
typedef simde__mmask8 __mmask8;
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

// Missing too: vpmadd52luq and vpmadd52huq (Intel SDM volume 2C): the low 52 bits of both factors
// are multiplied, the low or the high 52 bits of the product are added to 64.
inline unsigned long long jotmill_emulated_madd52_count = 0;  ///< executed by this program
inline __m512i jotmill_emulated_madd52(__m512i sum, __m512i a, __m512i b, bool high) {
  ++jotmill_emulated_madd52_count;
  alignas(64) unsigned long long s[8], x[8], y[8];
  simde_mm512_storeu_si512(s, sum);
  simde_mm512_storeu_si512(x, a);
  simde_mm512_storeu_si512(y, b);
  for (int i = 0; i < 8; ++i) {
    constexpr unsigned long long kMask = (1ULL << 52) - 1;
    __extension__ const unsigned __int128 product =
        static_cast<unsigned __int128>(x[i] & kMask) * (y[i] & kMask);
    s[i] += static_cast<unsigned long long>(high ? product >> 52 : product & kMask);
  }
  return simde_mm512_loadu_si512(s);
}
#undef _mm512_madd52lo_epu64
#define _mm512_madd52lo_epu64(sum, a, b) jotmill_emulated_madd52(sum, a, b, false)
#undef _mm512_madd52hi_epu64
#define _mm512_madd52hi_epu64(sum, a, b) jotmill_emulated_madd52(sum, a, b, true)
/// Its own insert.h does not compile by itself.
inline __m512i jotmill_emulated_inserti64x4(__m512i a, __m256i b) {
  alignas(64) unsigned char bytes[64];
  simde_mm512_storeu_si512(bytes, a);
  __builtin_memcpy(bytes + 32, &b, 32);
  return simde_mm512_loadu_si512(bytes);
}
#undef _mm512_inserti64x4
#define _mm512_inserti64x4(a, b, half) \
  (static_assert_upper_half<(half)>(), jotmill_emulated_inserti64x4(a, b))
template <int kHalf>
inline void static_assert_upper_half() {
  static_assert(kHalf == 1, "the emulation knows the upper half alone");
}

/// Missing as well: the arithmetic shift.
inline __m512i jotmill_emulated_srai_epi64(__m512i a, unsigned count) {
  alignas(64) long long x[8];
  simde_mm512_storeu_si512(x, a);
  for (long long& lane : x) lane >>= count;
  return simde_mm512_loadu_si512(x);
}
#undef _mm512_srai_epi64
#define _mm512_srai_epi64(a, count) jotmill_emulated_srai_epi64(a, count)

#endif  // JOTMILL_TESTS_SUPPORT_SIMDE_IMMINTRIN_H_
