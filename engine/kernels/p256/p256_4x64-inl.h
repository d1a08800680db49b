// The field and the order of P-256, one number at a time in four words, Montgomery form with R =
// 2^256. Values are always in [0, modulus).

#ifndef JOTMILL_KERNELS_P256_P256_4X64_INL_H_
#define JOTMILL_KERNELS_P256_P256_4X64_INL_H_

#include "kernels/ecc/mont4x64-inl.h"

namespace jotmill::kernels {
namespace {

constexpr U256 kP256Prime = {
    {0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000, 0xffffffff00000001}};
constexpr U256 kP256Order = {
    {0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000}};
/// p - n: a smaller r has two points with that x modulo n.
constexpr U256 kP256PrimeMinusOrder = {{0x0c46353d039cdaae, 0x4319055358e8617b, 0, 0}};

struct P256Plain {
  /// -1/p is 1 modulo 2^64, so each word of the product is its own quotient q, and q p needs one
  /// multiplication: q (2^96 - 1) are shifts.
  static U256 mul(const U256& a, const U256& b) {
    u64 t[8];
    multiply(a, b, t);
    u64 carry = 0;  // out of word i + 4 so far
    for (int i = 0; i < 4; ++i) {
      const u64 q = t[i];
      const u128 high = static_cast<u128>(q) * kP256Prime.w[3];
      u128 x = static_cast<u128>(t[i + 1]) + (q << 32);
      t[i + 1] = low64(x);
      x = static_cast<u128>(t[i + 2]) + (q >> 32) + high64(x);
      t[i + 2] = low64(x);
      x = static_cast<u128>(t[i + 3]) + low64(high) + high64(x);
      t[i + 3] = low64(x);
      x = static_cast<u128>(t[i + 4]) + high64(high) + high64(x) + carry;
      t[i + 4] = low64(x);
      carry = high64(x);
    }
    const U256 sum = {{t[4], t[5], t[6], t[7]}};
    U256 less_p;
    const u64 borrow = subtract(sum, kP256Prime, &less_p);
    return select(borrow & (carry - 1), sum, less_p);
  }
};

/// p = 2^256 - 2^224 + 2^192 + 2^96 - 1.
/// `Product` is the multiplication that the machine has.
template <typename Product>
struct P256Field : OneLane {
  static constexpr std::size_t kPrefetch = 8;
  static constexpr Modulus62 kModulus62 = make_modulus62(kP256Prime);
  static constexpr U256 kInverseFix = {
      // R^3
      {0xfffffffd0000000a, 0xffffffedfffffff7, 0x00000005fffffffc, 0x0000001800000001}};
  static constexpr U256 kToMontgomery = {
      // R^2
      {0x0000000000000003, 0xfffffffbffffffff, 0xfffffffffffffffe, 0x00000004fffffffd}};

  static U256 one() {
    return {{0x0000000000000001, 0xffffffff00000000, 0xffffffffffffffff, 0x00000000fffffffe}};
  }
  static U256 mul(const U256& a, const U256& b) { return Product::mul(a, b); }
  static U256 square(const U256& a) { return mul(a, a); }
  static U256 sum(const U256& a, const U256& b) { return add_mod(a, b, kP256Prime); }
  static U256 sub(const U256& a, const U256& b) { return subtract_mod(a, b, kP256Prime); }
  /// a^2 - b - c
  static U256 square_minus_two(const U256& a, const U256& b, const U256& c) {
    return sub(sub(square(a), b), c);
  }
  /// a b - c
  static U256 product_minus(const U256& a, const U256& b, const U256& c) {
    return sub(mul(a, b), c);
  }
  /// Products that stand in a sum, not only in a product: the same thing here.
  static U256 product_for_sums(const U256& a, const U256& b) { return mul(a, b); }
  static U256 square_for_sums(const U256& a) { return square(a); }
  static U256 factor(const U256& a) { return a; }  ///< likewise a coordinate
  static unsigned zero_lanes(const U256& a) { return is_zero(a) ? 1 : 0; }
  /// -a where `flips` is 1.
  static U256 negate_where(const U256& a, const u64* flips) {
    return select(u64{0} - *flips, sub(U256{}, a), a);
  }
  static U256 gather_x(const u64* address) {
    U256 x;
    __builtin_memcpy(x.w, reinterpret_cast<const void*>(*address & ~u64{63}), 32);
    return x;
  }
  static void gather(const u64* address, U256* x, U256* y) {
    const u64* line = reinterpret_cast<const u64*>(*address & ~u64{63});
    __builtin_memcpy(x->w, line, 32);
    __builtin_memcpy(y->w, line + 4, 32);
    const u64 flip = *address & 1;
    *y = negate_where(*y, &flip);
  }
  /// A number below 2^256, times 1 in Montgomery form.
  static U256 from_number(const U256& a) { return mul(a, kToMontgomery); }
  static U256 load_number(const u64* words, std::size_t stride) {
    return from_number({{words[0], words[stride], words[2 * stride], words[3 * stride]}});
  }
};

struct P256Scalars : OneLane {
  static constexpr Modulus62 kModulus62 = make_modulus62(kP256Order);
  static constexpr U256 kInverseFix = {
      // R^3
      {0xac8ebec90b65a624, 0x111f28ae0c0555c9, 0x2543b9246ba5e93f, 0x503a54e76407be65}};

  static U256 one() {
    return {{0x0c46353d039cdaaf, 0x4319055258e8617b, 0x0000000000000000, 0x00000000ffffffff}};
  }
  /// a < 2^256, b < n; result < n.
  static U256 mul(const U256& a, const U256& b) {
    return montgomery(a, b, kP256Order, 0xccd1c8aaee00bc4f);
  }
  static U256 load(const u64* words, std::size_t stride) {
    return {{words[0], words[stride], words[2 * stride], words[3 * stride]}};
  }
  /// u, or where it is even n - u, with *flip = 1; words of the odd one.
  static void odd_words(const U256& u, u64 (&words)[4], u64* flip) {
    U256 negative;
    subtract(kP256Order, u, &negative);
    *flip = (u.w[0] & 1) ^ 1;
    const U256 odd = select(u64{0} - *flip, negative, u);
    for (int i = 0; i < 4; ++i) words[i] = odd.w[i];
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_P256_P256_4X64_INL_H_
