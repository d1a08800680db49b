#ifndef JOTMILL_KERNELS_LANE52_MONT52_INL_H_
#define JOTMILL_KERNELS_LANE52_MONT52_INL_H_

// Montgomery products of long numbers (Montgomery 1985), written once over the lanes of lane52.h.
//
// Problem: a 2048-bit product and its reduction are 40 x 40 limb products each. One addition and
// one load for each of them would cost more than the multiplications.
// Idea: operand scanning in blocks of kRows rows. The rows' limbs stand in registers, one sweep
// goes over the other operand, and a column comes into a register and leaves it once a block; the
// multiplier adds to what it holds so far, so that no addition is left over. The columns grow
// without carries (below 2^61 for 80 limbs: four times 80 halves); carries are taken once, while
// the last sweep of a reduction hands out its columns. A square computes each cross product once
// and doubles the columns. The one serial chain is the choice of the reduction's multipliers m:
// kGroups groups go through it side by side. It is short, since all blocks but the last reduce by
// n k0, which is -1 mod 2^52: a multiplier is then what stands in its column. (The last block takes
// n itself, so that the result is as small as ever.) Cost of a square of N limbs: N (N + 1) / 2 +
// N^2 products and kRows low products; of a multiplication 2 N^2 and kRows. Rejected: product
// scanning (two loads a product), doubling the rows of a square before the multiplication (53 bits
// do not fit the multiplier), the low and the high halves of a column in registers of their own
// (three additions a column).
//
// Numbers are below 2n on the way in and below n (1 + 4n/R + 2^-(52 (kRows - 1))) on the way out, R
// = 2^(52 kLimbs) > 2^32 n: no subtraction between products.

#include "kernels/lane52/lane52.h"

namespace jotmill::kernels {
namespace {

/// What the columns of product and reduction gain by the biases of their halves, negated: each
/// column starts from it (or gains it on the way) and ends free of bias.
template <int kLimbs>
struct ColumnBias {
  std::uint64_t of[2 * kLimbs];
};

template <class L, int kLimbs, int kRows>
constexpr ColumnBias<kLimbs> make_column_bias() {
  ColumnBias<kLimbs> bias{};
  const auto row_from = [&bias](int first) {
    for (int k = first; k < first + kLimbs; ++k) {
      bias.of[k] -= L::kLowBias;
      bias.of[k + 1] -= L::kHighBias;
    }
  };
  for (int i = 0; i < kLimbs; ++i) {
    row_from(i);                               // of the product
    row_from(i < kLimbs - kRows ? i + 1 : i);  // of the reduction, by n k0 or by n
  }
  return bias;
}

/// Takes the columns of a sweep, lowest first: back to where they came from.
template <class L>
struct ToColumns {
  typename L::Word* t;
  void put(int column, typename L::Word w) { t[column] = w; }
};

/// Or as limbs of the result: carries are taken.
template <class L>
struct ToLimbs {
  typename L::Factor* x;
  typename L::Word carry;
  void put(int column, typename L::Word w) {
    const typename L::Word limb = L::add(w, carry);
    x[column] = L::split(limb, carry);
  }
};

template <class L, int kLimbs, int kRows>
struct Mont52 {
  static_assert(kLimbs % kRows == 0 && kLimbs > kRows, "blocks of whole rows");
  static_assert(kRows % 2 == 0, "square_rows doubles pairs of columns");
  using Word = typename L::Word;
  using Factor = typename L::Factor;

  /// kLanes numbers with a modulus each, and the columns that they are multiplied in.
  struct Group {
    Factor n[kLimbs];  ///< the moduli, odd
    Factor k0;         ///< -1/n mod 2^52
    /// (n k0 + 1) / 2^52: with m = c mod 2^52, c + m n k0 is 2^52 times (c >> 52) + m n_k0.
    Factor n_k0[kLimbs];
    Factor x[kLimbs];  ///< the numbers
    Factor y[kLimbs];  ///< other operands
    Word t[2 * kLimbs];
  };

  /// n_k0 from n and k0. The lowest limb of n k0 is 2^52 - 1, so the 1 added to it is a carry.
  static void derive(Group& group) {
    Word above = L::set(0), carry = L::set(1);
    for (int i = 0; i < kLimbs; ++i) {
      Word low = L::set(0 - L::kLowBias), high = L::set(0 - L::kHighBias);
      L::mac(low, high, group.k0, group.n[i]);
      const Word limb = L::add(L::add(low, above), carry);
      if (i > 0) group.n_k0[i - 1] = L::factor(limb);
      carry = L::high(limb);
      above = high;
    }
    group.n_k0[kLimbs - 1] = L::factor(L::add(above, carry));
  }

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
  static constexpr ColumnBias<kLimbs> kBias = make_column_bias<L, kLimbs, kRows>();

