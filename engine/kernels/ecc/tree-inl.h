// Sums of table entries in affine coordinates, a batch at a time. The windows of a signature are
// added in pairs, the sums again in pairs, and so on: log2(k) levels, and all additions of a level,
// of every signature, share one inversion (Montgomery's trick): 3 multiplications an addition
// instead of a division. The base point's windows and the key's stay in trees of their own until
// one point of each is left: a hostile key (Q = +-2^w G) could otherwise make equal points meet.
//
// Two x that are equal (dx = 0) would zero the product for everybody. The product is tested before
// it is inverted; when it is zero the level is searched, the signature is marked for the scalar
// verifier and its operand replaced by a harmless one, and the products are made again: one more
// forward pass of that level. Inside a tree that takes a scalar with a partial sum that is a
// multiple of the order, which an attacker can choose but chance does not.
//
// Templates over a field F of F::kLanes numbers at a time, and C chains: independent products whose
// steps alternate, because one alone would wait for each multiplication before the next.

#ifndef JOTMILL_KERNELS_ECC_TREE_INL_H_
#define JOTMILL_KERNELS_ECC_TREE_INL_H_

#include "kernels/ecc/ecc.h"
#include "kernels/ecc/inverse-inl.h"
#include "kernels/ecc/u256-inl.h"

namespace jotmill::kernels {
namespace {

template <typename F>
struct Point {
  typename F::Fe x, y;
};

/// The inverses of all lanes of all chains, at the price of one: the product of everything is
/// inverted, then taken apart. False, and nothing changed, when the product is zero.
template <typename R, int C>
inline bool invert_all(typename R::Fe (&values)[C]) {
  using Fe = typename R::Fe;
  Fe partial[C];  // products of the first chains
  partial[0] = values[0];
  for (int c = 1; c < C; ++c) partial[c] = R::mul(partial[c - 1], values[c]);
  Fe folded[5] = {partial[C - 1]};  // kLanes is at most 16
  int folds = 0;
  for (int r = 1; r < R::kLanes; r *= 2, ++folds)
    folded[folds + 1] = R::mul(folded[folds], R::rotate(folded[folds], r));
  const U256 product = R::lane(folded[folds], 0);
  if (is_zero(product)) return false;
  Fe back = R::mul(R::broadcast(inverse(product, R::kModulus62)), R::broadcast(R::kInverseFix));
  for (int r = R::kLanes / 2; folds > 0; r /= 2) {
    --folds;
    back = R::mul(back, R::rotate(folded[folds], r));
  }
  for (int c = C - 1; c > 0; --c) {
    const Fe one = R::mul(back, partial[c - 1]);
    back = R::mul(back, values[c]);
    values[c] = one;
  }
  values[0] = back;
  return true;
}

/// A block of signatures in groups of F::kLanes; groups is a multiple of the chains.
struct Block {
  std::size_t groups;
  std::uint8_t* use_scalar;  ///< per signature: set when the block cannot decide it
};

/// Operands of level 1: lines of the tables, by the addresses that recode() left.
template <typename F>
struct TableOperands {
  using Fe = typename F::Fe;
  u64* addresses;  ///< [window][signature]
  std::size_t pairs;
  Point<F>* nodes;      ///< out: [pair][group]
  const u64* harmless;  ///< two lines with different x

  u64* at(std::size_t window, const Block& block, std::size_t group) const {
    return addresses + (window * block.groups + group) * F::kLanes;
  }
  void x(std::size_t pair, const Block& block, std::size_t group, Fe* x1, Fe* x2) const {
    *x1 = F::gather_x(at(2 * pair, block, group));
    *x2 = F::gather_x(at(2 * pair + 1, block, group));
  }
  /// The pair's first (0) or second point, where it lies or, if it must be put together, in `room`.
  const Point<F>* point(std::size_t pair, int which, const Block& block, std::size_t group,
                        Point<F>* room) const {
    F::gather(at(2 * pair + which, block, group), &room->x, &room->y);
    return room;
  }
  Point<F>* result(std::size_t pair, const Block& block, std::size_t group) const {
    return nodes + pair * block.groups + group;
  }
  /// Inlined by force: g++ 12 takes the function for one without effects and drops its calls.
  [[gnu::always_inline]] void prefetch(std::size_t pair, const Block& block,
                                       std::size_t group) const {
    for (int lane = 0; lane < F::kLanes; ++lane) {
      __builtin_prefetch(reinterpret_cast<const void*>(at(2 * pair, block, group)[lane]));
      __builtin_prefetch(reinterpret_cast<const void*>(at(2 * pair + 1, block, group)[lane]));
    }
  }
  void make_harmless(std::size_t pair, const Block& block, std::size_t group, int lane) const {
    at(2 * pair, block, group)[lane] = reinterpret_cast<u64>(harmless);
    at(2 * pair + 1, block, group)[lane] = reinterpret_cast<u64>(harmless + 8);
  }
};

/// Operands of an upper level: nodes `stride` slots apart, replaced in place by their sums.
template <typename F>
struct NodeOperands {
  using Fe = typename F::Fe;
  Point<F>* nodes;
  std::size_t pairs;
  std::size_t stride;  ///< slots between two nodes of this level

