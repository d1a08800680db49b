#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "jotmill/sketches.h"

namespace jotmill {
namespace {

constexpr unsigned kRankBits = 64 - DistinctSketch::kIndexBits;  ///< q of the paper

/// Ertl, equation (10) and (14): what the registers that are still 0, and those that are full,
/// contribute.
double sigma(double x) {
  if (x == 1.0) return std::numeric_limits<double>::infinity();
  double y = 1.0, z = x, before = 0.0;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (z != before);
  return z;
}

double tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double y = 1.0, z = 1.0 - x, before = 0.0;
  do {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1.0 - x) * (1.0 - x) * y;
  } while (z != before);
  return z / 3.0;
}

}  // namespace

void DistinctSketch::raise(std::uint64_t hash) {
  const std::uint64_t rest = hash << kIndexBits;
  const auto rank = static_cast<std::uint8_t>(
      rest == 0 ? kMostRank : static_cast<unsigned>(std::countl_zero(rest)) + 1);
  std::uint8_t& highest = registers[hash >> kRankBits];
  highest = std::max(highest, rank);
}

void DistinctSketch::pour_out() {
  registers.assign(kRegisters, 0);
  for (const std::uint64_t hash : hashes) raise(hash);
  hashes.clear();
}

void DistinctSketch::add_hash(std::uint64_t hash) {
  if (!exact()) return raise(hash);
  hashes.insert(hash);
  if (hashes.size() > kExactHashes) pour_out();
}

void DistinctSketch::add(const DistinctSketch& other) {
  if (other.exact()) {
    for (const std::uint64_t hash : other.hashes) add_hash(hash);
    return;
  }
  if (exact()) pour_out();
  for (std::size_t i = 0; i < kRegisters; ++i) {
    registers[i] = std::max(registers[i], other.registers[i]);
  }
}

std::uint64_t DistinctSketch::estimate() const {
  if (exact()) return hashes.size();
  std::array<std::uint32_t, kMostRank + 1> with_rank{};
  for (const std::uint8_t rank : registers) ++with_rank[rank];
  constexpr auto kM = static_cast<double>(kRegisters);
  double z = kM * tau(1.0 - with_rank[kMostRank] / kM);
  for (unsigned rank = kRankBits; rank >= 1; --rank) z = 0.5 * (z + with_rank[rank]);
  z += kM * sigma(with_rank[0] / kM);
  return static_cast<std::uint64_t>(std::llround(kM * kM / (2.0 * std::numbers::ln2 * z)));
}

}  // namespace jotmill
