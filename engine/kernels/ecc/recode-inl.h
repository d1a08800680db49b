// Scalars to digits: u (odd) = sum of d_i 2^(wi) with every d_i odd and in [-(2^w - 1), 2^w - 1].
// No digit is zero, so every window costs one addition and no case distinction; no carries either.
// With v = (u >> 1) + 2^(wk-1) and B_i the bits [wi, wi + w) of v, d_i = 2 B_i - (2^w - 1).

#ifndef JOTMILL_KERNELS_ECC_RECODE_INL_H_
#define JOTMILL_KERNELS_ECC_RECODE_INL_H_

#include "kernels/ecc/ecc.h"
#include "kernels/ecc/u256-inl.h"

namespace jotmill::kernels {
namespace {

/// Lane operations on one 64-bit word; the AVX-512 twin has eight.
struct Word1 {
  static constexpr int kLanes = 1;
  using V = u64;
  static V load(const u64* p) { return *p; }
  static void store(u64* p, V a) { *p = a; }
  static V set1(u64 a) { return a; }
  static V add(V a, V b) { return a + b; }
  static V sub(V a, V b) { return a - b; }
  static V and_(V a, V b) { return a & b; }
  static V or_(V a, V b) { return a | b; }
  static V xor_(V a, V b) { return a ^ b; }
  static V shift_right(V a, unsigned n) { return a >> n; }
  static V shift_left(V a, unsigned n) { return a << n; }
};

/// Writes for each window the address of the table line that it adds; bit 0 set: subtract it.
/// `u`: odd, below 2^(wk), four words; `lines`: address of each lane's table; addresses[i * stride]
/// is window i of lane 0.
template <typename W>
inline void recode(const typename W::V (&u)[4], unsigned w, std::size_t k, typename W::V lines,
                   u64* addresses, std::size_t stride) {
  using V = typename W::V;
  V v[6];
  for (int i = 0; i < 3; ++i) v[i] = W::or_(W::shift_right(u[i], 1), W::shift_left(u[i + 1], 63));
  v[3] = W::shift_right(u[3], 1);
  v[4] = v[5] = W::set1(0);
  const std::size_t top = w * k - 1;  // 252 (Ed25519) to 268
  v[top / 64] = W::or_(v[top / 64], W::set1(u64{1} << (top % 64)));
  const V low_mask = W::set1((u64{1} << (w - 1)) - 1), one = W::set1(1);
  const V window_mask = W::set1((u64{1} << w) - 1);
  for (std::size_t i = 0; i < k; ++i) {
    const std::size_t bit = w * i;
    const unsigned shift = static_cast<unsigned>(bit % 64);
    V b = W::shift_right(v[bit / 64], shift);
    if (shift + w > 64) b = W::or_(b, W::shift_left(v[bit / 64 + 1], 64 - shift));
    b = W::and_(b, window_mask);
    const V positive = W::shift_right(b, w - 1);
    // |d| = 2j + 1: j is the low bits, or for a negative digit their complement.
    const V j = W::and_(W::xor_(b, W::sub(positive, one)), low_mask);
    const V negative = W::xor_(positive, one);
    const V line = W::add(W::shift_left(j, 6), W::set1(i << (w - 1) << 6));
    W::store(addresses + i * stride, W::or_(W::add(lines, line), negative));
  }
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_RECODE_INL_H_
