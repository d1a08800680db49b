#include "tools/generate/plan.h"

#include <algorithm>
#include <cmath>

namespace jotmill::tools {
namespace {

constexpr std::uint32_t kFaultSpread = 1;
constexpr std::uint32_t kOdditySpread = 2;

bool takes(std::uint64_t index, std::uint32_t per_million) {
  return taken_before(index + 1, per_million) > taken_before(index, per_million);
}

const Variant* scheduled(const std::vector<const Variant*>& schedule, std::uint64_t ordinal) {
  return schedule[ordinal % schedule.size()];
}

std::uint32_t per_million(double share) {
  return static_cast<std::uint32_t>(std::lround(std::clamp(share, 0.0, 1.0) * kMillion));
}

}  // namespace

std::optional<std::uint64_t> Spread::at(std::uint64_t index) const {
  if (per_million_ == 0) return std::nullopt;
  const auto start_of = [this](std::uint64_t run) {
    return static_cast<std::uint64_t>(
        (static_cast<unsigned __int128>(run) * kMillion + per_million_ - 1) / per_million_);
  };
  // The run that holds `index`; rounding may leave the quotient one too low.
  auto run =
      static_cast<std::uint64_t>(static_cast<unsigned __int128>(index) * per_million_ / kMillion);
  if (start_of(run + 1) <= index) ++run;
  const std::uint64_t start = start_of(run);
  Rng rng(seed_, Stream::kSlot, run << 8 | what_);
  return start + rng.below(start_of(run + 1) - start) == index ? std::optional(run) : std::nullopt;
}

Plan::Plan(const World& world, std::uint64_t seed, std::uint64_t count)
    : world_(world),
      seed_(seed),
      faults_(seed, kFaultSpread, 0),
      oddities_(seed, kOdditySpread, 0) {
  const Recipe& recipe = world.recipe();
  double repeats = 0;
  double faulty_repeats = 0;
  if (recipe.repeats.share > 0) {
    pool_up_to_.resize(std::min<std::uint64_t>(recipe.repeats.pool, count));
    weigh_pool();
    // The first time a token of the pool comes it is not yet a repeat.
    repeats = recipe.repeats.share / double{kMillion} +
              static_cast<double>(pool_size()) / static_cast<double>(count);
    double before = 0;
    for (std::uint32_t rank = 0; rank < pool_size(); before = pool_up_to_[rank++]) {
      if (takes(rank, recipe.faults.share)) faulty_repeats += pool_up_to_[rank] - before;
    }
  }
  // Repeats bring their own faults; the rest of the share falls to tokens that come once.
  const double faults =
      std::max(0.0, recipe.faults.share / double{kMillion} - repeats * faulty_repeats);
  const double oddities = recipe.oddities.share / double{kMillion};
  faults_ = Spread(seed, kFaultSpread, per_million(faults));
  oddities_ = Spread(seed, kOdditySpread, per_million(oddities));
  const double free = (1 - faults) * (1 - oddities);
  repeat_ = free > 0 ? per_million(repeats / free) : 0;
}

void Plan::weigh_pool() {
  double sum = 0;
  for (std::size_t rank = 0; rank < pool_up_to_.size(); ++rank) {
    sum += std::pow(static_cast<double>(rank + 1), -world_.recipe().repeats.zipf);
    pool_up_to_[rank] = sum;
  }
  for (double& up_to : pool_up_to_) up_to /= sum;
}

std::uint32_t Plan::draw_rank(Rng& rng) const {
  const auto at = std::ranges::upper_bound(pool_up_to_, rng.unit());
  return static_cast<std::uint32_t>(
      std::min<std::ptrdiff_t>(at - pool_up_to_.begin(), pool_size() - 1));
}

Slot Plan::at(std::uint64_t index) const {
  if (const auto ordinal = faults_.at(index))
    return {.variant = scheduled(world_.fault_schedule(), *ordinal), .pool_rank = {}};
  if (const auto ordinal = oddities_.at(index)) {
    return {.variant = scheduled(world_.oddity_schedule(), *ordinal), .pool_rank = {}};
  }
  Rng rng(seed_, Stream::kRepeat, index);
  if (pool_size() > 0 && rng.chance(repeat_))
    return {.variant = nullptr, .pool_rank = draw_rank(rng)};
  return {};
}

Slot Plan::pool_at(std::uint32_t rank) const {
  const Recipe& recipe = world_.recipe();
  if (takes(rank, recipe.faults.share)) {
    // From the far end, so that the pool does not repeat what the first faults of the capture are.
    const auto& schedule = world_.fault_schedule();
    const std::uint64_t ordinal = taken_before(rank, recipe.faults.share) % schedule.size();
    return {.variant = schedule[schedule.size() - 1 - ordinal], .pool_rank = {}};
  }
  // A few ranks aside, or the faults would always take the oddities' places.
  if (takes(rank + 7, recipe.oddities.share)) {
    return {.variant =
                scheduled(world_.oddity_schedule(), taken_before(rank + 7, recipe.oddities.share)),
            .pool_rank = {}};
  }
  return {};
}

}  // namespace jotmill::tools
