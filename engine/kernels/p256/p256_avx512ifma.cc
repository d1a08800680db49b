// Eight signatures at a time in 52-bit limbs, Montgomery form with R = 2^260. -1/p is 1 modulo
// 2^52, so each of the five low columns is its own quotient q, and q p is q 2^52 more in the next
// column and three constants: 80 IFMA a product, 60 a square. Table entries hold x 2^260 modulo p.

#include "kernels/ecc/lane8_avx512ifma-inl.h"
#include "kernels/p256/p256_verify-inl.h"

namespace jotmill::kernels {
namespace {

constexpr Limbs kPrimeLimbs = limbs_of(kP256Prime);
constexpr Limbs kOrderLimbs = limbs_of(kP256Order);

/// Coordinates are in (0, p (1 + 2^-26)) (0 itself can be x of a table entry), and their limbs 0 to
/// 3 neither carried nor clean: signed, and below 2^62. Columns are below 13 2^52 and no more than
/// two coordinates are subtracted from them, so from a level of the tree to the next [-a, b]
/// becomes [-2 b, 13 2^52 + 2 a]: after the six levels of 52 windows that is [-546, 337] 2^52, and
/// a difference takes at most 11 bits above 52. sub() makes factors of them. Factors may be up to
/// 4p, products are then below 2p.
static_assert(ecc_windows(kP256ScalarBits, kEccLeastWindow) <= 64, "six levels");
struct Field8 : EightLanes {
  static constexpr std::size_t kPrefetch = 4;
  static constexpr Modulus62 kModulus62 = make_modulus62(kP256Prime);
  static constexpr U256 kInverseFix = {
      // R^3
      {0xffffd0000000a000, 0xfffedfffffff7fff, 0x00005fffffffcfff, 0x0001800000001000}};
  static constexpr U256 kR = {
      {0x0000000000000010, 0xfffffff000000000, 0xffffffffffffffff, 0x0000000fffffffef}};
  static constexpr U256 kToMontgomery = {
      // R^2
      {0x0000000000000300, 0xfffffbffffffff00, 0xfffffffffffffeff, 0x000004fffffffdff}};

  static Fe8 one() { return broadcast(kR); }

  /// Adds q p, q being column i itself, and passes the column's carry on. The carry is added last:
  /// it is shifted while the multiplication that the next q waits for is under way. Columns 0 to 4
  /// are never negative: the shift brings in zeros.
  struct ReduceColumn {
    template <typename I>
    [[gnu::always_inline]] void operator()(Columns& c, I) const {
      constexpr int k = I::value;
      const V8 q = c.t[k];
      c.t[k + 1] = mad_low(c.t[k + 1], q, set8(u64{1} << 44));
      c.t[k + 2] = mad_high(c.t[k + 2], q, set8(u64{1} << 44));
      c.t[k + 3] = mad_low(c.t[k + 3], q, set8(kPrimeLimbs.l[3]));
      c.t[k + 4] = mad_high(c.t[k + 4], q, set8(kPrimeLimbs.l[3]));
      c.t[k + 4] = mad_low(c.t[k + 4], q, set8(kPrimeLimbs.l[4]));
      c.t[k + 5] = mad_high(c.t[k + 5], q, set8(kPrimeLimbs.l[4]));
      c.t[k + 1] = add8(c.t[k + 1], _mm512_srli_epi64(q, 52));
    }
  };
  /// Columns 5 to 9 of start + a b + q p, carries not yet taken.
  [[gnu::always_inline]] static Fe8 reduced_product(const Fe8& a, const Fe8& b,
                                                    const Columns& start) {
    const Columns c = multiply_columns(a, b, start, ReduceColumn());
    return {{c.t[5], c.t[6], c.t[7], c.t[8], c.t[9]}};
  }
  [[gnu::always_inline]] static Fe8 reduced_square(const Fe8& a, const Columns& start) {
    const Columns c = square_columns(a, start, ReduceColumn());
    return {{c.t[5], c.t[6], c.t[7], c.t[8], c.t[9]}};
  }
  /// Brings v = a in (-6p, 0), a multiple of p less, into (0, p (1 + 2^-26)) by adding q p; limbs
  /// as they come. A multiple of p becomes p. Limb 4 alone gives q: the limbs below, not carried,
  /// stand for less than 2^11 of its units, q times what p is less than 2^256 for less than 2^19,
  /// and it is 2^20 that keep the result positive.
  [[gnu::always_inline]] static Fe8 finish(Fe8 a) {
    const V8 least = set8((u64{1} << 48) - 1 + (u64{1} << 20));
    const V8 q = _mm512_srli_epi64(sub8(least, a.l[4]), 48);
    a.l[0] = sub8(a.l[0], q);  // p is 2^256 - 2^224 + 2^192 + 2^96 - 1; q is below 2^3
    a.l[1] = mad_low(a.l[1], q, set8(u64{1} << 44));
    a.l[3] = mad_low(a.l[3], q, set8(kPrimeLimbs.l[3]));
    a.l[4] = mad_low(a.l[4], q, set8(kPrimeLimbs.l[4]));
    return a;
  }
  /// Columns of a product that is to become 2p less. `doubled`: columns up to 8 are yet to be.
  [[gnu::always_inline]] static Columns minus_two_p(bool doubled) {
    constexpr u64 kMinusP[5] = {1, u64{0} - (u64{1} << 44), 0, u64{0} - kPrimeLimbs.l[3],
                                u64{0} - kPrimeLimbs.l[4]};
    Columns c = no_columns();
    for (int i = 0; i < 5; ++i) c.t[5 + i] = set8((doubled && i < 4 ? 1 : 2) * kMinusP[i]);
    return c;
  }

