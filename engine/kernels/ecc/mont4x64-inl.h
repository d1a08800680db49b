// Arithmetic modulo a 256-bit number, one at a time in four words: what machines without AVX-512
// IFMA use, and the table builder everywhere. Values are always in [0, modulus).

#ifndef JOTMILL_KERNELS_ECC_MONT4X64_INL_H_
#define JOTMILL_KERNELS_ECC_MONT4X64_INL_H_

#include "kernels/ecc/inverse-inl.h"
#include "kernels/ecc/u256-inl.h"

namespace jotmill::kernels {
namespace {

/// a + b modulo m.
inline U256 add_mod(const U256& a, const U256& b, const U256& m) {
  U256 sum, less_m;
  const u64 carry = add(a, b, &sum);
  const u64 borrow = subtract(sum, m, &less_m);
  return select(borrow & (carry - 1), sum, less_m);
}

/// a - b modulo m.
inline U256 subtract_mod(const U256& a, const U256& b, const U256& m) {
  U256 difference;
  const u64 borrow = subtract(a, b, &difference);
  add(difference, {{m.w[0] & borrow, m.w[1] & borrow, m.w[2] & borrow, m.w[3] & borrow}},
      &difference);
  return difference;
}

/// Montgomery's product a b / 2^256 modulo m, for a < 2^256 and b < m; `k0` is -1/m modulo 2^64.
inline U256 montgomery(const U256& a, const U256& b, const U256& m, u64 k0) {
  u64 t[6] = {};
  for (int i = 0; i < 4; ++i) {
    u64 carry = 0;
    for (int j = 0; j < 4; ++j) {
      const u128 x = static_cast<u128>(a.w[i]) * b.w[j] + t[j] + carry;
      t[j] = low64(x);
      carry = high64(x);
    }
    const u128 top = static_cast<u128>(t[4]) + carry;
    t[4] = low64(top);
    t[5] = high64(top);
    const u64 q = t[0] * k0;
    carry = high64(static_cast<u128>(q) * m.w[0] + t[0]);
    for (int j = 1; j < 4; ++j) {
      const u128 x = static_cast<u128>(q) * m.w[j] + t[j] + carry;
      t[j - 1] = low64(x);
      carry = high64(x);
    }
    const u128 last = static_cast<u128>(t[4]) + carry;
    t[3] = low64(last);
    t[4] = t[5] + high64(last);
  }
  const U256 sum = {{t[0], t[1], t[2], t[3]}};
  U256 less_m;
  const u64 borrow = subtract(sum, m, &less_m);
  return select(borrow & (t[4] - 1), sum, less_m);
}

/// What every one-lane ring has: an element is a number, and there is nothing to rotate.
struct OneLane {
  static constexpr int kLanes = 1;
  using Fe = U256;
  static Fe broadcast(const U256& a) { return a; }
  static U256 lane(const Fe& a, int /*of one*/) { return a; }
  static void set_lane(Fe* a, int /*of one*/, const U256& value) { *a = value; }
  static Fe rotate(const Fe& a, int /*lanes*/) { return a; }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_MONT4X64_INL_H_
