#include "verify/hash_lanes.h"

#include <string.h>  // explicit_bzero

#include <algorithm>
#include <array>
#include <cstring>

#include "core/check.h"

namespace jotmill {
namespace {

using kernels::kSha256BlockBytes;

/// FIPS 180-4 s5.3.3.
constexpr std::array<std::uint32_t, 8> kStart = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr std::size_t kDigestBytes = 32;
/// Messages between two passes: enough for every lane, few enough for the first cache.
constexpr std::size_t kAtATime = 64;

using End = std::array<std::uint8_t, 2 * kSha256BlockBytes>;

/// Four bytes written out: as a loop over a count of bytes g++ stores them one by one.
void write_big_endian(std::uint32_t value, std::uint8_t* out) {
  out[0] = static_cast<std::uint8_t>(value >> 24);
  out[1] = static_cast<std::uint8_t>(value >> 16);
  out[2] = static_cast<std::uint8_t>(value >> 8);
  out[3] = static_cast<std::uint8_t>(value);
}

/// Block by block: the 128 bytes of both at once g++ clears with `rep stos`, which takes longer
/// than a round of hashing.
void clear_block(std::uint8_t* block) { std::memset(block, 0, kSha256BlockBytes); }

/// Behind `rest` bytes of `out`, the last of a message, what makes whole blocks of them (FIPS 180-4
/// s5.1.1); everything behind them is 0. Returns how many, one or two. `hashed`: bytes of the
/// message, HMAC's padded key among them.
std::size_t pad(std::size_t rest, std::uint64_t hashed, End& out) {
  const std::size_t blocks = rest + 1 + 8 > kSha256BlockBytes ? 2u : 1u;
  std::uint8_t* const length = out.data() + blocks * kSha256BlockBytes - 8;
  out[rest] = 0x80;
  write_big_endian(static_cast<std::uint32_t>(8 * hashed >> 32), length);
  write_big_endian(static_cast<std::uint32_t>(8 * hashed), length + 4);
  return blocks;
}

class LaneHash final : public HashEngine {
 public:
  LaneHash(kernels::Sha256BlocksFn* blocks, std::uint32_t lanes) : blocks_(blocks), lanes_(lanes) {}
  ~LaneHash() override { ::explicit_bzero(states_.data(), sizeof states_); }
  LaneHash(const LaneHash&) = delete;
  LaneHash& operator=(const LaneHash&) = delete;

  bool run(Hash hash, std::span<const HashJob> jobs) override {
    JM_CHECK(hash == Hash::kSha256);
    for (std::size_t done = 0; done < jobs.size(); done += kAtATime)
      run_some(jobs.subspan(done, std::min(kAtATime, jobs.size() - done)));
    return true;
  }
  std::uint32_t lanes() const override { return lanes_; }

 private:
  using State = std::array<std::uint32_t, 8>;

  /// Two passes over the messages: their whole blocks where they stand with their padded ends, and
  /// for tags the second hash, of one block.
  void run_some(std::span<const HashJob> jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      set(states_[i], jobs[i].states ? &jobs[i].states->inner : nullptr);
      const std::size_t before = jobs[i].states ? std::size_t{kSha256BlockBytes} : 0;
      const Bytes message = jobs[i].message;
      const std::size_t rest = message.size() % kSha256BlockBytes;
      clear_block(ends_[i].data());
      clear_block(ends_[i].data() + kSha256BlockBytes);
      if (rest > 0) std::memcpy(ends_[i].data(), message.data() + message.size() - rest, rest);
      steps_[i] = {.state = states_[i].data(),
                   .data = message.data(),
                   .blocks = message.size() / kSha256BlockBytes,
                   .end = ends_[i].data(),
                   .end_blocks = pad(rest, before + message.size(), ends_[i])};
    }
    blocks_(steps_.data(), jobs.size());
    std::size_t tags = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!jobs[i].states) continue;
      clear_block(ends_[i].data());
      write(states_[i], ends_[i].data());
      pad(kDigestBytes, kSha256BlockBytes + kDigestBytes, ends_[i]);
      set(states_[i], &jobs[i].states->outer);
      steps_[tags++] = {.state = states_[i].data(),
                        .data = nullptr,
                        .blocks = 0,
                        .end = ends_[i].data(),
                        .end_blocks = 1};
    }
    blocks_(steps_.data(), tags);
    for (std::size_t i = 0; i < jobs.size(); ++i) write(states_[i], jobs[i].out->data());
  }

  static void set(State& state, const std::array<std::uint64_t, 8>* words) {
    if (words == nullptr) {
      state = kStart;
      return;
    }
    for (std::size_t w = 0; w < state.size(); ++w)
      state[w] = static_cast<std::uint32_t>((*words)[w]);
  }
  static void write(const State& state, std::uint8_t* out) {
    for (std::size_t w = 0; w < state.size(); ++w) write_big_endian(state[w], out + 4 * w);
  }

  kernels::Sha256BlocksFn* blocks_;
  std::uint32_t lanes_;
  std::array<State, kAtATime> states_{};  ///< as good as the keys: wiped
  std::array<kernels::Sha256Job, kAtATime> steps_{};
  std::array<End, kAtATime> ends_{};
};

}  // namespace

std::unique_ptr<HashEngine> make_hash_lanes(kernels::Sha256BlocksFn* blocks, std::uint32_t lanes) {
  return std::make_unique<LaneHash>(blocks, lanes);
}

}  // namespace jotmill
