#ifndef JOTMILL_KERNELS_LANE52_LANE52_AVX2FMA_H_
#define JOTMILL_KERNELS_LANE52_LANE52_AVX2FMA_H_

#include <immintrin.h>

#include "kernels/lane52/lane52.h"

namespace jotmill::kernels {
namespace {

/// Four lanes of AVX2. The only integer multiplier there takes 32 bits; the multiplier of doubles
/// takes 53, and with a fused multiply-add both halves of a product come out exactly (Emmart,
/// Zheng, Weems, "Faster Modular Exponentiation Using Double Precision Floating Point Arithmetic on
/// the GPU", ARITH 2018):
///
///   h = a b + 2^104, rounded towards zero: between 2^104 and 2^105 a double counts in steps of
///       2^52, so its significand is the high half of a b;
///   l = a b + ((2^104 + 2^52) - h): 2^52 and the low half, exact.
///
/// Sums of halves are sums of their bit patterns as integers, the exponent bits being a known
/// constant each time: kLowBias and kHighBias. The rounding mode must be "towards zero" around all
/// of it: see round_towards_zero.
struct Lane52Avx2Fma {
  static constexpr int kLanes = 4;
  static constexpr std::uint64_t kLowBias = 0x4330000000000000;   ///< the bits of 2^52
  static constexpr std::uint64_t kHighBias = 0x4670000000000000;  ///< the bits of 2^104

  using Word = __m256i;
  using Factor = __m256d;

  static Word load(const std::uint64_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static void store(std::uint64_t* to, Word w) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), w);
  }
  static void load_rows(const std::uint8_t* const (&from)[kLanes], int offset,
                        Word (&words)[kLanes]) {
    for (int i = 0; i < kLanes; ++i)
      words[i] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from[i] + offset));
    transpose(words);
  }
  static void store_rows(const Word (&words)[kLanes], std::uint8_t* const (&to)[kLanes],
                         int offset) {
    Word rows[kLanes] = {words[0], words[1], words[2], words[3]};
    transpose(rows);
    for (int i = 0; i < kLanes; ++i)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to[i] + offset), rows[i]);
  }
  static Word set(std::uint64_t value) { return _mm256_set1_epi64x(static_cast<long long>(value)); }
  static Word add(Word a, Word b) { return _mm256_add_epi64(a, b); }
  static Word sub(Word a, Word b) { return _mm256_sub_epi64(a, b); }
  static Word low52(Word w) { return _mm256_and_si256(w, set(kLimbMask)); }
  static Word right(Word w, int bits) { return _mm256_srl_epi64(w, _mm_cvtsi32_si128(bits)); }
  static Word left(Word w, int bits) { return _mm256_sll_epi64(w, _mm_cvtsi32_si128(bits)); }
  static Word high(Word w) { return _mm256_srli_epi64(w, kLimbBits); }
  static Word swap_bytes(Word w) {
    return _mm256_shuffle_epi8(w, _mm256_set_epi64x(0x08090A0B0C0D0E0F, 0x0001020304050607,
                                                    0x08090A0B0C0D0E0F, 0x0001020304050607));
  }
  static Factor factor(Word w) { return from_low(low52(w)); }
  /// Without the mask of low52: next to a sweep there is no register left for it.
  static Factor split(Word w, Word& high_bits) {
    high_bits = keep(high(w));
    return from_low(sub(w, left(high_bits, kLimbBits)));
  }
  static Word word(Factor f) {
    return low52(_mm256_castpd_si256(_mm256_add_pd(f, _mm256_set1_pd(0x1p52))));
  }
  static void mac(Word& low, Word& high, Factor a, Factor b) {
    const __m256d h = _mm256_fmadd_pd(a, b, _mm256_set1_pd(0x1p104));
    const __m256d l = low_half(a, b, h);
    high = keep(_mm256_add_epi64(high, _mm256_castpd_si256(h)));
    low = keep(_mm256_add_epi64(low, _mm256_castpd_si256(l)));
  }
  static Factor low_product(Factor a, Factor b) {
    const __m256d h = _mm256_fmadd_pd(a, b, _mm256_set1_pd(0x1p104));
    return _mm256_sub_pd(low_half(a, b, h), _mm256_set1_pd(0x1p52));
  }

 private:
  static Factor from_low(Word w) {
    const __m256i biased = _mm256_or_si256(w, set(kLowBias));
    return _mm256_sub_pd(_mm256_castsi256_pd(biased), _mm256_set1_pd(0x1p52));
  }
  static void transpose(Word (&w)[kLanes]) {
    const Word even01 = _mm256_unpacklo_epi64(w[0], w[1]),
               odd01 = _mm256_unpackhi_epi64(w[0], w[1]);
    const Word even23 = _mm256_unpacklo_epi64(w[2], w[3]),
               odd23 = _mm256_unpackhi_epi64(w[2], w[3]);
    w[0] = _mm256_permute2x128_si256(even01, even23, 0x20);
    w[1] = _mm256_permute2x128_si256(odd01, odd23, 0x20);
    w[2] = _mm256_permute2x128_si256(even01, even23, 0x31);
    w[3] = _mm256_permute2x128_si256(odd01, odd23, 0x31);
  }
  /// The same value. g++ would otherwise add up the halves of several products first, to shorten
  /// the chain of additions, and run out of registers.
  static __m256i keep(__m256i sum) {
    asm("" : "+x"(sum));
    return sum;
  }
  /// 2^52 + (a b mod 2^52).
  static __m256d low_half(__m256d a, __m256d b, __m256d h) {
    return _mm256_fmadd_pd(a, b, _mm256_sub_pd(_mm256_set1_pd(0x1p104 + 0x1p52), h));
  }
};

/// Sets the rounding mode that Lane52Avx2Fma needs and returns the caller's MXCSR, which goes back
/// with _mm_setcsr. Arithmetic stands in between in a function of its own that is not inlined,
/// since the compiler may move floating-point operations across the change of mode. (No guard
/// object: its destructor would bring in a weak symbol, and nothing here throws.)
[[maybe_unused]] inline unsigned round_towards_zero() {
  constexpr unsigned kAllMasked = 0x1F80;  // no exception traps, no flush to zero
  const unsigned before = _mm_getcsr();
  _mm_setcsr(kAllMasked | _MM_ROUND_TOWARD_ZERO);
  return before;
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_LANE52_AVX2FMA_H_
