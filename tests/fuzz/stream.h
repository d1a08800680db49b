#ifndef JOTMILL_TESTS_FUZZ_STREAM_H_
#define JOTMILL_TESTS_FUZZ_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jotmill::testing {

/// The input of a fuzzer as a source of numbers and bytes; zeros once it is used up.
class Stream {
 public:
  Stream(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  std::uint8_t byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  std::size_t below(std::size_t bound) { return byte() % bound; }  ///< bound <= 256
  std::vector<std::uint8_t> bytes(std::size_t count) {
    std::vector<std::uint8_t> out(count);
    for (std::uint8_t& one : out) one = byte();
    return out;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_FUZZ_STREAM_H_
