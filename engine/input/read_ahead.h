#ifndef JOTMILL_INPUT_READ_AHEAD_H_
#define JOTMILL_INPUT_READ_AHEAD_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "input/source.h"
#include "jotmill/result.h"

namespace jotmill {

/// The bytes of another reader, read by a thread of its own some way ahead, so that decompression
/// runs beside what is done with its bytes. Same bytes, same end, same error as without it. Memory:
/// kBlocks blocks of kBlockBytes.
class ReadAhead final : public ByteReader {
 public:
  static constexpr std::size_t kBlockBytes = 256 * 1024;
  static constexpr std::size_t kBlocks = 8;

  ~ReadAhead() override { stop(); }

  /// Starts on `reader`, which belongs to the thread until stop(). `interrupted` (may be empty) is
  /// asked by read() alone, while it waits. False: the system has no thread to give; nothing
  /// started.
  bool start(ByteReader& reader, std::function<bool()> interrupted);
  /// From start() to stop(). Any thread may ask.
  bool running() const { return running_; }
  /// Whether the reader should give up what it waits for. For the reader's own thread.
  bool stopping() const { return stopping_; }
  /// Ends the thread; what it read and nobody took is dropped.
  void stop();

  /// Fills up to `wanted` bytes at `to`; 0 means end. An error stays.
  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override;
  /// Handed out so far.
  std::uint64_t bytes_read() const override { return bytes_read_; }

 private:
  struct Block {
    std::vector<std::uint8_t> bytes;
    std::size_t at = 0, have = 0;
  };
  void work(ByteReader& reader);
  Block empty_block();
  bool hand_on(Block block, std::optional<Error> failure);

  std::function<bool()> interrupted_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Block> full_;
  std::vector<Block> empty_;
  bool ended_ = false;            ///< nothing comes behind full_
  std::optional<Error> failure_;  ///< what ended it
  std::atomic<bool> running_ = false, stopping_ = false;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_READ_AHEAD_H_
