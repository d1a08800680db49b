// From an Ed25519 public key to a table: decoding (RFC 8032 s5.1.3), the short Weierstrass form,
// and the proof that the point's order is l.

#ifndef JOTMILL_KERNELS_ED25519_ED25519_KEY_INL_H_
#define JOTMILL_KERNELS_ED25519_ED25519_KEY_INL_H_

#include "kernels/ecc/table-inl.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/ed25519/ed25519_4x64-inl.h"

namespace jotmill::kernels {
namespace {

constexpr U256 kEdwardsD = {
    {0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73}};
constexpr U256 kSquareRootOfMinusOne = {
    {0xc4ee1b274a0ea0b0, 0x2f431806ad2fe478, 0x2b4d00993dfbd7a7, 0x2b8324804fc1df0b}};
/// c: v = c u/x.
constexpr U256 kToMontgomeryCurve = {
    {0xcc6e04aaff457e06, 0xc5a1d3d14b7d1a82, 0xd27b08dc03fc4f7e, 0x0f26edf460a006bb}};
/// 486662/3: X = u + this.
constexpr U256 kToWeierstrass = {
    {0xaaaaaaaaaaad2451, 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa, 0x2aaaaaaaaaaaaaaa}};
constexpr U256 kWeierstrassA = {
    {0xaaaaaa984914a144, 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa, 0x2aaaaaaaaaaaaaaa}};

/// a^(2^252 - 3), the (p - 5)/8-th power.
template <typename F>
inline U256 power_for_root(const U256& a) {
  U256 out = a;
  for (int bit = 250; bit >= 0; --bit) {
    out = F::square(out);
    if (bit != 1) out = F::mul(out, a);
  }
  return out;
}

/// x and y of a canonical encoding of a point with x other than 0; false for everything else.
template <typename F>
inline bool decode_point(const std::uint8_t* key, U256* x, U256* y) {
  *y = load_little_endian(key);
  const u64 sign = y->w[3] >> 63;
  y->w[3] &= ~u64{0} >> 1;
  if (!less(*y, kEd25519Prime)) return false;
  const U256 yy = F::square(*y);
  const U256 num = F::sub(yy, F::one()), den = F::sum(F::mul(kEdwardsD, yy), F::one());
  const U256 den3 = F::mul(F::square(den), den);
  const U256 root = power_for_root<F>(F::mul(num, F::mul(F::square(den3), den)));
  *x = F::mul(F::mul(num, den3), root);
  const U256 back = F::mul(den, F::square(*x));
  if (F::zero_lanes(F::sub(back, num)) == 0) {
    if (F::zero_lanes(F::sum(back, num)) == 0) return false;
    *x = F::mul(*x, kSquareRootOfMinusOne);
  }
  *x = F::canonical(*x);
  if (is_zero(*x)) return false;
  if ((x->w[0] & 1) != sign) *x = F::canonical(F::sub(U256{}, *x));
  return true;
}

/// p += q, in Jacobian coordinates; q is affine and neither +-p nor infinity.
template <typename F>
inline void add_affine(Jacobian* p, const Point<F>& q) {
  const U256 zz = F::square(p->z);
  const U256 h = F::sub(F::mul(q.x, zz), p->x);
  const U256 r = F::sub(F::mul(q.y, F::mul(zz, p->z)), p->y);
  const U256 hh = F::square(h), hhh = F::mul(hh, h), v = F::mul(p->x, hh);
  p->x = F::sub(F::square_minus_two(r, v, v), hhh);
  p->y = F::sub(F::mul(r, F::sub(v, p->x)), F::mul(p->y, hhh));
  p->z = F::mul(p->z, h);
}

/// l A = O, by (l - 2^252) A = -(2^252 A). The partial sums of the left side are m A with 0 < m <
/// 2^j where 2^j A is added: never equal or opposite to it for a point that is not of small order.
template <typename F>
inline bool has_prime_order(const Point<F>* doublings) {
  Jacobian sum = {doublings[0].x, doublings[0].y, F::one()};  // l is odd
  for (std::size_t j = 1; j < 128; ++j)
    if ((kEd25519Order.w[j / 64] >> (j % 64)) & 1) add_affine<F>(&sum, doublings[j]);
  if (F::zero_lanes(sum.z) != 0) return false;
  const U256 zz = F::square(sum.z), zzz = F::mul(zz, sum.z);
  const Point<F>& top = doublings[252];
  return F::zero_lanes(F::sub(sum.x, F::mul(top.x, zz))) != 0 &&
         F::zero_lanes(F::sum(sum.y, F::mul(top.y, zzz))) != 0;
}

template <typename F>
inline bool ed25519_build(const std::uint8_t* key, std::uint32_t window, std::uint64_t* lines) {
  const std::size_t windows = ecc_windows(kEd25519ScalarBits, window);
  U256 x, y;
  if (!decode_point<F>(key, &x, &y)) return false;
  // x is not 0, so y is not 1.
  const U256 one_less_y = F::sub(F::one(), y);
  const U256 inv = invert_one<F>(F::mul(one_less_y, x));
  const U256 u = F::mul(F::sum(F::one(), y), F::mul(inv, x));
  const U256 v = F::mul(F::mul(kToMontgomeryCurve, u), F::mul(inv, one_less_y));
  const Point<F> q = {F::sum(u, kToWeierstrass), v};
  Point<F> doublings[kMostDoublings];
  if (!affine_doublings<F>(q, kWeierstrassA, windows * window, doublings)) return false;
  if (!has_prime_order<F>(doublings)) return false;
  build_table<F>(doublings, window, windows, lines, [](const U256& a) { return F::canonical(a); });
  return true;
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ED25519_ED25519_KEY_INL_H_
