#include <algorithm>
#include <bit>

#include "jotmill/sketches.h"

namespace jotmill {
namespace {

/// A power of two is cut into 16 buckets, so a bucket is 1/16 of its least value wide.
constexpr unsigned kSubBits = 4;
constexpr std::uint16_t kPerOctave = 1u << kSubBits;

}  // namespace

std::uint16_t Histogram::bucket_of(std::uint64_t value) {
  if (value < kPerOctave) return static_cast<std::uint16_t>(value);
  const unsigned exponent = 63u - static_cast<unsigned>(std::countl_zero(value));
  const unsigned within = static_cast<unsigned>(value >> (exponent - kSubBits)) & (kPerOctave - 1u);
  return static_cast<std::uint16_t>((exponent - kSubBits + 1) * kPerOctave + within);
}

std::uint64_t Histogram::first_of(std::uint16_t bucket) {
  if (bucket < kPerOctave) return bucket;
  const unsigned shift = bucket / kPerOctave - 1u;
  return (std::uint64_t{kPerOctave} + bucket % kPerOctave) << shift;
}

std::uint64_t Histogram::last_of(std::uint16_t bucket) {
  return bucket + 1 == kBucketCount ? std::numeric_limits<std::uint64_t>::max()
                                    : first_of(static_cast<std::uint16_t>(bucket + 1)) - 1;
}

void Histogram::count(std::uint64_t value, std::uint64_t times) {
  if (times == 0) return;
  buckets[bucket_of(value)] += times;
  total += times;
  least = std::min(least, value);
  most = std::max(most, value);
}

void Histogram::add(const Histogram& other) {
  for (const auto& [bucket, times] : other.buckets) buckets[bucket] += times;
  total += other.total;
  least = std::min(least, other.least);
  most = std::max(most, other.most);
}

std::uint64_t Histogram::quantile(unsigned of_1000) const {
  const std::uint64_t share = total / 1000 * of_1000 + (total % 1000 * of_1000 + 999) / 1000;
  std::uint64_t wanted = std::max<std::uint64_t>(share, 1);
  for (const auto& [bucket, times] : buckets) {
    if (times >= wanted) return std::min(last_of(bucket), most);
    wanted -= times;
  }
  return most;
}

std::uint64_t Histogram::between(std::uint64_t from, std::uint64_t to) const {
  std::uint64_t sum = 0;
  for (auto at = buckets.lower_bound(bucket_of(from)); at != buckets.end(); ++at) {
    if (first_of(at->first) > to) break;
    sum += at->second;
  }
  return sum;
}

}  // namespace jotmill