  [[gnu::always_inline]] static Fe8 mul(const Fe8& a, const Fe8& b) {
    Fe8 out = reduced_product(a, b, no_columns());
    carry_dirty(&out);
    return out;
  }
  [[gnu::always_inline]] static Fe8 square(const Fe8& a) {
    Fe8 out = reduced_square(a, no_columns());
    carry_dirty(&out);
    return out;
  }
  [[gnu::always_inline]] static Fe8 product_for_sums(const Fe8& a, const Fe8& b) {
    Fe8 out = mul(a, b);
    clean(&out);
    return out;
  }
  [[gnu::always_inline]] static Fe8 square_for_sums(const Fe8& a) {
    Fe8 out = square(a);
    clean(&out);
    return out;
  }
  /// A coordinate as a factor.
  static Fe8 factor(Fe8 a) {
    carry_dirty(&a);
    return a;
  }
  /// a - b + 2p, dirty: a factor.
  [[gnu::always_inline]] static Fe8 sub(const Fe8& a, const Fe8& b) {
    constexpr Limbs kBias = times(kPrimeLimbs, 2);
    Fe8 out;
    for (int i = 0; i < 5; ++i) out.l[i] = add8(sub8(a.l[i], b.l[i]), set8(kBias.l[i]));
    carry_dirty(&out);
    return out;
  }
  [[gnu::always_inline]] static Fe8 square_minus_two(const Fe8& a, const Fe8& b, const Fe8& c) {
    return finish(minus_limbs(minus_limbs(reduced_square(a, minus_two_p(true)), b), c));
  }
  [[gnu::always_inline]] static Fe8 product_minus(const Fe8& a, const Fe8& b, const Fe8& c) {
    return finish(minus_limbs(reduced_product(a, b, minus_two_p(false)), c));
  }
  /// a times 1 is at most p.
  static unsigned zero_lanes(const Fe8& a) {
    return zero_or_modulus(product_for_sums(a, broadcast(U256{{1, 0, 0, 0}})), kPrimeLimbs);
  }
  static U256 lane(const Fe8& a, int which) { return canonical_lane(a, which, kP256Prime); }
  /// 2p - a where the flip is 1: limbs may be negative, as sub() takes them.
  static Fe8 negate_where(const Fe8& a, const u64* flips) {
    return blend(is_one(flips), a, minus_limbs(broadcast_limbs(times(kPrimeLimbs, 2)), a));
  }
  [[gnu::always_inline]] static Fe8 gather_x(const u64* addresses) {
    return gather_coordinate(addresses, 0);
  }
  [[gnu::always_inline]] static void gather(const u64* addresses, Fe8* x, Fe8* y) {
    *x = gather_coordinate(addresses, 0);
    const Fe8 plain = gather_coordinate(addresses, 4);
    const __mmask8 negative = is_one(addresses);
    for (int i = 0; i < 5; ++i)
      y->l[i] = _mm512_mask_sub_epi64(plain.l[i], negative, set8(kPrimeLimbs.l[i]), plain.l[i]);
  }
  static Fe8 load_number(const u64* words, std::size_t stride) {
    return product_for_sums(load_columns(words, stride), broadcast(kToMontgomery));
  }
};

struct Scalars8 : EightLanes {
  static constexpr Modulus62 kModulus62 = make_modulus62(kP256Order);
  static constexpr U256 kInverseFix = {
      // R^3
      {0x6fc9617f757e3b0d, 0x38f08c73e9fd2677, 0x3b9246ba5e93f262, 0xa54e7b437be64d51}};
  static constexpr U256 kR = {
      {0xc46353d039cdaaf0, 0x319055258e8617b0, 0x0000000000000004, 0x0000000ffffffff0}};

  static Fe8 one() { return broadcast(kR); }
  /// Clean, below 9/8 n for factors below 2^256 and 2n.
  [[gnu::always_inline]] static Fe8 mul(const Fe8& a, const Fe8& b) {
    return montgomery8(a, b, kOrderLimbs, 0x1c8aaee00bc4f);
  }
  static U256 lane(const Fe8& a, int which) { return canonical_lane(a, which, kP256Order); }
  static Fe8 load(const u64* words, std::size_t stride) { return load_columns(words, stride); }
  static void odd_words(const Fe8& u, V8 (&words)[4], u64* flips) {
    odd_words8(subtract_once(u, kOrderLimbs), kOrderLimbs, words, flips);
  }
};

/// x 2^256 modulo p to x 2^260.
U256 times_16(const U256& x) {
  U256 out = x;
  for (int i = 0; i < 4; ++i) out = add_mod(out, out, kP256Prime);
  return out;
}

bool build(const std::uint8_t* key, std::uint32_t window, std::uint64_t* lines) {
  return p256_build<P256Field<P256Plain>>(key, window, lines, times_16);
}

void verify(const EccBatch& batch) { p256_verify<Field8, Scalars8, Word8, 2>(batch); }

}  // namespace

const EccKernel p256_avx512ifma = {build, verify};

}  // namespace jotmill::kernels
