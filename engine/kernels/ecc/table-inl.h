// A key's table: the odd multiples (2j+1) 2^(wi) Q, in affine coordinates, one line each. All 2^j Q
// come from doublings in Jacobian coordinates, made affine with one inversion; then stage s = 0 ..
// w-2 adds 2^(s+1) 2^(wi) Q to the first 2^s entries of every window, which gives the next 2^s,
// with one inversion a stage. No special case occurs for a point of prime order: an odd and an even
// multiple below the order differ. Done with one-lane fields everywhere: a table is built once.

#ifndef JOTMILL_KERNELS_ECC_TABLE_INL_H_
#define JOTMILL_KERNELS_ECC_TABLE_INL_H_

#include "kernels/ecc/ecc.h"
#include "kernels/ecc/tree-inl.h"

namespace jotmill::kernels {
namespace {

enum : std::size_t { kMostDoublings = 256 + kEccMostWindow };

struct Jacobian {
  U256 x, y, z;
};

/// y^2 = x^3 + a x + b: dbl-2007-bl's plain form, any a.
template <typename F>
inline Jacobian double_point(const Jacobian& p, const U256& a) {
  const U256 xx = F::square(p.x), yy = F::square(p.y), zz = F::square(p.z);
  const U256 y2 = F::sum(yy, yy);
  const U256 xyy = F::mul(p.x, y2), s = F::sum(xyy, xyy);  // 4 x y^2
  const U256 m = F::sum(F::sum(F::sum(xx, xx), xx), F::mul(a, F::square(zz)));
  const U256 yyyy4 = F::square(y2), yyyy8 = F::sum(yyyy4, yyyy4);
  const U256 yz = F::mul(p.y, p.z);
  Jacobian out;
  out.x = F::sub(F::sub(F::square(m), s), s);
  out.y = F::sub(F::mul(m, F::sub(s, out.x)), yyyy8);
  out.z = F::sum(yz, yz);
  return out;
}

/// 1/a for one element; a must not be zero.
template <typename F>
inline U256 invert_one(const U256& a) {
  U256 values[1] = {a};
  invert_all<F, 1>(values);
  return values[0];
}

/// The points 2^j Q, j < count, affine; false when one of them is infinity.
template <typename F>
inline bool affine_doublings(const Point<F>& q, const U256& a, std::size_t count,
                             Point<F>* doublings) {
  U256 z[kMostDoublings], prefix[kMostDoublings];
  Jacobian p = {q.x, q.y, F::one()};
  U256 run = F::one();
  for (std::size_t j = 0; j < count; ++j) {
    doublings[j] = {p.x, p.y};
    z[j] = p.z;
    prefix[j] = run;
    run = F::mul(run, p.z);
    p = double_point<F>(p, a);
  }
  if (F::zero_lanes(run) != 0) return false;
  run = invert_one<F>(run);
  for (std::size_t j = count; j-- > 0;) {
    const U256 inv = F::mul(run, prefix[j]), inv2 = F::square(inv);
    run = F::mul(run, z[j]);
    doublings[j] = {F::mul(doublings[j].x, inv2), F::mul(doublings[j].y, F::mul(inv2, inv))};
  }
  return true;
}

template <typename F>
inline Point<F> load_line(const u64* line) {
  Point<F> p;
  __builtin_memcpy(p.x.w, line, 32);
  __builtin_memcpy(p.y.w, line + 4, 32);
  return p;
}
template <typename F>
inline void store_line(u64* line, const Point<F>& p) {
  __builtin_memcpy(line, p.x.w, 32);
  __builtin_memcpy(line + 4, p.y.w, 32);
}

/// Entries [2^s, 2^(s+1)) of every window from the entries before them.
template <typename F>
inline void build_stage(const Point<F>* doublings, unsigned w, std::size_t windows, unsigned s,
                        u64* lines) {
  const std::size_t have = std::size_t{1} << s;
  U256 run = F::one();
  for (std::size_t i = 0; i < windows; ++i) {
    const U256 step_x = doublings[w * i + s + 1].x;
    u64* window = lines + (i << (w - 1)) * 8;
    for (std::size_t j = 0; j < have; ++j) {
      __builtin_memcpy(window + (j + have) * 8, run.w, 32);
      run = F::mul(run, F::sub(step_x, load_line<F>(window + j * 8).x));
    }
  }
  run = invert_one<F>(run);
  for (std::size_t i = windows; i-- > 0;) {
    const Point<F> step = doublings[w * i + s + 1];
    u64* window = lines + (i << (w - 1)) * 8;
    for (std::size_t j = have; j-- > 0;) {
      const Point<F> p = load_line<F>(window + j * 8);
      U256 prefix;
      __builtin_memcpy(prefix.w, window + (j + have) * 8, 32);
      const U256 inv = F::mul(run, prefix);
      run = F::mul(run, F::sub(step.x, p.x));
      const U256 lam = F::mul(F::sub(step.y, p.y), inv);
      const U256 x3 = F::square_minus_two(lam, p.x, step.x);
      store_line<F>(window + (j + have) * 8, {x3, F::product_minus(lam, F::sub(p.x, x3), p.y)});
    }
  }
}

/// Fills `lines`. `doublings`: 2^j Q for j < w * windows. `finish`: the coordinate as the variant
/// wants it in memory.
template <typename F, typename Finish>
inline void build_table(const Point<F>* doublings, unsigned w, std::size_t windows, u64* lines,
                        Finish finish) {
  for (std::size_t i = 0; i < windows; ++i)
    store_line<F>(lines + (i << (w - 1)) * 8, doublings[w * i]);
  for (unsigned s = 0; s + 1 < w; ++s) build_stage<F>(doublings, w, windows, s, lines);
  for (std::size_t i = 0; i < windows << (w - 1); ++i) {
    const Point<F> p = load_line<F>(lines + i * 8);
    store_line<F>(lines + i * 8, {finish(p.x), finish(p.y)});
  }
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_TABLE_INL_H_
