// Eight signatures at a time in 52-bit limbs, plain: 2^260 is 608 modulo p and 2^255 is 19. A
// product is 60 IFMA, a square 40. Every bias is so large that no limb becomes negative.

#include "kernels/ecc/lane8_avx512ifma-inl.h"
#include "kernels/ed25519/ed25519_verify-inl.h"

namespace jotmill::kernels {
namespace {

constexpr Limbs kPrimeLimbs = limbs_of(kEd25519Prime);
constexpr Limbs kOrderLimbs = limbs_of(kEd25519Order);

/// Stored numbers are clean and below 2^255 + 2^214; a difference is below 6p, and so may factors
/// be.
struct Field8 : EightLanes {
  static constexpr std::size_t kPrefetch = 4;
  static constexpr Modulus62 kModulus62 = make_modulus62(kEd25519Prime);
  static constexpr U256 kInverseFix = kOne;

  static Fe8 one() { return broadcast(kOne); }

  /// The upper columns back into the lower ones; carries not yet taken. l[4] may stand for up to
  /// 2^60, all of it kept below 2^255 by sending what is above back times 19.
  [[gnu::always_inline]] static Fe8 fold(Columns& c) {
    const V8 factor = set8(608);
    unrolled<5, 9>([&](auto k) __attribute__((always_inline)) {
      constexpr int i = decltype(k)::value;
      c.t[i + 1] = add8(c.t[i + 1], _mm512_srli_epi64(c.t[i], 52));
    });
    V8 above = _mm512_setzero_si512();  // column 5 again: units of 2^260
    unrolled<0, 5>([&](auto k) __attribute__((always_inline)) {
      constexpr int i = decltype(k)::value;
      c.t[i] = mad_low(c.t[i], c.t[i + 5], factor);
      if constexpr (i < 4)
        c.t[i + 1] = mad_high(c.t[i + 1], c.t[i + 5], factor);
      else
        above = mad_high(above, c.t[i + 5], factor);
    });
    c.t[0] = mad_low(c.t[0], above, factor);
    return {{c.t[0], c.t[1], c.t[2], c.t[3], c.t[4]}};
  }
  /// Carries, with what is above 2^255 folded first; dirty.
  [[gnu::always_inline]] static Fe8 carry(Fe8 a) {
    const V8 top = _mm512_srli_epi64(a.l[4], 47);
    a.l[4] = _mm512_and_si512(a.l[4], set8((u64{1} << 47) - 1));
    a.l[0] = mad_low(a.l[0], top, set8(19));
    for (int i = 0; i < 4; ++i) a.l[i + 1] = add8(a.l[i + 1], _mm512_srli_epi64(a.l[i], 52));
    return a;
  }
  static Fe8 carry_for_sums(const Fe8& a) {
    Fe8 out = carry(a);
    clean(&out);
    return out;
  }
  /// a + 4p - b
  static Fe8 biased_difference(const Fe8& a, const Fe8& b) {
    constexpr Limbs kBias = times(kPrimeLimbs, 4);
    Fe8 out;
    for (int i = 0; i < 5; ++i) out.l[i] = add8(a.l[i], sub8(set8(kBias.l[i]), b.l[i]));
    return out;
  }

  static Fe8 mul(const Fe8& a, const Fe8& b) {
    Columns c = multiply_columns(a, b, no_columns());
    return carry(fold(c));
  }
  static Fe8 square(const Fe8& a) {
    Columns c = square_columns(a, no_columns());
    return carry(fold(c));
  }
  static Fe8 product_for_sums(const Fe8& a, const Fe8& b) {
    Columns c = multiply_columns(a, b, no_columns());
    return carry_for_sums(fold(c));
  }
  /// Dirty: a factor. Operands are stored numbers or those of negate_where().
  static Fe8 sub(const Fe8& a, const Fe8& b) {
    Fe8 out = biased_difference(a, b);
    carry_dirty(&out);
    return out;
  }
  static Fe8 difference_for_sums(const Fe8& a, const Fe8& b) {
    return carry_for_sums(biased_difference(a, b));
  }
  static Fe8 square_minus_two(const Fe8& a, const Fe8& b, const Fe8& c) {
    Columns columns = square_columns(a, no_columns());
    return carry_for_sums(biased_difference(biased_difference(fold(columns), b), c));
  }
  static Fe8 product_minus(const Fe8& a, const Fe8& b, const Fe8& c) {
    Columns columns = multiply_columns(a, b, no_columns());
    return carry_for_sums(biased_difference(fold(columns), c));
  }
  static unsigned zero_lanes(const Fe8& a) {
    return zero_or_modulus(product_for_sums(a, broadcast(kOne)), kPrimeLimbs);
  }
  static U256 lane(const Fe8& a, int which) { return canonical_lane(a, which, kEd25519Prime); }
  /// 2p - a where the flip is 1; limbs are positive and up to 2^53.
  static Fe8 negate_where(const Fe8& a, const u64* flips) {
    return blend(is_one(flips), a, minus_limbs(broadcast_limbs(times(kPrimeLimbs, 2)), a));
  }
  static Fe8 gather_x(const u64* addresses) { return gather_coordinate(addresses, 0); }
  static void gather(const u64* addresses, Fe8* x, Fe8* y) {
    *x = gather_coordinate(addresses, 0);
    *y = carry_for_sums(negate_where(gather_coordinate(addresses, 4), addresses));
  }
  static Fe8 load_number(const u64* words, std::size_t stride) {
    return load_columns(words, stride);
  }
};

struct Scalars8 : EightLanes {
  static constexpr U256 kR = {
      // 2^260 modulo l
      {0x45af48bd6721e6ed, 0x35e51b3bab5ac67e, 0xffffffffffffffeb, 0x0fffffffffffffff}};
  static constexpr U256 kR256 = {
      // 2^(256 + 260) modulo l
      {0x3829f4e532df7449, 0xc244ccda9f725df7, 0xeec73d217f5be65c, 0x099411b7c309a3dc}};

  static Fe8 load(const u64* words, std::size_t stride) { return load_columns(words, stride); }
  /// low + 2^256 high modulo l. Each product is below 17/16 l.
  static Fe8 reduce_wide(const Fe8& low, const Fe8& high) {
    const u64 k0 = 0x51da312547e1b;
    const Fe8 a = montgomery8(low, broadcast(kR), kOrderLimbs, k0);
    const Fe8 b = montgomery8(high, broadcast(kR256), kOrderLimbs, k0);
    Fe8 sum;
    for (int i = 0; i < 5; ++i) sum.l[i] = add8(a.l[i], b.l[i]);
    carry_clean(&sum);
    return subtract_once(subtract_once(sum, kOrderLimbs), kOrderLimbs);
  }
  static void odd_words(const Fe8& u, V8 (&words)[4], u64* flips) {
    odd_words8(u, kOrderLimbs, words, flips);
  }
};

void verify(const EccBatch& batch) { ed25519_verify<Field8, Scalars8, Word8, 2>(batch); }

}  // namespace

const EccKernel ed25519_avx512ifma = {ed25519_build<Ed25519Field<Ed25519Plain>>, verify};

}  // namespace jotmill::kernels
