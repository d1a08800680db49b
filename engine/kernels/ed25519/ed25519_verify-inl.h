// A batch of Ed25519 signatures from (R, S, SHA-512(R || A || M), table) to an answer, over a field
// F and scalars S of as many lanes: does S B - h A encode to R?

#ifndef JOTMILL_KERNELS_ED25519_ED25519_VERIFY_INL_H_
#define JOTMILL_KERNELS_ED25519_ED25519_VERIFY_INL_H_

#include "kernels/ecc/recode-inl.h"
#include "kernels/ecc/scratch-inl.h"
#include "kernels/ecc/tree-inl.h"
#include "kernels/ed25519/ed25519_key-inl.h"

namespace jotmill::kernels {
namespace {

/// Columns of a block, in the caller's scratch; `size` is the padded number of signatures.
template <typename F>
struct Ed25519Block {
  std::size_t size;
  u64 *s, *h_low, *h_high, *y;  ///< [word][signature]
  u64 *base_flip, *key_flip, *lines;
  std::uint8_t *valid, *use_scalar, *sign;
  TreeColumns<F> tree;
};

template <typename F>
inline Ed25519Block<F> lay_out_ed25519(std::uint8_t* scratch, std::size_t size,
                                       std::size_t base_windows, std::size_t key_windows) {
  Ed25519Block<F> b{};
  b.size = size;
  b.s = take<u64>(&scratch, 4 * size);
  b.h_low = take<u64>(&scratch, 4 * size);
  b.h_high = take<u64>(&scratch, 4 * size);
  b.y = take<u64>(&scratch, 4 * size);
  b.base_flip = take<u64>(&scratch, size);
  b.key_flip = take<u64>(&scratch, size);
  b.lines = take<u64>(&scratch, size);
  b.valid = take<std::uint8_t>(&scratch, size);
  b.use_scalar = take<std::uint8_t>(&scratch, size);
  b.sign = take<std::uint8_t>(&scratch, size);
  b.tree = take_tree<F>(&scratch, size, base_windows, key_windows);
  return b;
}

inline void put_words(const U256& a, u64* column, std::size_t stride) {
  for (std::size_t w = 0; w < 4; ++w) column[w * stride] = a.w[w];
}

template <typename F>
inline void load_ed25519_jobs(const EccJob* jobs, std::size_t count, const Ed25519Block<F>& b) {
  for (std::size_t i = 0; i < b.size; ++i) {
    const EccJob& job = jobs[i < count ? i : 0];  // padding repeats the first
    U256 y = load_little_endian(job.signature), s = load_little_endian(job.signature + 32);
    b.sign[i] = static_cast<std::uint8_t>(y.w[3] >> 63);
    y.w[3] &= ~u64{0} >> 1;
    b.valid[i] = less(s, kEd25519Order) && less(y, kEd25519Prime);
    b.use_scalar[i] = 0;
    if (b.valid[i] == 0) s = y = kOne;  // recoding wants S < l
    b.lines[i] = reinterpret_cast<u64>(job.key_lines);
    put_words(s, b.s + i, b.size);
    put_words(y, b.y + i, b.size);
    put_words(load_little_endian(job.digest), b.h_low + i, b.size);
    put_words(load_little_endian(job.digest + 32), b.h_high + i, b.size);
  }
}

template <typename F, typename S, typename W>
inline void find_ed25519_windows(const EccBatch& batch, const Ed25519Block<F>& b,
                                 std::size_t base_windows, std::size_t key_windows) {
  const typename W::V base_lines = W::set1(reinterpret_cast<u64>(batch.base_lines));
  for (std::size_t at = 0; at < b.size; at += S::kLanes) {
    typename W::V words[4];
    S::odd_words(S::load(b.s + at, b.size), words, b.base_flip + at);
    recode<W>(words, batch.base_window, base_windows, base_lines, b.tree.base_addresses + at,
              b.size);
    S::odd_words(S::reduce_wide(S::load(b.h_low + at, b.size), S::load(b.h_high + at, b.size)),
                 words, b.key_flip + at);
    recode<W>(words, batch.key_window, key_windows, W::load(b.lines + at),
              b.tree.key_addresses + at, b.size);
    for (std::size_t lane = 0; lane < S::kLanes; ++lane) b.key_flip[at + lane] ^= 1;  // - h A
  }
}

/// The two sums as the operands of one more level, with the signs that recoding put aside.
template <typename F>
struct LastOperands : NodeOperands<F> {
  Point<F>* key_nodes;
  const u64 *base_flip, *key_flip;

