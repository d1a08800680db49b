// Eight numbers of 260 bits in radix 2^52, one limb a vector: what the fields and scalars of both
// curves share. A number is "clean" when its limbs 0 to 3 are below 2^52, and "dirty" when it only
// was carried: limbs keep bits above 52 that were added to the next one already. A dirty number may
// be multiplied (the multiplier reads 52 bits) and nothing else; cleaning costs four ANDs. What was
// not carried at all, as P-256's coordinates, may be added and subtracted, and not multiplied.

#ifndef JOTMILL_KERNELS_ECC_LANE8_AVX512IFMA_INL_H_
#define JOTMILL_KERNELS_ECC_LANE8_AVX512IFMA_INL_H_

#include <immintrin.h>

#include "kernels/ecc/inverse-inl.h"
#include "kernels/ecc/u256-inl.h"
#include "kernels/lane52/lane52_avx512ifma.h"

namespace jotmill::kernels {
namespace {

using V8 = __m512i;
using L52 = Lane52Avx512Ifma;

struct Fe8 {
  V8 l[5];
};

inline V8 set8(u64 value) { return L52::set(value); }
inline V8 add8(V8 a, V8 b) { return _mm512_add_epi64(a, b); }
inline V8 sub8(V8 a, V8 b) { return _mm512_sub_epi64(a, b); }
inline V8 low52(V8 a) { return L52::low52(a); }
inline V8 carry_of(V8 a) { return _mm512_srai_epi64(a, 52); }  ///< signed
inline V8 mad_low(V8 sum, V8 a, V8 b) { return _mm512_madd52lo_epu64(sum, a, b); }
inline V8 mad_high(V8 sum, V8 a, V8 b) { return _mm512_madd52hi_epu64(sum, a, b); }

/// The limbs of one number.
struct Limbs {
  u64 l[5];
};
constexpr Limbs limbs_of(const U256& a) {
  return {{a.w[0] & kLimbMask, (a.w[0] >> 52 | a.w[1] << 12) & kLimbMask,
           (a.w[1] >> 40 | a.w[2] << 24) & kLimbMask, (a.w[2] >> 28 | a.w[3] << 36) & kLimbMask,
           a.w[3] >> 16}};
}
constexpr Limbs times(const Limbs& a, u64 factor) {
  return {{a.l[0] * factor, a.l[1] * factor, a.l[2] * factor, a.l[3] * factor, a.l[4] * factor}};
}
inline Fe8 broadcast_limbs(const Limbs& a) {
  return {{set8(a.l[0]), set8(a.l[1]), set8(a.l[2]), set8(a.l[3]), set8(a.l[4])}};
}

/// Words of 64 bits to limbs, clean.
inline Fe8 limbs_of_words(V8 w0, V8 w1, V8 w2, V8 w3) {
  Fe8 out;
  out.l[0] = low52(w0);
  out.l[1] = low52(_mm512_or_si512(_mm512_srli_epi64(w0, 52), _mm512_slli_epi64(w1, 12)));
  out.l[2] = low52(_mm512_or_si512(_mm512_srli_epi64(w1, 40), _mm512_slli_epi64(w2, 24)));
  out.l[3] = low52(_mm512_or_si512(_mm512_srli_epi64(w2, 28), _mm512_slli_epi64(w3, 36)));
  out.l[4] = _mm512_srli_epi64(w3, 16);
  return out;
}

/// Back; clean and below 2^256.
inline void words_of_limbs(const Fe8& a, V8 (&w)[4]) {
  w[0] = _mm512_or_si512(a.l[0], _mm512_slli_epi64(a.l[1], 52));
  w[1] = _mm512_or_si512(_mm512_srli_epi64(a.l[1], 12), _mm512_slli_epi64(a.l[2], 40));
  w[2] = _mm512_or_si512(_mm512_srli_epi64(a.l[2], 24), _mm512_slli_epi64(a.l[3], 28));
  w[3] = _mm512_or_si512(_mm512_srli_epi64(a.l[3], 36), _mm512_slli_epi64(a.l[4], 16));
}

inline Fe8 load_columns(const u64* words, std::size_t stride) {
  return limbs_of_words(L52::load(words), L52::load(words + stride), L52::load(words + 2 * stride),
                        L52::load(words + 3 * stride));
}

/// Signed carries from limb to limb; dirty.
inline void carry_dirty(Fe8* a) {
  for (int i = 0; i < 4; ++i) a->l[i + 1] = add8(a->l[i + 1], carry_of(a->l[i]));
}
inline void clean(Fe8* a) {
  for (int i = 0; i < 4; ++i) a->l[i] = low52(a->l[i]);
}
inline void carry_clean(Fe8* a) {
  carry_dirty(a);
  clean(a);
}

/// a where the lane's bit is clear, else b.
inline Fe8 blend(__mmask8 take_b, const Fe8& a, const Fe8& b) {
  Fe8 out;
  for (int i = 0; i < 5; ++i) out.l[i] = _mm512_mask_mov_epi64(a.l[i], take_b, b.l[i]);
  return out;
}
inline Fe8 minus_limbs(const Fe8& a, const Fe8& b) {
  Fe8 out;
  for (int i = 0; i < 5; ++i) out.l[i] = sub8(a.l[i], b.l[i]);
  return out;
}
inline __mmask8 is_negative(V8 a) { return _mm512_test_epi64_mask(a, set8(u64{1} << 63)); }
inline __mmask8 is_one(const u64* flags) {
  return _mm512_test_epi64_mask(L52::load(flags), set8(1));
}

/// The lanes of a clean number that are 0 or `modulus`.
inline unsigned zero_or_modulus(const Fe8& a, const Limbs& modulus) {
  V8 any = a.l[0], differs = _mm512_xor_si512(a.l[0], set8(modulus.l[0]));
  for (int i = 1; i < 5; ++i) {
    any = _mm512_or_si512(any, a.l[i]);
    differs = _mm512_or_si512(differs, _mm512_xor_si512(a.l[i], set8(modulus.l[i])));
  }
  const __mmask8 other = _mm512_test_epi64_mask(any, any);
  const __mmask8 other_still = _mm512_test_epi64_mask(differs, differs);
  return static_cast<unsigned>(~(other & other_still)) & 0xFF;
}

/// Columns 0 to 9 of a product.
struct Columns {
  V8 t[10];
};
[[gnu::always_inline]] inline Columns no_columns() {
  Columns c;
  for (V8& t : c.t) t = _mm512_setzero_si512();
  return c;
}
struct Nothing {
  template <typename I>
  [[gnu::always_inline]] void operator()(Columns&, I) const {}
};
/// On top of what `c` holds. `complete(c, i)` is called when column i, of 0 to 4, has all its
/// products: what is done with it there waits beside the other products.
template <typename Complete = Nothing>
[[gnu::always_inline]] inline Columns multiply_columns(const Fe8& a, const Fe8& b, Columns c,
                                                       const Complete& complete = {}) {
  unrolled<0, 5>([&](auto i) __attribute__((always_inline)) {
    unrolled<0, 5>([&](auto j) __attribute__((always_inline)) {
      constexpr int k = decltype(i)::value + decltype(j)::value;
      c.t[k] = mad_low(c.t[k], a.l[decltype(i)::value], b.l[decltype(j)::value]);
      c.t[k + 1] = mad_high(c.t[k + 1], a.l[decltype(i)::value], b.l[decltype(j)::value]);
    });
    complete(c, i);
  });
  return c;
}
/// Cross products once, doubled, and the diagonal: 30 multiplications instead of 50. What `c` holds
/// in columns 1 to 8 is doubled with them.
template <typename Complete = Nothing>
[[gnu::always_inline]] inline Columns square_columns(const Fe8& a, Columns c,
                                                     const Complete& complete = {}) {
  unrolled<0, 5>([&](auto i) __attribute__((always_inline)) {
    unrolled<decltype(i)::value + 1, 5>([&](auto j) __attribute__((always_inline)) {
      constexpr int k = decltype(i)::value + decltype(j)::value;
      c.t[k] = mad_low(c.t[k], a.l[decltype(i)::value], a.l[decltype(j)::value]);
      c.t[k + 1] = mad_high(c.t[k + 1], a.l[decltype(i)::value], a.l[decltype(j)::value]);
    });
  });
  unrolled<1, 9>([&](auto k) __attribute__((always_inline)) {
    c.t[decltype(k)::value] = add8(c.t[decltype(k)::value], c.t[decltype(k)::value]);
  });
  unrolled<0, 5>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = 2 * decltype(i)::value;
    c.t[k] = mad_low(c.t[k], a.l[decltype(i)::value], a.l[decltype(i)::value]);
    c.t[k + 1] = mad_high(c.t[k + 1], a.l[decltype(i)::value], a.l[decltype(i)::value]);
    complete(c, i);
  });
  return c;
}

