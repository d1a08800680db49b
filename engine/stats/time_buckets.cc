#include <utility>

#include "jotmill/sketches.h"

namespace jotmill {
namespace {

std::int64_t start_of(std::int64_t s, std::int64_t width_s) {
  const std::int64_t rest = s % width_s;
  return s - (rest < 0 ? rest + width_s : rest);
}

}  // namespace

void TimeBuckets::count(std::int64_t s, Count counts) {
  if (counts.tokens == 0) return;
  Count& sum = buckets[start_of(s, width_s())];
  sum.tokens += counts.tokens;
  sum.accepted += counts.accepted;
  settle(kMostBuckets);
}

void TimeBuckets::add(const TimeBuckets& other) {
  while (level < other.level) coarsen();
  for (const auto& [start, counts] : other.buckets) count(start, counts);
}

void TimeBuckets::settle(std::size_t most) {
  while (buckets.size() > most && level + 1 < static_cast<int>(kWidths.size())) coarsen();
}

void TimeBuckets::coarsen() {
  ++level;
  std::map<std::int64_t, Count> wider;
  for (const auto& [start, counts] : buckets) {
    Count& sum = wider[start_of(start, width_s())];
    sum.tokens += counts.tokens;
    sum.accepted += counts.accepted;
  }
  buckets = std::move(wider);
}

std::uint64_t TimeBuckets::total() const {
  std::uint64_t sum = 0;
  for (const auto& [start, counts] : buckets) sum += counts.tokens;
  return sum;
}

}  // namespace jotmill
