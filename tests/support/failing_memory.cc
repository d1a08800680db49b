#include "support/failing_memory.h"

#include <openssl/crypto.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <new>

namespace jotmill::testing {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
std::atomic<std::size_t> calls{0}, first_refused{kNever};
std::atomic<bool> all_after{false}, refused{false};
std::atomic<std::ptrdiff_t> alive{0};

/// Counts a call; false when it must fail.
bool permitted() {
  const std::size_t call = calls++;
  const bool refuse =
      first_refused != kNever && (all_after ? call >= first_refused : call == first_refused);
  if (refuse) {
    refused = true;
    errno = ENOMEM;  // as malloc() says it
  }
  return !refuse;
}

void* take(std::size_t size, std::size_t alignment) {
  if (!permitted()) return nullptr;
  if (size == 0) size = 1;
  void* block = alignment == 0
                    ? std::malloc(size)
                    : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (block) ++alive;
  return block;
}

void give_back(void* block) {
  if (block) --alive;
  std::free(block);
}

void* take_or_throw(std::size_t size, std::size_t alignment) {
  void* block = take(size, alignment);
  if (!block) throw std::bad_alloc();
  return block;
}

void* openssl_malloc(std::size_t size, const char*, int) {
  return permitted() ? std::malloc(size) : nullptr;
}
void* openssl_realloc(void* block, std::size_t size, const char*, int) {
  if (size == 0) {
    std::free(block);
    return nullptr;
  }
  return permitted() ? std::realloc(block, size) : nullptr;
}
void openssl_free(void* block, const char*, int) { std::free(block); }

}  // namespace

void fail_allocation(std::size_t nth, bool lasting) {
  refused = false;
  all_after = lasting;
  calls = 0;
  first_refused = nth;
}

std::size_t allow_allocations() {
  first_refused = kNever;
  return calls;
}

bool was_refused() { return refused; }
std::ptrdiff_t blocks_alive() { return alive; }

bool watch_openssl() {
  return CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1;
}

}  // namespace jotmill::testing

using jotmill::testing::give_back;
using jotmill::testing::take;
using jotmill::testing::take_or_throw;

void* operator new(std::size_t size) { return take_or_throw(size, 0); }
void* operator new[](std::size_t size) { return take_or_throw(size, 0); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size, 0); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return take(size, 0); }
void* operator new(std::size_t size, std::align_val_t at) {
  return take_or_throw(size, static_cast<std::size_t>(at));
}
void* operator new[](std::size_t size, std::align_val_t at) {
  return take_or_throw(size, static_cast<std::size_t>(at));
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { give_back(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { give_back(block); }