/// A coordinate from eight table lines, clean. Loads of 256 bits and a transposition cost a third
/// of a gather instruction.
[[gnu::always_inline]] inline Fe8 gather_coordinate(const u64* addresses,
                                                    std::size_t offset_words) {
  const auto row = [&](int lane) {
    const u64* line = reinterpret_cast<const u64*>(addresses[lane] & ~u64{63}) + offset_words;
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(line));
    const u64* other = reinterpret_cast<const u64*>(addresses[lane + 4] & ~u64{63}) + offset_words;
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(other));
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  };
  const V8 a = row(0), b = row(1), c = row(2), d = row(3);
  const V8 ab02 = _mm512_unpacklo_epi64(a, b), ab13 = _mm512_unpackhi_epi64(a, b);
  const V8 cd02 = _mm512_unpacklo_epi64(c, d), cd13 = _mm512_unpackhi_epi64(c, d);
  const V8 first = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
  const V8 second = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
  return limbs_of_words(
      _mm512_permutex2var_epi64(ab02, first, cd02), _mm512_permutex2var_epi64(ab13, first, cd13),
      _mm512_permutex2var_epi64(ab02, second, cd02), _mm512_permutex2var_epi64(ab13, second, cd13));
}

/// One lane as a number below `modulus`, of a value below a small multiple of it.
inline U256 canonical_lane(const Fe8& a, int lane, const U256& modulus) {
  u64 limb[5];
  for (int i = 0; i < 5; ++i) {
    u64 lanes[8];
    L52::store(lanes, a.l[i]);
    limb[i] = i < 4 ? lanes[lane] & kLimbMask : lanes[lane];
  }
  U256 value = {{limb[0] | limb[1] << 52, limb[1] >> 12 | limb[2] << 40,
                 limb[2] >> 24 | limb[3] << 28, limb[3] >> 36 | limb[4] << 16}};
  u64 above = limb[4] >> 48;  // 2^256 and up: a Montgomery product may be a little longer
  while (above != 0 || !less(value, modulus)) above += subtract(value, modulus, &value);
  return value;
}

