#ifndef JOTMILL_INPUT_FRAME_BATCH_H_
#define JOTMILL_INPUT_FRAME_BATCH_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/bytes.h"
#include "input/decoder.h"

namespace jotmill {

/// Threads that share out numbered pieces of work. The caller works too, and waits for the others.
class Crew {
 public:
  /// `helpers` threads beside the caller; fewer when the system has none to give.
  explicit Crew(unsigned helpers);
  ~Crew();
  Crew(const Crew&) = delete;
  unsigned size() const { return static_cast<unsigned>(threads_.size()) + 1; }

  /// Calls work(member, i) for each i below `count`, once each, in any order; `member` is below
  /// size() and one thread's own.
  void each(std::size_t count, const std::function<void(unsigned, std::size_t)>& work);

 private:
  void help(unsigned member);
  void take_pieces(unsigned member, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
  const std::function<void(unsigned, std::size_t)>* work_ = nullptr;
  std::size_t next_ = 0, count_ = 0, undone_ = 0;
  bool leaving_ = false;
};

/// Decodes the frames at the front of a stream that say their sizes (BGZF blocks, zstd frames with
/// a content size), many at once, their bytes in order. Whatever is not as it says is left to the
/// decoder that goes through a stream in sequence: this one never judges damage. Memory: kMostReady
/// and one frame more, whatever the headers claim.
class FrameBatch {
 public:
  static constexpr std::size_t kMostReady = std::size_t{8} << 20;

  FrameBatch(MakeFrameCodec* make, unsigned threads) : make_(make), threads_(threads) {}

  struct Did {
    std::size_t taken = 0;  ///< bytes from the front of `in`: whole frames that were decoded
    std::size_t frames = 0;
    bool wants_more = false;  ///< nothing was taken, and `in` may be the beginning of a frame
    bool refused = false;     ///< the frame behind those is not as it says
  };
  /// Nothing of what it made before may be left in ready().
  Did decode(Bytes in);

  /// Decoded and not yet taken.
  Bytes ready() const { return Bytes(ready_.data() + ready_at_, ready_end_ - ready_at_); }
  void take(std::size_t bytes) { ready_at_ += bytes; }

 private:
  struct Frame {
    std::size_t at = 0, packed = 0, out_at = 0, unpacked = 0;
    bool good = false;
  };
  bool gather(Bytes in);

  MakeFrameCodec* make_;
  unsigned threads_;
  std::unique_ptr<Crew> crew_;                       ///< made for the first batch
  std::vector<std::unique_ptr<FrameCodec>> codecs_;  ///< one a member of the crew
  std::vector<Frame> frames_;
  std::vector<std::uint8_t> ready_;
  std::size_t ready_at_ = 0, ready_end_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_FRAME_BATCH_H_
