#ifndef JOTMILL_KERNELS_LANE52_LANE52_AVX512IFMA_H_
#define JOTMILL_KERNELS_LANE52_LANE52_AVX512IFMA_H_

#include <immintrin.h>

#include "kernels/lane52/lane52.h"

namespace jotmill::kernels {
namespace {

/// Eight lanes of AVX-512 IFMA. vpmadd52luq and vpmadd52huq read the low 52 bits of both factors
/// and add the low or the high 52 bits of the product to a 64-bit sum. (swap_bytes alone needs
/// AVX-512 BW too.)
struct Lane52Avx512Ifma {
  static constexpr int kLanes = 8;
  static constexpr std::uint64_t kLowBias = 0, kHighBias = 0;

  using Word = __m512i;
  using Factor = __m512i;

  static Word load(const std::uint64_t* from) { return _mm512_loadu_si512(from); }
  static void store(std::uint64_t* to, Word w) { _mm512_storeu_si512(to, w); }
  static void load_rows(const std::uint8_t* const (&from)[kLanes], int offset,
                        Word (&words)[kLanes]) {
    for (int i = 0; i < kLanes; ++i) words[i] = _mm512_loadu_si512(from[i] + offset);
    transpose(words);
  }
  static void store_rows(const Word (&words)[kLanes], std::uint8_t* const (&to)[kLanes],
                         int offset) {
    Word rows[kLanes];
    for (int k = 0; k < kLanes; ++k) rows[k] = words[k];
    transpose(rows);
    for (int i = 0; i < kLanes; ++i) _mm512_storeu_si512(to[i] + offset, rows[i]);
  }
  static Word set(std::uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
  static Word add(Word a, Word b) { return _mm512_add_epi64(a, b); }
  static Word sub(Word a, Word b) { return _mm512_sub_epi64(a, b); }
  static Word low52(Word w) { return _mm512_and_si512(w, set(kLimbMask)); }
  static Word right(Word w, int bits) { return _mm512_srlv_epi64(w, _mm512_set1_epi64(bits)); }
  static Word left(Word w, int bits) { return _mm512_sllv_epi64(w, _mm512_set1_epi64(bits)); }
  static Word high(Word w) { return _mm512_srli_epi64(w, kLimbBits); }
  static Word swap_bytes(Word w) {
    return _mm512_shuffle_epi8(w,
                               _mm512_set4_epi32(0x08090A0B, 0x0C0D0E0F, 0x00010203, 0x04050607));
  }
  static Factor factor(Word w) { return w; }  // the multiplier does not see the higher bits
  static Factor split(Word w, Word& high_bits) {
    high_bits = high(w);
    return w;
  }
  static Word word(Factor f) { return low52(f); }
  static void mac(Word& low, Word& high, Factor a, Factor b) {
    low = _mm512_madd52lo_epu64(low, a, b);
    high = _mm512_madd52hi_epu64(high, a, b);
  }
  static Factor low_product(Factor a, Factor b) {
    return _mm512_madd52lo_epu64(_mm512_setzero_si512(), a, b);
  }

 private:
  /// Pairs of rows, then pairs of pairs, then the halves.
  static void transpose(Word (&w)[kLanes]) {
    Word pairs[kLanes], fours[kLanes];
    for (int i = 0; i < kLanes; i += 2) {
      pairs[i] = _mm512_unpacklo_epi64(w[i], w[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_epi64(w[i], w[i + 1]);
    }
    const Word low = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    const Word high = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    for (int i = 0; i < kLanes; i += 4) {
      for (int k = 0; k < 2; ++k) {  // words 0 and 4, 1 and 5, then 2 and 6, 3 and 7 of four rows
        fours[i + k] = _mm512_permutex2var_epi64(pairs[i + k], low, pairs[i + 2 + k]);
        fours[i + 2 + k] = _mm512_permutex2var_epi64(pairs[i + k], high, pairs[i + 2 + k]);
      }
    }
    const Word lower = _mm512_set_epi64(11, 10, 9, 8, 3, 2, 1, 0);
    const Word upper = _mm512_set_epi64(15, 14, 13, 12, 7, 6, 5, 4);
    for (int k = 0; k < 4; ++k) {
      w[k] = _mm512_permutex2var_epi64(fours[k], lower, fours[4 + k]);
      w[4 + k] = _mm512_permutex2var_epi64(fours[k], upper, fours[4 + k]);
    }
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_LANE52_AVX512IFMA_H_
