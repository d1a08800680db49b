#ifndef JOTMILL_KERNELS_LANE52_LANE52_AVX512IFMA_H_
#define JOTMILL_KERNELS_LANE52_LANE52_AVX512IFMA_H_

#include <immintrin.h>

#include "kernels/lane52/lane52.h"

namespace jotmill::kernels {
namespace {

/// Eight lanes of AVX-512 IFMA. vpmadd52luq and vpmadd52huq read the low 52 bits of both factors
/// and add the low or the high 52 bits of the product to a 64-bit sum: 4 cycles until the sum is
/// there, so a column keeps its low and its high halves in two registers.
struct Lane52Avx512Ifma {
  static constexpr int kLanes = 8;
  static constexpr std::uint64_t kLowBias = 0, kHighBias = 0;

  using Word = __m512i;
  using Factor = __m512i;
  struct Column {
    __m512i low, high;
  };

  static Word load(const std::uint64_t* from) { return _mm512_loadu_si512(from); }
  static void store(std::uint64_t* to, Word w) { _mm512_storeu_si512(to, w); }
  static Word set(std::uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
  static Word add(Word a, Word b) { return _mm512_add_epi64(a, b); }
  static Word sub(Word a, Word b) { return _mm512_sub_epi64(a, b); }
  static Word low52(Word w) { return _mm512_and_si512(w, set(kLimbMask)); }
  // Under a mask of all lanes because g++ 12 takes the plain form's undefined operand for a mistake
  // of ours (-Wmaybe-uninitialized); the instruction is the plain one.
  static Word high(Word w) { return _mm512_maskz_srli_epi64(0xFF, w, kLimbBits); }
  static Factor factor(Word w) { return w; }  // the multiplier does not see the higher bits
  static Column column() { return {_mm512_setzero_si512(), _mm512_setzero_si512()}; }
  static void mac(Column& low, Column& high, Factor a, Factor b) {
    low.low = _mm512_madd52lo_epu64(low.low, a, b);
    high.high = _mm512_madd52hi_epu64(high.high, a, b);
  }
  static void settle(Column& c) {
    c.low = _mm512_add_epi64(c.low, c.high);
    c.high = _mm512_setzero_si512();
  }
  static Word sum(const Column& c) { return _mm512_add_epi64(c.low, c.high); }
  static Factor low_product(Factor a, Factor b) {
    return _mm512_madd52lo_epu64(_mm512_setzero_si512(), a, b);
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_LANE52_AVX512IFMA_H_