  void x(std::size_t, const Block&, std::size_t group, typename F::Fe* x1,
         typename F::Fe* x2) const {
    *x1 = this->nodes[group].x;
    *x2 = key_nodes[group].x;
  }
  const Point<F>* point(std::size_t, int which, const Block&, std::size_t group,
                        Point<F>* room) const {
    const Point<F>& sum = which == 0 ? this->nodes[group] : key_nodes[group];
    const u64* flips = (which == 0 ? base_flip : key_flip) + group * F::kLanes;
    *room = {sum.x, F::negate_where(sum.y, flips)};
    return room;
  }
  void make_harmless(std::size_t, const Block&, std::size_t group, int lane) const {
    F::set_lane(&this->nodes[group].x, lane, U256{});
    F::set_lane(&key_nodes[group].x, lane, kOne);
  }
};

/// v of every sum inverted, in `inverses`. v = 0 is no point of odd order but may be what a
/// signature that was put aside left behind.
template <typename F, int C>
inline void invert_v(const Ed25519Block<F>& b, typename F::Fe* inverses) {
  Point<F>* sums = b.tree.base_nodes;
  const std::size_t groups = b.size / F::kLanes, half = groups / C;
  typename F::Fe run[C];
  const auto multiply_all = [&] {
    for (int c = 0; c < C; ++c) run[c] = F::one();
    for (std::size_t g = 0; g < half; ++g) {
      for (int c = 0; c < C; ++c) {
        inverses[c * half + g] = run[c];
        run[c] = F::mul(run[c], sums[c * half + g].y);
      }
    }
    return invert_all<F, C>(run);
  };
  if (!multiply_all()) {
    for (std::size_t g = 0; g < groups; ++g) {
      const unsigned zero = F::zero_lanes(sums[g].y);
      for (int lane = 0; lane < F::kLanes; ++lane) {
        if (((zero >> lane) & 1) == 0) continue;
        b.use_scalar[g * F::kLanes + static_cast<std::size_t>(lane)] = 1;
        F::set_lane(&sums[g].y, lane, kOne);
      }
    }
    multiply_all();
  }
  for (std::size_t g = half; g-- > 0;) {
    for (int c = 0; c < C; ++c) {
      const auto inv = F::mul(run[c], inverses[c * half + g]);
      run[c] = F::mul(run[c], sums[c * half + g].y);
      inverses[c * half + g] = inv;
    }
  }
}

/// y = (u - 1)/(u + 1) against y of R without a division, and the parity of x = c u/v against its
/// sign.
template <typename F>
inline void compare_encodings(const Ed25519Block<F>& b, const typename F::Fe* v_inverses,
                              EccAnswer* answers, std::size_t count) {
  const auto one = F::broadcast(kOne), c = F::broadcast(kToMontgomeryCurve);
  for (std::size_t g = 0; g < b.size / F::kLanes; ++g) {
    const std::size_t at = g * F::kLanes;
    const auto u = F::difference_for_sums(b.tree.base_nodes[g].x, F::broadcast(kToWeierstrass));
    const auto y = F::load_number(b.y + at, b.size);
    // y (u + 1) - (u - 1) = y u + y - u + 1
    const auto rest = F::difference_for_sums(F::difference_for_sums(u, y), one);
    const unsigned same_y = F::zero_lanes(F::product_minus(y, u, rest));
    const auto x = F::mul(F::mul(c, u), v_inverses[g]);
    for (std::size_t lane = 0; lane < F::kLanes && at + lane < count; ++lane) {
      const bool same_sign = (F::lane(x, static_cast<int>(lane)).w[0] & 1) == b.sign[at + lane];
      const bool good = ((same_y >> lane) & 1) != 0 && same_sign;
      EccAnswer answer = good ? EccAnswer::kGood : EccAnswer::kBad;
      if (b.use_scalar[at + lane] != 0) answer = EccAnswer::kUseScalar;
      if (b.valid[at + lane] == 0) answer = EccAnswer::kBad;
      answers[at + lane] = answer;
    }
  }
}

template <typename F, typename S, typename W, int C>
inline void ed25519_verify(const EccBatch& batch) {
  const std::size_t base_windows = ecc_windows(kEd25519ScalarBits, batch.base_window);
  const std::size_t key_windows = ecc_windows(kEd25519ScalarBits, batch.key_window);
  constexpr std::size_t kStep = F::kLanes * C;
  for (std::size_t done = 0; done < batch.count; done += kEccBlock) {
    const std::size_t left = batch.count - done;
    const std::size_t count = left < kEccBlock ? left : kEccBlock;
    const Ed25519Block<F> b = lay_out_ed25519<F>(batch.scratch, (count + kStep - 1) / kStep * kStep,
                                                 base_windows, key_windows);
    load_ed25519_jobs<F>(batch.jobs + done, count, b);
    find_ed25519_windows<F, S, W>(batch, b, base_windows, key_windows);
    const Block block = {b.size / F::kLanes, b.use_scalar};
    add_windows<F, C>(b.tree, batch.base_lines, block);
    const LastOperands<F> last[1] = {
        {{b.tree.base_nodes, 1, 1}, b.tree.key_nodes, b.base_flip, b.key_flip}};
    add_level<F, C>(last, block, b.tree.prefix);
    invert_v<F, C>(b, b.tree.prefix);
    compare_encodings<F>(b, b.tree.prefix, batch.answers + done, count);
  }
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ED25519_ED25519_VERIFY_INL_H_
