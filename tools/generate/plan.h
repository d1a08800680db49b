#ifndef JOTMILL_TOOLS_GENERATE_PLAN_H_
#define JOTMILL_TOOLS_GENERATE_PLAN_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/generate/world.h"

namespace jotmill::tools {

/// What stands at one place of the capture.
struct Slot {
  const Variant* variant = nullptr;        ///< a fault or an oddity; null: a plain good token
  std::optional<std::uint32_t> pool_rank;  ///< or: this token of the pool, once more
};

/// Spreads a share evenly with jitter: the places are cut into runs of 1 / share, and one place of
/// each run is taken at random. So the share is met exactly, and which place it is depends on
/// nothing but the seed.
class Spread {
 public:
  Spread(std::uint64_t seed, std::uint32_t what, std::uint32_t per_million)
      : seed_(seed), what_(what), per_million_(per_million) {}
  /// The number of the run whose place this is, or nothing.
  std::optional<std::uint64_t> at(std::uint64_t index) const;

 private:
  std::uint64_t seed_;
  std::uint32_t what_;
  std::uint32_t per_million_;
};

/// How many of the first `index` places a regular share of `per_million` takes.
constexpr std::uint64_t taken_before(std::uint64_t index, std::uint32_t per_million) {
  return index / kMillion * per_million + index % kMillion * per_million / kMillion;
}

/// Decides what each token of a capture is. A function of (world, seed, count) and the index alone.
class Plan {
 public:
  Plan(const World& world, std::uint64_t seed, std::uint64_t count);

  std::uint32_t pool_size() const { return static_cast<std::uint32_t>(pool_up_to_.size()); }
  Slot at(std::uint64_t index) const;
  /// The token of the pool itself.
  Slot pool_at(std::uint32_t rank) const;

 private:
  void weigh_pool();
  std::uint32_t draw_rank(Rng& rng) const;

  const World& world_;
  std::uint64_t seed_;
  std::vector<double> pool_up_to_;  ///< Zipf: running sums of the ranks' shares, the last is 1
  Spread faults_, oddities_;
  std::uint32_t repeat_ = 0;  ///< per million of the places without a fault or an oddity
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_PLAN_H_
