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
constexpr std::size_t kAtATime = 32;

void write_big_endian(std::uint64_t value, std::size_t bytes, std::uint8_t* out) {
  for (std::size_t i = 0; i < bytes; ++i)
    out[i] = static_cast<std::uint8_t>(value >> 8 * (bytes - 1 - i));
}

/// What stands behind the whole blocks of a message, padded (FIPS 180-4 s5.1.1): one block or two.
/// `hashed_before`: bytes that the state has eaten already, HMAC's padded key.
std::size_t pad(Bytes message, std::size_t hashed_before, std::uint8_t* out) {
  const std::size_t rest = message.size() % kSha256BlockBytes;
  const std::size_t blocks = rest + 1 + 8 > kSha256BlockBytes ? 2u : 1u;
  const std::size_t end = blocks * kSha256BlockBytes;
  if (rest > 0) std::memmove(out, message.data() + message.size() - rest, rest);
  out[rest] = 0x80;
  std::memset(out + rest + 1, 0, end - 8 - rest - 1);
  write_big_endian(8 * std::uint64_t{hashed_before + message.size()}, 8, out + end - 8);
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

  /// Three passes over the messages: their whole blocks where they stand, their padded ends, and
  /// for tags the second hash, of one block.
  void run_some(std::span<const HashJob> jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      set(states_[i], jobs[i].states ? &jobs[i].states->inner : nullptr);
      steps_[i] = {states_[i].data(), jobs[i].message.data(),
                   jobs[i].message.size() / kSha256BlockBytes};
    }
    blocks_(steps_.data(), jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const std::size_t before = jobs[i].states ? std::size_t{kSha256BlockBytes} : 0;
      steps_[i] = {states_[i].data(), ends_[i].data(),
                   pad(jobs[i].message, before, ends_[i].data())};
    }
    blocks_(steps_.data(), jobs.size());
    std::size_t tags = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!jobs[i].states) continue;
      write(states_[i], ends_[i].data());
      pad({ends_[i].data(), kDigestBytes}, kSha256BlockBytes, ends_[i].data());
      set(states_[i], &jobs[i].states->outer);
      steps_[tags++] = {states_[i].data(), ends_[i].data(), 1};
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
    for (std::size_t w = 0; w < state.size(); ++w) write_big_endian(state[w], 4, out + 4 * w);
  }

  kernels::Sha256BlocksFn* blocks_;
  std::uint32_t lanes_;
  std::array<State, kAtATime> states_{};  ///< as good as the keys: wiped
  std::array<kernels::Sha256Job, kAtATime> steps_{};
  std::array<std::array<std::uint8_t, 2 * kSha256BlockBytes>, kAtATime> ends_{};
};

}  // namespace

std::unique_ptr<HashEngine> make_hash_lanes(kernels::Sha256BlocksFn* blocks, std::uint32_t lanes) {
  return std::make_unique<LaneHash>(blocks, lanes);
}

}  // namespace jotmill
