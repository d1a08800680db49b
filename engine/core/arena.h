#ifndef JOTMILL_CORE_ARENA_H_
#define JOTMILL_CORE_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace jotmill {

/// Bytes past the end of every buffer that a kernel may read or write: SIMD stores go up to 63
/// bytes too far, and simdjson reads up to SIMDJSON_PADDING bytes behind a text.
inline constexpr std::size_t kSlackBytes = 128;

/// A growing buffer of raw bytes, 64-aligned, not initialised, with kSlackBytes behind its
/// capacity. It keeps its memory from batch to batch, so a warm batch allocates nothing. Throws
/// std::bad_alloc.
class Arena {
 public:
  /// Room for `bytes` bytes at data(); what was there is lost when the buffer has to grow.
  void reset(std::size_t bytes) {
    if (bytes <= capacity_) return;
    const std::size_t wanted = (bytes + bytes / 4 + kSlackBytes + 63) / 64 * 64;
    data_.reset();
    capacity_ = 0;
    data_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(64, wanted)));
    if (!data_) throw std::bad_alloc();
    capacity_ = wanted - kSlackBytes;
  }
  std::uint8_t* data() { return data_.get(); }
  const std::uint8_t* data() const { return data_.get(); }
  std::size_t capacity_bytes() const { return capacity_; }

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::uint8_t, Free> data_;
  std::size_t capacity_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_ARENA_H_
