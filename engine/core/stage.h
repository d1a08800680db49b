#ifndef JOTMILL_CORE_STAGE_H_
#define JOTMILL_CORE_STAGE_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace jotmill {

/// The steps of a chunk from bytes to records, in the order in which they are done.
enum class Stage : std::uint8_t {
  kRead,        ///< files, and cutting chunks; not the wait for what is decompressed
  kDecompress,  ///< on a thread of its own; what further threads take for frames is not in it
  kExtract,
  kDecode,
  kHeader,
  kKeys,
  kHash,       ///< digests of signing inputs, and HMAC tags
  kSignature,  ///< everything else of room E
  kPayload,
  kJudge,
  kFormat,
  kCount,
  kWrite,
};
inline constexpr std::size_t kStageCount = 13;
inline constexpr std::array<std::string_view, kStageCount> kStageNames = {
    "read",      "decompress", "extract", "decode", "header", "keys", "hash",
    "signature", "payload",    "judge",   "format", "count",  "write"};

/// Thread-nanoseconds spent in each stage.
using StageTimes = std::array<std::uint64_t, kStageCount>;

/// Splits the time that goes by among stages: lap(s) books everything since the last lap on s. Two
/// clock readings per stage and batch, so some 50 ns for 2,000 tokens.
class StageTimer {
 public:
  explicit StageTimer(StageTimes& times) : times_(times), last_(Clock::now()) {}
  void lap(Stage stage) {
    const Clock::time_point now = Clock::now();
    times_[static_cast<std::size_t>(stage)] += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_).count());
    last_ = now;
  }

 private:
  using Clock = std::chrono::steady_clock;
  StageTimes& times_;
  Clock::time_point last_;
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_STAGE_H_
