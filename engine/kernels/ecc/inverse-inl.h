// The inverse of one number modulo an odd one, in about a microsecond: the division steps of
// Bernstein and Yang ("Fast constant-time gcd computation and modular inversion", 2019), 62 at a
// time on the low words alone, in the variable-time form: zeros are skipped together and several
// bits cancelled at once. Everything is public, so the time may depend on the number. A power by
// Fermat would be four times as slow, and each level of a batch pays for one inversion.

#ifndef JOTMILL_KERNELS_ECC_INVERSE_INL_H_
#define JOTMILL_KERNELS_ECC_INVERSE_INL_H_

#include "kernels/ecc/u256-inl.h"

namespace jotmill::kernels {
namespace {

using i64 = std::int64_t;
constexpr u64 kLow62 = ~u64{0} >> 2;

/// A signed number of up to 310 bits, 62 a limb; limbs 0 to 3 in [0, 2^62), the sign is in limb 4.
struct Signed62 {
  i64 v[5];
};

/// A modulus and its inverse modulo 2^62.
struct Modulus62 {
  Signed62 value;
  u64 inverse;
};

constexpr Signed62 to_signed62(const U256& a) {
  return {
      {static_cast<i64>(a.w[0] & kLow62), static_cast<i64>((a.w[0] >> 62 | a.w[1] << 2) & kLow62),
       static_cast<i64>((a.w[1] >> 60 | a.w[2] << 4) & kLow62),
       static_cast<i64>((a.w[2] >> 58 | a.w[3] << 6) & kLow62), static_cast<i64>(a.w[3] >> 56)}};
}

constexpr U256 from_signed62(const Signed62& a) {
  const u64 v[5] = {static_cast<u64>(a.v[0]), static_cast<u64>(a.v[1]), static_cast<u64>(a.v[2]),
                    static_cast<u64>(a.v[3]), static_cast<u64>(a.v[4])};
  return {
      {v[0] | v[1] << 62, v[1] >> 2 | v[2] << 60, v[2] >> 4 | v[3] << 58, v[3] >> 6 | v[4] << 56}};
}

constexpr Modulus62 make_modulus62(const U256& modulus) {
  u64 inverse = modulus.w[0];  // right modulo 8; each step doubles the bits
  for (int i = 0; i < 5; ++i) inverse *= 2 - modulus.w[0] * inverse;
  return {to_signed62(modulus), inverse & kLow62};
}

/// What 62 division steps do to (f, g): multiply by this and divide by 2^62.
struct Steps62 {
  i64 u, v, q, r;
};

inline i64 divide_62_steps(i64 eta, u64 f, u64 g, Steps62* steps) {
  u64 u = 1, v = 0, q = 0, r = 1;
  int left = 62;
  while (true) {
    const int zeros = __builtin_ctzll(g | (~u64{0} << left));
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;
    u64 factor;  // f times it cancels the low bits of g, as many as eta and `left` allow
    if (eta < 0) {
      eta = -eta;
      const u64 old_f = f, old_u = u, old_v = v;
      f = g, g = u64{0} - old_f;
      u = q, q = u64{0} - old_u;
      v = r, r = u64{0} - old_v;
      const int bits = eta + 1 > left ? left : static_cast<int>(eta + 1);
      factor = (f * g * (f * f - 2)) & (~u64{0} >> (64 - bits)) & 63;
    } else {
      const int bits = eta + 1 > left ? left : static_cast<int>(eta + 1);
      const u64 minus_inverse = f + (((f + 1) & 4) << 1);  // -1/f modulo 16, up to its sign
      factor = ((u64{0} - minus_inverse) * g) & (~u64{0} >> (64 - bits)) & 15;
    }
    g += f * factor;
    q += u * factor;
    r += v * factor;
  }
  *steps = {static_cast<i64>(u), static_cast<i64>(v), static_cast<i64>(q), static_cast<i64>(r)};
  return eta;
}

/// (f, g) := steps (f, g) / 2^62, exact.
inline void update_fg(Signed62* f, Signed62* g, const Steps62& s) {
  i128 cf = static_cast<i128>(s.u) * f->v[0] + static_cast<i128>(s.v) * g->v[0];
  i128 cg = static_cast<i128>(s.q) * f->v[0] + static_cast<i128>(s.r) * g->v[0];
  cf >>= 62;
  cg >>= 62;
  for (int i = 1; i < 5; ++i) {
    cf += static_cast<i128>(s.u) * f->v[i] + static_cast<i128>(s.v) * g->v[i];
    cg += static_cast<i128>(s.q) * f->v[i] + static_cast<i128>(s.r) * g->v[i];
    f->v[i - 1] = static_cast<i64>(static_cast<u64>(cf) & kLow62);
    g->v[i - 1] = static_cast<i64>(static_cast<u64>(cg) & kLow62);
    cf >>= 62;
    cg >>= 62;
  }
  f->v[4] = static_cast<i64>(cf);
  g->v[4] = static_cast<i64>(cg);
}

/// (d, e) := steps (d, e) / 2^62 modulo the modulus; both stay in (-2 modulus, modulus).
inline void update_de(Signed62* d, Signed62* e, const Steps62& s, const Modulus62& m) {
  const i64 d_sign = d->v[4] >> 63, e_sign = e->v[4] >> 63;
  i64 md = (s.u & d_sign) + (s.v & e_sign), me = (s.q & d_sign) + (s.r & e_sign);
  i128 cd = static_cast<i128>(s.u) * d->v[0] + static_cast<i128>(s.v) * e->v[0];
  i128 ce = static_cast<i128>(s.q) * d->v[0] + static_cast<i128>(s.r) * e->v[0];
  md -= static_cast<i64>((m.inverse * static_cast<u64>(cd) + static_cast<u64>(md)) & kLow62);
  me -= static_cast<i64>((m.inverse * static_cast<u64>(ce) + static_cast<u64>(me)) & kLow62);
  cd += static_cast<i128>(m.value.v[0]) * md;
  ce += static_cast<i128>(m.value.v[0]) * me;
  cd >>= 62;
  ce >>= 62;
  for (int i = 1; i < 5; ++i) {
    cd += static_cast<i128>(s.u) * d->v[i] + static_cast<i128>(s.v) * e->v[i] +
          static_cast<i128>(m.value.v[i]) * md;
    ce += static_cast<i128>(s.q) * d->v[i] + static_cast<i128>(s.r) * e->v[i] +
          static_cast<i128>(m.value.v[i]) * me;
    d->v[i - 1] = static_cast<i64>(static_cast<u64>(cd) & kLow62);
    e->v[i - 1] = static_cast<i64>(static_cast<u64>(ce) & kLow62);
    cd >>= 62;
    ce >>= 62;
  }
  d->v[4] = static_cast<i64>(cd);
  e->v[4] = static_cast<i64>(ce);
}

inline void carry62(Signed62* a) {
  for (int i = 0; i < 4; ++i) {
    a->v[i + 1] += a->v[i] >> 62;
    a->v[i] = static_cast<i64>(static_cast<u64>(a->v[i]) & kLow62);
  }
}

/// a, or -a when `negate`, brought from (-2 modulus, modulus) to [0, modulus).
inline void normalize62(Signed62* a, bool negate, const Modulus62& m) {
  const auto add_if_negative = [&] {
    if (a->v[4] >= 0) return;
    for (int i = 0; i < 5; ++i) a->v[i] += m.value.v[i];
    carry62(a);
  };
  add_if_negative();
  if (negate) {
    for (i64& limb : a->v) limb = -limb;
    carry62(a);
  }
  add_if_negative();
}

/// 1/a modulo the modulus; a in [1, modulus), prime to it.
inline U256 inverse(const U256& a, const Modulus62& m) {
  Signed62 d{}, e{{1, 0, 0, 0, 0}}, f = m.value, g = to_signed62(a);
  i64 eta = -1;
  while ((g.v[0] | g.v[1] | g.v[2] | g.v[3] | g.v[4]) != 0) {
    Steps62 steps;
    eta = divide_62_steps(eta, static_cast<u64>(f.v[0]) | static_cast<u64>(f.v[1]) << 62,
                          static_cast<u64>(g.v[0]) | static_cast<u64>(g.v[1]) << 62, &steps);
    update_de(&d, &e, steps, m);
    update_fg(&f, &g, steps);
  }
  normalize62(&d, f.v[4] < 0, m);
  return from_signed62(d);
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_INVERSE_INL_H_
