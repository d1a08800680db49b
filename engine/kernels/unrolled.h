#ifndef JOTMILL_KERNELS_UNROLLED_H_
#define JOTMILL_KERNELS_UNROLLED_H_

// Loops written out, for ISA files: everything here has internal linkage.

namespace jotmill::kernels {
namespace {

template <int kValue>
struct Index {
  static constexpr int value = kValue;
};

/// f(Index<kFrom>{}), ..., f(Index<kTo - 1>{}), written out: the compiler sees constants, so that
/// an array indexed with them becomes registers. g++ 12 and clang 14 give loops with a pragma other
/// treatment at times, and clang then keeps the array in memory (three times slower).
template <int kFrom, int kTo, class F>
[[gnu::always_inline]] inline void unrolled(const F& f) {
  if constexpr (kFrom < kTo) {
    f(Index<kFrom>{});
    unrolled<kFrom + 1, kTo>(f);
  }
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_UNROLLED_H_
