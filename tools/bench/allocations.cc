// Counts what the program asks operator new for. Problem: allocations a token is the one number of
// a run that is the same every time, and no library tells it. So operator new is replaced for the
// whole program by one that counts, which the standard provides for ([new.delete.single]). Cost: an
// addition to a number that no other thread touches. Rejected: malloc itself, which sanitizers and
// other allocators want for themselves. So what OpenSSL takes by malloc is not counted.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "tools/bench/counters.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JOTMILL_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JOTMILL_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef JOTMILL_COUNTS_ALLOCATIONS
#define JOTMILL_COUNTS_ALLOCATIONS 1
#endif

#if JOTMILL_COUNTS_ALLOCATIONS

namespace {

constexpr std::size_t kSlots = 64;
struct alignas(64) Slot {
  std::atomic<std::uint64_t> count{0};
};
// operator new has no other place to keep anything.
constinit std::array<Slot, kSlots> g_slots{};
constinit std::atomic<std::size_t> g_threads{0};

void count_one() {
  static thread_local const std::size_t slot =
      g_threads.fetch_add(1, std::memory_order_relaxed) % kSlots;
  g_slots[slot].count.fetch_add(1, std::memory_order_relaxed);
}

void* take(std::size_t bytes, std::size_t alignment) {
  count_one();
  if (bytes == 0) bytes = 1;
  for (;;) {
    void* got = nullptr;
    if (alignment <= alignof(std::max_align_t)) {
      got = std::malloc(bytes);
    } else if (::posix_memalign(&got, alignment, bytes) != 0) {
      got = nullptr;
    }
    if (got != nullptr) return got;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

namespace {
/// compare --run asks the programs that it measures, at their end: each of them is one run.
struct AtExit {
  ~AtExit() {
    const char* wanted = std::getenv(jotmill::tools::kAllocationsFd);
    int fd = 0;
    if (wanted == nullptr || std::sscanf(wanted, "%d", &fd) != 1 || fd < 3) return;
    ::dprintf(fd, "%llu", static_cast<unsigned long long>(*jotmill::tools::allocations_so_far()));
  }
};
const AtExit g_at_exit;
}  // namespace

// The other forms of the standard library are made of these (new[] and nothrow call new).
void* operator new(std::size_t bytes) { return take(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return take(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }

namespace jotmill::tools {
std::optional<std::uint64_t> allocations_so_far() {
  std::uint64_t sum = 0;
  for (const Slot& slot : g_slots) sum += slot.count.load(std::memory_order_relaxed);
  return sum;
}
}  // namespace jotmill::tools

#else

namespace jotmill::tools {
std::optional<std::uint64_t> allocations_so_far() { return std::nullopt; }
}  // namespace jotmill::tools

#endif