  Point<F>* at(std::size_t node, const Block& block, std::size_t group) const {
    return nodes + node * stride * block.groups + group;
  }
  void x(std::size_t pair, const Block& block, std::size_t group, Fe* x1, Fe* x2) const {
    *x1 = at(2 * pair, block, group)->x;
    *x2 = at(2 * pair + 1, block, group)->x;
  }
  const Point<F>* point(std::size_t pair, int which, const Block& block, std::size_t group,
                        Point<F>*) const {
    return at(2 * pair + which, block, group);
  }
  Point<F>* result(std::size_t pair, const Block& block, std::size_t group) const {
    return at(2 * pair, block, group);
  }
  void prefetch(std::size_t, const Block&, std::size_t) const {}
  void make_harmless(std::size_t pair, const Block& block, std::size_t group, int lane) const {
    Point<F>* p1 = at(2 * pair, block, group);
    Point<F>* p2 = at(2 * pair + 1, block, group);
    F::set_lane(&p1->x, lane, U256{});
    F::set_lane(&p2->x, lane, U256{{1, 0, 0, 0}});
  }
};

/// Products of all dx, each stored before its own factor.
template <typename F, int C, typename Operands, std::size_t T>
inline void multiply_differences(const Operands (&trees)[T], const Block& block,
                                 typename F::Fe* prefix, typename F::Fe (&run)[C]) {
  using Fe = typename F::Fe;
  const std::size_t half = block.groups / C;
  for (int c = 0; c < C; ++c) run[c] = F::one();
  for (const Operands& tree : trees) {
    for (std::size_t pair = 0; pair < tree.pairs; ++pair) {
      for (std::size_t g = 0; g < half; ++g) {
        for (int c = 0; c < C; ++c) {
          const std::size_t group = c * half + g;
          if (g + F::kPrefetch < half)
            tree.prefetch(pair, block, group + F::kPrefetch);
          else if (pair + 1 < tree.pairs && F::kPrefetch <= half)
            tree.prefetch(pair + 1, block, group + F::kPrefetch - half);
          Fe x1, x2;
          tree.x(pair, block, group, &x1, &x2);
          *prefix++ = run[c];
          run[c] = F::mul(run[c], F::sub(x2, x1));
        }
      }
    }
  }
}

/// Finds the pairs of equal x, marks their signatures, and puts something harmless in their place.
template <typename F, typename Operands, std::size_t T>
inline void set_aside_equal_x(const Operands (&trees)[T], const Block& block) {
  for (const Operands& tree : trees) {
    for (std::size_t pair = 0; pair < tree.pairs; ++pair) {
      for (std::size_t group = 0; group < block.groups; ++group) {
        typename F::Fe x1, x2;
        tree.x(pair, block, group, &x1, &x2);
        const unsigned zero = F::zero_lanes(F::sub(x2, x1));
        if (zero == 0) continue;
        for (int lane = 0; lane < F::kLanes; ++lane) {
          if (((zero >> lane) & 1) == 0) continue;
          block.use_scalar[group * F::kLanes + static_cast<std::size_t>(lane)] = 1;
          tree.make_harmless(pair, block, group, lane);
        }
      }
    }
  }
}

/// The sums themselves, in reverse order; `run` holds the inverses of all products.
template <typename F, int C, typename Operands, std::size_t T>
inline void add_pairs(const Operands (&trees)[T], const Block& block,
                      const typename F::Fe* prefix_end, typename F::Fe (&run)[C]) {
  using Fe = typename F::Fe;
  const std::size_t half = block.groups / C;
  for (std::size_t t = T; t-- > 0;) {
    const Operands& tree = trees[t];
    for (std::size_t pair = tree.pairs; pair-- > 0;) {
      for (std::size_t g = half; g-- > 0;) {
        prefix_end -= C;
        Point<F> room[2 * C];
        const Point<F>*p1[C], *p2[C];
        Fe inv[C], lam[C], x3[C];
        for (int c = 0; c < C; ++c) {
          const std::size_t group = c * half + g;
          if (g >= F::kPrefetch)
            tree.prefetch(pair, block, group - F::kPrefetch);
          else if (pair > 0 && F::kPrefetch <= half)
            tree.prefetch(pair - 1, block, group + half - F::kPrefetch);
          p1[c] = tree.point(pair, 0, block, group, &room[2 * c]);
          p2[c] = tree.point(pair, 1, block, group, &room[2 * c + 1]);
          inv[c] = F::mul(run[c], prefix_end[c]);
        }
        for (int c = 0; c < C; ++c) run[c] = F::mul(run[c], F::sub(p2[c]->x, p1[c]->x));
        for (int c = 0; c < C; ++c) lam[c] = F::mul(F::sub(p2[c]->y, p1[c]->y), inv[c]);
        for (int c = 0; c < C; ++c) x3[c] = F::square_minus_two(lam[c], p1[c]->x, p2[c]->x);
        for (int c = 0; c < C; ++c) {
          Point<F>* out = tree.result(pair, block, c * half + g);  // may be p1[c]: x goes last
          out->y = F::product_minus(lam[c], F::sub(p1[c]->x, x3[c]), p1[c]->y);
          out->x = x3[c];
        }
      }
    }
  }
}

/// One level. Marks the signatures that it cannot add.
template <typename F, int C, typename Operands, std::size_t T>
inline void add_level(const Operands (&trees)[T], const Block& block, typename F::Fe* prefix) {
  typename F::Fe run[C];
  std::size_t additions = 0;
  for (const Operands& tree : trees) additions += tree.pairs * block.groups;
  if (additions == 0) return;
  multiply_differences<F, C>(trees, block, prefix, run);
  if (!invert_all<F, C>(run)) {
    set_aside_equal_x<F>(trees, block);
    multiply_differences<F, C>(trees, block, prefix, run);
    if (!invert_all<F, C>(run)) {
      // Cannot be: what was put aside differs. Nobody is accepted on the strength of it.
      for (std::size_t i = 0; i < block.groups * F::kLanes; ++i) block.use_scalar[i] = 1;
      return;
    }
  }
  add_pairs<F, C>(trees, block, prefix + additions, run);
}

/// What a tree needs for a block, in the caller's scratch.
template <typename F>
struct TreeColumns {
  std::size_t base_windows, key_windows;
  u64 *base_addresses, *key_addresses;  ///< of table lines, [window][signature]
  typename F::Fe* prefix;               ///< half of all windows, rounded up each, a group
  Point<F>*base_nodes, *key_nodes;      ///< half of the windows, rounded up, a group
};

/// Adds up the base point's windows and the key's; base_nodes[group] and key_nodes[group] become
/// the two sums. `harmless`: two table lines with different x.
template <typename F, int C>
inline void add_windows(const TreeColumns<F>& t, const u64* harmless, const Block& block) {
  const TableOperands<F> tables[2] = {
      {t.base_addresses, t.base_windows / 2, t.base_nodes, harmless},
      {t.key_addresses, t.key_windows / 2, t.key_nodes, harmless}};
  add_level<F, C>(tables, block, t.prefix);
  const std::size_t windows[2] = {t.base_windows, t.key_windows};
  for (int i = 0; i < 2; ++i) {
    if (windows[i] % 2 == 0) continue;
    for (std::size_t group = 0; group < block.groups; ++group) {
      Point<F>* node = tables[i].result(tables[i].pairs, block, group);
      F::gather(tables[i].at(windows[i] - 1, block, group), &node->x, &node->y);
    }
  }
  std::size_t base_count = (windows[0] + 1) / 2, key_count = (windows[1] + 1) / 2;
  for (std::size_t stride = 1; base_count > 1 || key_count > 1; stride *= 2) {
    const NodeOperands<F> level[2] = {{t.base_nodes, base_count / 2, stride},
                                      {t.key_nodes, key_count / 2, stride}};
    add_level<F, C>(level, block, t.prefix);
    base_count = (base_count + 1) / 2;
    key_count = (key_count + 1) / 2;
  }
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_TREE_INL_H_
