// A batch of ECDSA signatures from (r, s, digest, table) to an answer, over a field F and scalars S
// of as many lanes: u1 = e/s, u2 = r/s modulo n, and x(u1 G + u2 Q) = r?

#ifndef JOTMILL_KERNELS_P256_P256_VERIFY_INL_H_
#define JOTMILL_KERNELS_P256_P256_VERIFY_INL_H_

#include "kernels/ecc/recode-inl.h"
#include "kernels/ecc/scratch-inl.h"
#include "kernels/ecc/table-inl.h"
#include "kernels/ecc/tree-inl.h"
#include "kernels/p256/p256.h"
#include "kernels/p256/p256_4x64-inl.h"

namespace jotmill::kernels {
namespace {

/// Columns of a block, in the caller's scratch; `size` is the padded number of signatures.
template <typename F>
struct P256Block {
  std::size_t size;
  u64 *r, *s, *e;  ///< [word][signature]
  u64 *base_flip, *key_flip, *lines;
  std::uint8_t *valid, *use_scalar;
  TreeColumns<F> tree;
};

template <typename F>
inline P256Block<F> lay_out(std::uint8_t* scratch, std::size_t size, std::size_t base_windows,
                            std::size_t key_windows) {
  P256Block<F> b{};
  b.size = size;
  b.r = take<u64>(&scratch, 4 * size);
  b.s = take<u64>(&scratch, 4 * size);
  b.e = take<u64>(&scratch, 4 * size);
  b.base_flip = take<u64>(&scratch, size);
  b.key_flip = take<u64>(&scratch, size);
  b.lines = take<u64>(&scratch, size);
  b.valid = take<std::uint8_t>(&scratch, size);
  b.use_scalar = take<std::uint8_t>(&scratch, size);
  b.tree = take_tree<F>(&scratch, size, base_windows, key_windows);
  return b;
}

/// Numbers out of the bytes. A signature out of range gets r = s = 1: a zero among the factors
/// would take the whole block's inverses with it.
template <typename F>
inline void load_jobs(const EccJob* jobs, std::size_t count, const P256Block<F>& b) {
  for (std::size_t i = 0; i < b.size; ++i) {
    const EccJob& job = jobs[i < count ? i : 0];  // padding repeats the first
    U256 r = load_big_endian(job.signature), s = load_big_endian(job.signature + 32);
    const U256 e = load_big_endian(job.digest);
    const bool valid = !is_zero(r) && !is_zero(s) && less(r, kP256Order) && less(s, kP256Order);
    b.valid[i] = valid;
    b.use_scalar[i] = valid && less(r, kP256PrimeMinusOrder);
    if (!valid) r = s = U256{{1, 0, 0, 0}};
    b.lines[i] = reinterpret_cast<u64>(job.key_lines);
    for (std::size_t w = 0; w < 4; ++w) {
      b.r[w * b.size + i] = r.w[w];
      b.s[w * b.size + i] = s.w[w];
      b.e[w * b.size + i] = e.w[w];
    }
  }
}

/// s to u1 and u2 and on to the addresses of table lines, all inverses at once.
template <typename F, typename S, typename W, int C>
inline void find_windows(const EccBatch& batch, const P256Block<F>& b, std::size_t base_windows,
                         std::size_t key_windows) {
  using Fe = typename S::Fe;
  constexpr std::size_t kLanes = S::kLanes;
  const std::size_t groups = b.size / kLanes, half = groups / C;
  Fe* prefix = reinterpret_cast<Fe*>(b.tree.prefix);
  Fe run[C];
  for (int c = 0; c < C; ++c) run[c] = S::one();
  for (std::size_t g = 0; g < half; ++g) {
    for (int c = 0; c < C; ++c) {
      prefix[c * half + g] = run[c];
      run[c] = S::mul(S::load(b.s + (c * half + g) * kLanes, b.size), run[c]);
    }
  }
  invert_all<S, C>(run);  // s is never 0 here
  // s was taken for a number in Montgomery form without being one: one factor R too many.
  const Fe plain_one = S::broadcast(U256{{1, 0, 0, 0}});
  for (int c = 0; c < C; ++c) run[c] = S::mul(plain_one, run[c]);
  const typename W::V base_lines = W::set1(reinterpret_cast<u64>(batch.base_lines));
  for (std::size_t g = half; g-- > 0;) {
    for (int c = 0; c < C; ++c) {
      const std::size_t at = (c * half + g) * kLanes;
      const Fe inv = S::mul(run[c], prefix[c * half + g]);
      run[c] = S::mul(S::load(b.s + at, b.size), run[c]);
      typename W::V words[4];
      S::odd_words(S::mul(S::load(b.e + at, b.size), inv), words, b.base_flip + at);
      recode<W>(words, batch.base_window, base_windows, base_lines, b.tree.base_addresses + at,
                b.size);
      S::odd_words(S::mul(S::load(b.r + at, b.size), inv), words, b.key_flip + at);
      recode<W>(words, batch.key_window, key_windows, W::load(b.lines + at),
                b.tree.key_addresses + at, b.size);
    }
  }
}

/// x1 + x2 + r = (dy / dx)^2, without the division. dx = 0 is never an acceptance: it would make
/// equal points (0 = 0) look right.
template <typename F>
inline void compare(const P256Block<F>& b, EccAnswer* answers, std::size_t count) {
  for (std::size_t g = 0; g < b.size / F::kLanes; ++g) {
    const std::size_t at = g * F::kLanes;
    const Point<F>&p1 = b.tree.base_nodes[g], &p2 = b.tree.key_nodes[g];
    const auto dx = F::sub(p2.x, p1.x);
    const auto dy =
        F::sub(F::negate_where(p2.y, b.key_flip + at), F::negate_where(p1.y, b.base_flip + at));
    const auto r = F::load_number(b.r + at, b.size);
    // dy^2 - x1 dx^2 - x2 dx^2 = r dx^2
    const auto dx2 = F::square_for_sums(dx);
    const auto rest = F::square_minus_two(dy, F::product_for_sums(F::factor(p1.x), dx2),
                                          F::product_for_sums(F::factor(p2.x), dx2));
    const unsigned good = F::zero_lanes(F::sub(rest, F::product_for_sums(r, dx2)));
    const unsigned equal_x = F::zero_lanes(dx);
    for (std::size_t lane = 0; lane < F::kLanes && at + lane < count; ++lane) {
      EccAnswer answer = (good >> lane) & 1 ? EccAnswer::kGood : EccAnswer::kBad;
      if (b.use_scalar[at + lane] != 0 || ((equal_x >> lane) & 1) != 0)
        answer = EccAnswer::kUseScalar;
      if (b.valid[at + lane] == 0) answer = EccAnswer::kBad;
      answers[at + lane] = answer;
    }
  }
}

template <typename F, typename S, typename W, int C>
inline void p256_verify(const EccBatch& batch) {
  const std::size_t base_windows = ecc_windows(kP256ScalarBits, batch.base_window);
  const std::size_t key_windows = ecc_windows(kP256ScalarBits, batch.key_window);
  constexpr std::size_t kStep = F::kLanes * C;
  for (std::size_t done = 0; done < batch.count; done += kEccBlock) {
    const std::size_t left = batch.count - done;
    const std::size_t count = left < kEccBlock ? left : kEccBlock;
    const P256Block<F> b =
        lay_out<F>(batch.scratch, (count + kStep - 1) / kStep * kStep, base_windows, key_windows);
    load_jobs<F>(batch.jobs + done, count, b);
    find_windows<F, S, W, C>(batch, b, base_windows, key_windows);
    const Block block = {b.size / F::kLanes, b.use_scalar};
    add_windows<F, C>(b.tree, batch.base_lines, block);
    compare<F>(b, batch.answers + done, count);
  }
}

/// y^2 = x^3 - 3x + b, and the coordinates below p: then it is a point of the curve, whose order is
/// prime; infinity has no coordinates.
template <typename F>
inline bool p256_load_point(const std::uint8_t* key, Point<F>* q) {
  const U256 x = load_big_endian(key), y = load_big_endian(key + 32);
  if (!less(x, kP256Prime) || !less(y, kP256Prime)) return false;
  const U256 b = {{0xd89cdf6229c4bddf, 0xacf005cd78843090, 0xe5a220abf7212ed6, 0xdc30061d04874834}};
  q->x = F::from_number(x);
  q->y = F::from_number(y);
  const U256 x3 = F::mul(F::square(q->x), q->x);
  const U256 three_x = F::sum(F::sum(q->x, q->x), q->x);
  return equal(F::square(q->y), F::sum(F::sub(x3, three_x), b));
}

template <typename F, typename Finish>
inline bool p256_build(const std::uint8_t* key, std::uint32_t window, std::uint64_t* lines,
                       Finish finish) {
  const U256 a = {{0xfffffffffffffffc, 0x00000003ffffffff, 0, 0xfffffffc00000004}};  // -3
  const std::size_t windows = ecc_windows(kP256ScalarBits, window);
  Point<F> q, doublings[kMostDoublings];
  if (!p256_load_point<F>(key, &q)) return false;
  if (!affine_doublings<F>(q, a, windows * window, doublings)) return false;
  build_table<F>(doublings, window, windows, lines, finish);
  return true;
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_P256_P256_VERIFY_INL_H_
