#ifndef JOTMILL_KEYS_SECRET_H_
#define JOTMILL_KEYS_SECRET_H_

#include <string.h>  // explicit_bzero: a wipe that the optimiser may not drop

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace jotmill {

/// Overwrites memory with zeros before it goes back to the heap, whoever lets go of it: a vector
/// that grows, an error path, the end of the key ring.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT: implicit, as the allocator rules ask

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    explicit_bzero(static_cast<void*>(memory), count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

template <typename T>
using SecretVector = std::vector<T, WipingAllocator<T>>;

/// Bytes of an HMAC secret, or of a file that may hold one.
using SecretBytes = SecretVector<std::uint8_t>;

}  // namespace jotmill

#endif  // JOTMILL_KEYS_SECRET_H_
