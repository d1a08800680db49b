// The caller's scratch memory, handed out in columns.

#ifndef JOTMILL_KERNELS_ECC_SCRATCH_INL_H_
#define JOTMILL_KERNELS_ECC_SCRATCH_INL_H_

#include "kernels/ecc/tree-inl.h"

namespace jotmill::kernels {
namespace {

/// The next `count` of T, 64-byte aligned.
template <typename T>
inline T* take(std::uint8_t** scratch, std::size_t count) {
  T* out = reinterpret_cast<T*>(*scratch);
  *scratch += (count * sizeof(T) + 63) / 64 * 64;
  return out;
}

/// The columns of a tree over `size` signatures.
template <typename F>
inline TreeColumns<F> take_tree(std::uint8_t** scratch, std::size_t size, std::size_t base_windows,
                                std::size_t key_windows) {
  const std::size_t groups = size / F::kLanes;
  const std::size_t base_half = (base_windows + 1) / 2, key_half = (key_windows + 1) / 2;
  TreeColumns<F> t{};
  t.base_windows = base_windows;
  t.key_windows = key_windows;
  t.base_addresses = take<u64>(scratch, base_windows * size);
  t.key_addresses = take<u64>(scratch, key_windows * size);
  t.prefix = take<typename F::Fe>(scratch, (base_half + key_half) * groups);
  t.base_nodes = take<Point<F>>(scratch, base_half * groups);
  t.key_nodes = take<Point<F>>(scratch, key_half * groups);
  return t;
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_SCRATCH_INL_H_
