// The field and the order of Ed25519, one number at a time in four words. Field elements are any
// number below 2^256 (2^256 is 38 modulo p); only lane() and zero_lanes() reduce to [0, p).

#ifndef JOTMILL_KERNELS_ED25519_ED25519_4X64_INL_H_
#define JOTMILL_KERNELS_ED25519_ED25519_4X64_INL_H_

#include "kernels/ecc/mont4x64-inl.h"

namespace jotmill::kernels {
namespace {

constexpr U256 kEd25519Prime = {
    {0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff}};
constexpr U256 kEd25519Order = {
    {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0x0000000000000000, 0x1000000000000000}};
constexpr U256 kOne = {{1, 0, 0, 0}};

struct Ed25519Plain {
  static U256 mul(const U256& a, const U256& b) {
    u64 t[8];
    multiply(a, b, t);
    u64 carry = 0;
    for (int i = 0; i < 4; ++i) {
      const u128 x = static_cast<u128>(t[i + 4]) * 38 + t[i] + carry;
      t[i] = low64(x);
      carry = high64(x);
    }
    // carry <= 38; a second carry leaves a number so small that 38 more fit into its first word.
    U256 out = {{t[0], t[1], t[2], t[3]}};
    const u64 again = add(out, {{carry * 38, 0, 0, 0}}, &out);
    out.w[0] += again * 38;
    return out;
  }
};

/// `Product` is the multiplication that the machine has.
template <typename Product>
struct Ed25519Field : OneLane {
  static constexpr std::size_t kPrefetch = 8;
  static constexpr Modulus62 kModulus62 = make_modulus62(kEd25519Prime);
  static constexpr U256 kInverseFix = kOne;

  static U256 one() { return kOne; }
  static U256 mul(const U256& a, const U256& b) { return Product::mul(a, b); }
  static U256 square(const U256& a) { return Product::mul(a, a); }
  static U256 sum(const U256& a, const U256& b) {
    U256 out;
    u64 carry = add(a, b, &out);
    carry = add(out, {{carry * 38, 0, 0, 0}}, &out);
    out.w[0] += carry * 38;
    return out;
  }
  static U256 sub(const U256& a, const U256& b) {
    U256 out;
    u64 borrow = subtract(a, b, &out);
    borrow = subtract(out, {{borrow & 38, 0, 0, 0}}, &out);
    out.w[0] -= borrow & 38;  // a second borrow leaves a number close to 2^256
    return out;
  }
  static U256 square_minus_two(const U256& a, const U256& b, const U256& c) {
    return sub(sub(square(a), b), c);
  }
  static U256 product_minus(const U256& a, const U256& b, const U256& c) {
    return sub(mul(a, b), c);
  }
  static U256 product_for_sums(const U256& a, const U256& b) { return mul(a, b); }
  static U256 difference_for_sums(const U256& a, const U256& b) { return sub(a, b); }
  static U256 canonical(U256 a) {
    const u64 top = a.w[3] >> 63;
    a.w[3] &= ~u64{0} >> 1;
    add(a, {{top * 19, 0, 0, 0}}, &a);  // below 2^255 + 19
    U256 less_p;
    const u64 borrow = subtract(a, kEd25519Prime, &less_p);
    return select(borrow, a, less_p);
  }
  static U256 lane(const U256& a, int /*of one*/) { return canonical(a); }
  static unsigned zero_lanes(const U256& a) { return is_zero(canonical(a)) ? 1 : 0; }
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
  static U256 from_number(const U256& a) { return a; }
  static U256 load_number(const u64* words, std::size_t stride) {
    return {{words[0], words[stride], words[2 * stride], words[3 * stride]}};
  }
};

struct Ed25519Scalars : OneLane {
  static constexpr U256 kR = {
      // 2^256 modulo l
      {0xd6ec31748d98951d, 0xc6ef5bf4737dcf70, 0xfffffffffffffffe, 0x0fffffffffffffff}};
  static constexpr U256 kR2 = {
      // 2^512 modulo l
      {0xa40611e3449c0f01, 0xd00e1ba768859347, 0xceec73d217f5be65, 0x0399411b7c309a3d}};

  static U256 load(const u64* words, std::size_t stride) {
    return {{words[0], words[stride], words[2 * stride], words[3 * stride]}};
  }
  /// low + 2^256 high modulo l, for any two numbers.
  static U256 reduce_wide(const U256& low, const U256& high) {
    const u64 k0 = 0xd2b51da312547e1b;
    return add_mod(montgomery(low, kR, kEd25519Order, k0), montgomery(high, kR2, kEd25519Order, k0),
                   kEd25519Order);
  }
  /// u < l, or where it is even l - u, with *flip = 1; words of the odd one.
  static void odd_words(const U256& u, u64 (&words)[4], u64* flip) {
    U256 negative;
    subtract(kEd25519Order, u, &negative);
    *flip = (u.w[0] & 1) ^ 1;
    const U256 odd = select(u64{0} - *flip, negative, u);
    for (int i = 0; i < 4; ++i) words[i] = odd.w[i];
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ED25519_ED25519_4X64_INL_H_