/// What every ring of eight lanes has.
struct EightLanes {
  static constexpr int kLanes = 8;
  using Fe = Fe8;
  static Fe8 broadcast(const U256& a) { return broadcast_limbs(limbs_of(a)); }
  static void set_lane(Fe8* a, int lane, const U256& value) {
    const Limbs limbs = limbs_of(value);
    for (int i = 0; i < 5; ++i) {
      u64 lanes[8];
      L52::store(lanes, a->l[i]);
      lanes[lane] = limbs.l[i];
      a->l[i] = L52::load(lanes);
    }
  }
  static Fe8 rotate(const Fe8& a, int by) {
    u64 order[8];
    for (int i = 0; i < 8; ++i) order[i] = static_cast<u64>((i + by) % 8);
    Fe8 out;
    for (int i = 0; i < 5; ++i) out.l[i] = _mm512_permutexvar_epi64(L52::load(order), a.l[i]);
    return out;
  }
};

/// Word1's twin (recode-inl.h).
struct Word8 {
  static constexpr int kLanes = 8;
  using V = V8;
  static V load(const u64* p) { return L52::load(p); }
  static void store(u64* p, V a) { L52::store(p, a); }
  static V set1(u64 a) { return set8(a); }
  static V add(V a, V b) { return add8(a, b); }
  static V sub(V a, V b) { return sub8(a, b); }
  static V and_(V a, V b) { return _mm512_and_si512(a, b); }
  static V or_(V a, V b) { return _mm512_or_si512(a, b); }
  static V xor_(V a, V b) { return _mm512_xor_si512(a, b); }
  static V shift_right(V a, unsigned n) {
    return _mm512_srl_epi64(a, _mm_cvtsi32_si128(static_cast<int>(n)));
  }
  static V shift_left(V a, unsigned n) {
    return _mm512_sll_epi64(a, _mm_cvtsi32_si128(static_cast<int>(n)));
  }
};

/// Montgomery's product a b / 2^260 modulo m, clean, below m (1 + a b / (2^260 m)).
inline Fe8 montgomery8(const Fe8& a, const Fe8& b, const Limbs& m, u64 k0) {
  Columns c = multiply_columns(a, b, no_columns());
  const V8 zero = _mm512_setzero_si512(), inverse = set8(k0);
  unrolled<0, 5>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = decltype(i)::value;
    const V8 q = mad_low(zero, c.t[k], inverse);
    unrolled<0, 5>([&](auto j) __attribute__((always_inline)) {
      constexpr int n = k + decltype(j)::value;
      c.t[n] = mad_low(c.t[n], q, set8(m.l[decltype(j)::value]));
      c.t[n + 1] = mad_high(c.t[n + 1], q, set8(m.l[decltype(j)::value]));
    });
    c.t[k + 1] = add8(c.t[k + 1], carry_of(c.t[k]));
  });
  Fe8 out = {{c.t[5], c.t[6], c.t[7], c.t[8], c.t[9]}};
  carry_clean(&out);
  return out;
}

/// a - m where that is not negative; a clean.
inline Fe8 subtract_once(const Fe8& a, const Limbs& m) {
  Fe8 less_m = minus_limbs(a, broadcast_limbs(m));
  carry_clean(&less_m);
  return blend(is_negative(less_m.l[4]), less_m, a);
}

/// u below m, or where it is even m - u, with the flip 1; words of the odd one.
inline void odd_words8(const Fe8& u, const Limbs& m, V8 (&words)[4], u64* flips) {
  Fe8 negative = minus_limbs(broadcast_limbs(m), u);
  carry_clean(&negative);
  const V8 odd = _mm512_and_si512(u.l[0], set8(1));
  L52::store(flips, _mm512_xor_si512(odd, set8(1)));
  words_of_limbs(blend(_mm512_test_epi64_mask(odd, odd), negative, u), words);
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_LANE8_AVX512IFMA_INL_H_
