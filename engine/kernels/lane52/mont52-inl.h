#ifndef JOTMILL_KERNELS_LANE52_MONT52_INL_H_
#define JOTMILL_KERNELS_LANE52_MONT52_INL_H_

// Montgomery products of long numbers (Montgomery 1985), written once over the lanes of lane52.h.
//
// Problem: a 2048-bit product and its reduction are 40 x 40 limb products each. One addition and
// one load for each of them would cost more than the multiplications.
// Idea: operand scanning in blocks of kRows rows. The rows' limbs stand in registers, one sweep
// goes over the other operand, and a column is loaded and stored once a block instead of once a
// row. The columns grow without carries (below 2^61 for 80 limbs: four times 80 halves); carries
// are taken once, in the reduction. A square computes each cross product once and doubles the
// columns. The one serial chain is the choice of the reduction's multipliers m: kGroups groups go
// through it side by side. Cost of a square of N limbs: N (N + 1) / 2 + N^2 products and N low
// products; of a multiplication 2 N^2 and N. Rejected: product scanning (two loads a product),
// doubling the rows of a square before the multiplication (53 bits do not fit the multiplier).
//
// Numbers are below 2n on the way in and below n (1 + 4n/R) on the way out, R = 2^(52 kLimbs) >
// 2^32 n: no subtraction between products.

#include "kernels/lane52/lane52.h"

namespace jotmill::kernels {
namespace {

/// What the columns of product and reduction gain by the biases of their halves, negated: each
/// column starts from it (or gains it on the way) and ends free of bias.
template <class L, int kLimbs>
struct ColumnBias {
  std::uint64_t of[2 * kLimbs];
};

template <class L, int kLimbs>
constexpr ColumnBias<L, kLimbs> make_column_bias() {
  ColumnBias<L, kLimbs> bias{};
  for (int k = 0; k < 2 * kLimbs; ++k) {
    // Limb products i + j = k of a kLimbs x kLimbs grid; their high halves are of column k + 1.
    const auto pairs = [](int column) {
      const int most = column < kLimbs ? column + 1 : 2 * kLimbs - 1 - column;
      return static_cast<std::uint64_t>(column < 0 || most < 0 ? 0 : most);
    };
    bias.of[k] = 0 - 2 * (pairs(k) * L::kLowBias + pairs(k - 1) * L::kHighBias);
  }
  return bias;
}

template <class L, int kLimbs, int kRows>
struct Mont52 {
  static_assert(kLimbs % kRows == 0, "blocks of whole rows");
  using Word = typename L::Word;
  using Factor = typename L::Factor;
  using Column = typename L::Column;

  /// kLanes numbers with a modulus each, and the columns that they are multiplied in.
  struct Group {
    Factor n[kLimbs];  ///< the moduli, odd
    Factor k0;         ///< -1/n mod 2^52
    Factor x[kLimbs];  ///< the numbers
    Factor y[kLimbs];  ///< other operands
    Word t[2 * kLimbs];
  };

  /// x := x^2 / R mod n in every group.
  template <int kGroups>
  static void square(Group* groups) {
    for (int g = 0; g < kGroups; ++g) square_columns(groups[g].x, groups[g].t);
    reduce<kGroups>(groups);
  }

  /// x := x y / R mod n in every group.
  template <int kGroups>
  static void multiply(Group* groups) {
    for (int g = 0; g < kGroups; ++g) multiply_columns(groups[g].x, groups[g].y, groups[g].t);
    reduce<kGroups>(groups);
  }

 private:
  static constexpr ColumnBias<L, kLimbs> kBias = make_column_bias<L, kLimbs>();

  [[gnu::always_inline]] static inline void add_to(Word& column, Word summand) {
    column = L::add(column, summand);
  }

