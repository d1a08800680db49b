#ifndef JOTMILL_PIPELINE_TIMED_READER_H_
#define JOTMILL_PIPELINE_TIMED_READER_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "input/source.h"

namespace jotmill {

/// Another reader, and how long its read() took so far: two clock readings for each call of some
/// 256 KiB. Any thread may ask.
class TimedReader final : public ByteReader {
 public:
  explicit TimedReader(ByteReader& reader) : reader_(&reader) {}
  void begin(ByteReader& reader) { reader_ = &reader; }

  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override {
    const Clock::time_point start = Clock::now();
    Result<std::size_t> got = reader_->read(to, wanted);
    ns_ += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
    return got;
  }
  std::uint64_t bytes_read() const override { return reader_->bytes_read(); }
  bool seek(std::uint64_t offset_bytes) override { return reader_->seek(offset_bytes); }
  std::uint64_t ns() const { return ns_; }

 private:
  using Clock = std::chrono::steady_clock;
  ByteReader* reader_;
  std::atomic<std::uint64_t> ns_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_TIMED_READER_H_
