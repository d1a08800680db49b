#ifndef JOTMILL_INPUT_MEMORY_READER_TEST_H_
#define JOTMILL_INPUT_MEMORY_READER_TEST_H_

#include <algorithm>
#include <string>
#include <utility>

#include "input/source.h"

namespace jotmill::testing {

/// A text that comes at most `piece` bytes at a time, then ends or `fails`.
class MemoryReader final : public ByteReader {
 public:
  explicit MemoryReader(std::string text, std::size_t piece = std::string::npos, bool fails = false)
      : text_(std::move(text)), piece_(piece), fails_(fails) {}
  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override {
    const std::size_t count = std::min({wanted, piece_, text_.size() - at_});
    if (count == 0 && fails_) return Error{ErrorKind::kFormat, "x", "broken", at_};
    std::copy_n(text_.data() + at_, count, to);
    at_ += count;
    return count;
  }
  std::uint64_t bytes_read() const override { return at_; }

 private:
  std::string text_;
  std::size_t piece_, at_ = 0;
  bool fails_;
};

}  // namespace jotmill::testing

#endif  // JOTMILL_INPUT_MEMORY_READER_TEST_H_