  /// The parallelogram rows[r] b[j] -> t[j + r], r < kRows, j < count (a multiple of kRows), and
  /// what `live` already holds of the columns t[0] to t[kRows - 1].
  [[gnu::always_inline]] static inline void sweep(const Factor* rows, const Factor* b, int count,
                                                  Column (&live)[kRows + 1], Word* t) {
    Factor row[kRows];
    unrolled<0, kRows>([&](auto r)
                           __attribute__((always_inline)) { row[r.value] = rows[r.value]; });
    for (int j = 0; j < count; j += kRows) {
      unrolled<0, kRows>([&](auto u) __attribute__((always_inline)) {
        const Factor limb = b[j + u.value];
        unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
          L::mac(live[r.value], live[r.value + 1], row[r.value], limb);
        });
        add_to(t[j + u.value], L::sum(live[0]));
        // One column on. A plain renaming once it is unrolled.
        L::settle(live[1]);
        unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
          live[r.value] = live[r.value + 1];
        });
        live[kRows] = L::column();
      });
    }
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      add_to(t[count + r.value], L::sum(live[r.value]));
    });
  }

  static void multiply_columns(const Factor* a, const Factor* b, Word* t) {
    for (int k = 0; k < 2 * kLimbs; ++k) t[k] = L::set(kBias.of[k]);
    for (int i = 0; i < kLimbs; i += kRows) {
      Column live[kRows + 1];
      unrolled<0, kRows + 1>([&](auto c)
                                 __attribute__((always_inline)) { live[c.value] = L::column(); });
      sweep(a + i, b, kLimbs, live, t + i);
    }
  }

  static void square_columns(const Factor* a, Word* t) {
    for (int k = 0; k < 2 * kLimbs; ++k) t[k] = L::set(0);
    for (int i = 0; i < kLimbs; i += kRows) cross_products(a + i, kLimbs - i - kRows, t + 2 * i);
    for (int i = 0; i < kLimbs; ++i) {
      Column low = L::column(), high = L::column();
      L::mac(low, high, a[i], a[i]);
      double_column(t[2 * i], L::sum(low), kBias.of[2 * i]);
      double_column(t[2 * i + 1], L::sum(high), kBias.of[2 * i + 1]);
    }
  }

  /// A half of a square goes in once, the cross products in t twice.
  [[gnu::always_inline]] static inline void double_column(Word& t, Word half, std::uint64_t bias) {
    t = L::add(L::add(t, t), L::add(half, L::set(bias)));
  }

  /// a[r] a[s] -> t[r + s] for r < kRows and r < s < kRows + rest.
  static void cross_products(const Factor* a, int rest, Word* t) {
    Column block[2 * kRows + 1];
    unrolled<0, 2 * kRows + 1>([&](auto c) __attribute__((always_inline)) {
      block[c.value] = L::column();
    });
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      unrolled<r.value + 1, kRows>([&](auto s) __attribute__((always_inline)) {
        L::mac(block[r.value + s.value], block[r.value + s.value + 1], a[r.value], a[s.value]);
      });
    });
    unrolled<1, kRows>([&](auto c) __attribute__((always_inline)) {
      add_to(t[c.value], L::sum(block[c.value]));
    });
    Column live[kRows + 1];
    unrolled<0, kRows + 1>([&](auto c) __attribute__((always_inline)) {
      live[c.value] = block[kRows + c.value];
      L::settle(live[c.value]);
    });
    sweep(a, a + kRows, rest, live, t + kRows);
  }

  /// x := t / R mod n in every group: kRows columns at a time become 0 by adding m n, then the
  /// upper half is carried.
  template <int kGroups>
  static void reduce(Group* groups) {
    Factor m[kGroups][kRows];
    for (int i = 0; i < kLimbs; i += kRows) {
      choose_multipliers<kGroups>(groups, i, m);
      for (int g = 0; g < kGroups; ++g) add_multiple(m[g], groups[g].n, groups[g].t + i + kRows);
    }
    Word carry[kGroups];
    unrolled<0, kGroups>([&](auto g)
                             __attribute__((always_inline)) { carry[g.value] = L::set(0); });
    for (int i = 0; i < kLimbs; ++i) {
      unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
        const Word limb = L::add(groups[g.value].t[kLimbs + i], carry[g.value]);
        groups[g.value].t[kLimbs + i] = L::low52(limb);
        groups[g.value].x[i] = L::factor(limb);
        carry[g.value] = L::high(limb);
      });
    }
  }

  /// m[r] such that m n makes the columns t[i] to t[i + kRows - 1] vanish, and the part of m n that
  /// falls into them: all that the next multiplier waits for. Their carry goes to t[i + kRows].
  template <int kGroups>
  static void choose_multipliers(Group* groups, int i, Factor (&m)[kGroups][kRows]) {
    Column block[kGroups][kRows + 1];
    Word carry[kGroups];
    unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
      carry[g.value] = L::set(0);
      unrolled<0, kRows + 1>([&](auto c) __attribute__((always_inline)) {
        block[g.value][c.value] = L::column();
      });
    });
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
        const Group& group = groups[g.value];
        Column* columns = block[g.value];
        const Word column =
            L::add(L::add(group.t[i + r.value], carry[g.value]), L::sum(columns[r.value]));
        const Factor multiplier = L::low_product(L::factor(column), group.k0);
        Column last = L::column();
        L::mac(last, columns[r.value + 1], multiplier, group.n[0]);
        carry[g.value] = L::high(L::add(column, L::sum(last)));
        unrolled<1, kRows - r.value>([&](auto s) __attribute__((always_inline)) {
          L::mac(columns[r.value + s.value], columns[r.value + s.value + 1], multiplier,
                 group.n[s.value]);
        });
        m[g.value][r.value] = multiplier;
      });
    });
    unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
      add_to(groups[g.value].t[i + kRows], L::add(carry[g.value], L::sum(block[g.value][kRows])));
    });
  }

  /// m[r] n[s] -> t[r + s - kRows] for r + s >= kRows: the rest of m n.
  static void add_multiple(const Factor* m, const Factor* n, Word* t) {
    Column live[kRows + 1];
    unrolled<0, kRows + 1>([&](auto c)
                               __attribute__((always_inline)) { live[c.value] = L::column(); });
    unrolled<1, kRows>([&](auto s) __attribute__((always_inline)) {
      unrolled<kRows - s.value, kRows>([&](auto r) __attribute__((always_inline)) {
        constexpr int kTo = r.value + s.value - kRows;
        L::mac(live[kTo], live[kTo + 1], m[r.value], n[s.value]);
      });
    });
    unrolled<0, kRows + 1>([&](auto c)
                               __attribute__((always_inline)) { L::settle(live[c.value]); });
    sweep(m, n + kRows, kLimbs - kRows, live, t);
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_MONT52_INL_H_