  /// One limb of the other operand times all rows: adds to the columns t[0] to t[kRows], the lower
  /// kRows of which are in `live`, hands out the first and moves the others up.
  template <class To>
  [[gnu::always_inline]] static inline void step(const Factor (&row)[kRows], Factor limb,
                                                 Word (&live)[kRows + 1], const Word* t, int column,
                                                 To& to) {
    live[kRows] = t[column + kRows];
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      L::mac(live[r.value], live[r.value + 1], row[r.value], limb);
    });
    to.put(column, live[0]);
    // One column on. A plain renaming once it is unrolled.
    unrolled<0, kRows>([&](auto r)
                           __attribute__((always_inline)) { live[r.value] = live[r.value + 1]; });
  }

  /// The parallelogram rows[r] b[j] -> column j + r, r < kRows, j < count (a multiple of kRows);
  /// `live` holds the columns 0 to kRows - 1, t the others.
  template <class To>
  [[gnu::always_inline]] static inline void sweep(const Factor (&row)[kRows], const Factor* b,
                                                  int count, Word (&live)[kRows + 1], const Word* t,
                                                  To& to) {
    for (int j = 0; j < count; j += kRows) {
      unrolled<0, kRows>([&](auto u) __attribute__((always_inline)) {
        step(row, b[j + u.value], live, t, j + u.value, to);
      });
    }
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      to.put(count + r.value, live[r.value]);
    });
  }

  [[gnu::always_inline]] static inline void load_rows(const Factor* from, Factor (&row)[kRows]) {
    unrolled<0, kRows>([&](auto r)
                           __attribute__((always_inline)) { row[r.value] = from[r.value]; });
  }
  [[gnu::always_inline]] static inline void load_columns(const Word* t, Word (&live)[kRows + 1]) {
    unrolled<0, kRows>([&](auto c) __attribute__((always_inline)) { live[c.value] = t[c.value]; });
  }

  static void multiply_columns(const Factor* a, const Factor* b, Word* t) {
    for (int k = 0; k < 2 * kLimbs; ++k) t[k] = L::set(kBias.of[k]);
    for (int i = 0; i < kLimbs; i += kRows) {
      Factor row[kRows];
      Word live[kRows + 1];
      load_rows(a + i, row);
      load_columns(t + i, live);
      ToColumns<L> to{t + i};
      sweep(row, b, kLimbs, live, t + i, to);
    }
  }

  static void square_columns(const Factor* a, Word* t) {
    for (int k = 2 * kRows; k < 2 * kLimbs; ++k) t[k] = L::set(0);
    square_rows<true>(a, t, kBias.of, kLimbs - kRows);
    for (int i = kRows; i < kLimbs; i += kRows)
      square_rows<false>(a + i, t + 2 * i, kBias.of + 2 * i, kLimbs - i - kRows);
  }

  /// Columns 2 r and 2 r + 1 of a square, a being limb r: cross products go in twice, its own
  /// square once.
  [[gnu::always_inline]] static inline void double_columns(Word& low, Word& high, Factor a,
                                                           const std::uint64_t* bias) {
    low = L::add(L::add(low, low), L::set(bias[0]));
    high = L::add(L::add(high, high), L::set(bias[1]));
    L::mac(low, high, a, a);
  }

  /// a[r] a[s] -> column r + s, r < kRows, r <= s < kRows + rest: no other rows come to the columns
  /// 0 to 2 kRows - 1, which are doubled and get the squares. None has come to any if kFirst.
  template <bool kFirst>
  static void square_rows(const Factor* a, Word* t, const std::uint64_t* bias, int rest) {
    Factor row[kRows];
    Word block[2 * kRows];
    load_rows(a, row);
    unrolled<0, 2 * kRows>([&](auto c) __attribute__((always_inline)) {
      block[c.value] = kFirst ? L::set(0) : t[c.value];
    });
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      unrolled<r.value + 1, kRows>([&](auto s) __attribute__((always_inline)) {
        L::mac(block[r.value + s.value], block[r.value + s.value + 1], row[r.value], row[s.value]);
      });
    });
    unrolled<0, kRows / 2>([&](auto r) __attribute__((always_inline)) {
      double_columns(block[2 * r.value], block[2 * r.value + 1], row[r.value], bias + 2 * r.value);
      t[2 * r.value] = block[2 * r.value];
      t[2 * r.value + 1] = block[2 * r.value + 1];
    });
    Word live[kRows + 1];
    unrolled<0, kRows>([&](auto c) __attribute__((always_inline)) {
      live[c.value] = block[kRows + c.value];
    });
    ToColumns<L> to{t + kRows};
    sweep(row, a + kRows, rest, live, t + kRows, to);
    for (int r = kRows / 2; r < kRows; ++r)
      double_columns(t[2 * r], t[2 * r + 1], a[r], bias + 2 * r);
  }

  /// x := t / R mod n in every group: kRows columns at a time become 0 by adding a multiple of n.
  template <int kGroups>
  static void reduce(Group* groups) {
    constexpr int kLast = kLimbs - kRows;
    Factor m[kGroups][kRows];
    for (int i = 0; i < kLast; i += kRows) {
      choose_multipliers<kGroups, false>(groups, i, m);
      for (int g = 0; g < kGroups; ++g) add_n_k0(m[g], groups[g].n_k0, groups[g].t + i + kRows);
    }
    choose_multipliers<kGroups, true>(groups, kLast, m);
    for (int g = 0; g < kGroups; ++g) add_n(m[g], groups[g].n, groups[g].t + kLimbs, groups[g].x);
  }

  /// m[r] such that m n k0 (of the last block: m n) makes the columns t[i] to t[i + kRows - 1]
  /// vanish, and the part of it that falls into them: all that the next multiplier waits for. Their
  /// carry goes to t[i + kRows].
  template <int kGroups, bool kLastBlock>
  static void choose_multipliers(Group* groups, int i, Factor (&m)[kGroups][kRows]) {
    Word block[kGroups][kRows + 1];
    unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
      unrolled<0, kRows + 1>([&](auto c) __attribute__((always_inline)) {
        block[g.value][c.value] = groups[g.value].t[i + c.value];
      });
    });
    unrolled<0, kRows>([&](auto r) __attribute__((always_inline)) {
      unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
        const Group& group = groups[g.value];
        Word* columns = block[g.value];
        Word column = columns[r.value];
        Factor multiplier;
        if constexpr (kLastBlock) {
          multiplier = L::low_product(L::factor(column), group.k0);
          L::mac(column, columns[r.value + 1], multiplier, group.n[0]);
        } else {
          multiplier = L::factor(column);
        }
        const Factor* rest = kLastBlock ? group.n + 1 : group.n_k0;
        unrolled<1, kRows - r.value>([&](auto s) __attribute__((always_inline)) {
          L::mac(columns[r.value + s.value], columns[r.value + s.value + 1], multiplier,
                 rest[s.value - 1]);
        });
        columns[r.value + 1] = L::add(columns[r.value + 1], L::high(column));
        m[g.value][r.value] = multiplier;
      });
    });
    unrolled<0, kGroups>([&](auto g) __attribute__((always_inline)) {
      groups[g.value].t[i + kRows] = block[g.value][kRows];
    });
  }

  /// m[r] b[s - 1] -> column r + s - kRows, 0 < s < kRows, where that is one; b is n_k0, or n
  /// without its lowest limb. In `live` as far as columns go.
  [[gnu::always_inline]] static inline void begin_multiple(const Factor (&row)[kRows],
                                                           const Factor* b,
                                                           Word (&live)[kRows + 1]) {
    unrolled<1, kRows>([&](auto s) __attribute__((always_inline)) {
      const Factor limb = b[s.value - 1];
      unrolled<kRows - s.value, kRows>([&](auto r) __attribute__((always_inline)) {
        constexpr int kTo = r.value + s.value - kRows;
        L::mac(live[kTo], live[kTo + 1], row[r.value], limb);
      });
    });
  }

  /// The rest of m n k0: what choose_multipliers left, t being t[i + kRows] there.
  static void add_n_k0(const Factor (&m)[kRows], const Factor* n_k0, Word* t) {
    Factor row[kRows];
    Word live[kRows + 1];
    load_rows(m, row);
    load_columns(t, live);
    begin_multiple(row, n_k0, live);
    ToColumns<L> first{t};
    step(row, n_k0[kRows - 1], live, t, 0, first);
    ToColumns<L> to{t + 1};
    sweep(row, n_k0 + kRows, kLimbs - kRows, live, t + 1, to);
  }

  /// The rest of m n in the last block, and the limbs of the result.
  static void add_n(const Factor (&m)[kRows], const Factor* n, const Word* t, Factor* x) {
    Factor row[kRows];
    Word live[kRows + 1];
    load_rows(m, row);
    load_columns(t, live);
    begin_multiple(row, n + 1, live);
    ToLimbs<L> to{x, L::set(0)};
    sweep(row, n + kRows, kLimbs - kRows, live, t, to);
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_MONT52_INL_H_
