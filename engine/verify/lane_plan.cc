#include "verify/lane_plan.h"

#include <algorithm>

#include "core/check.h"

namespace jotmill {

std::uint64_t LanePlan::pack(const Piece& piece) {
  JM_CHECK(piece.family < 16 && piece.size < (1u << kSizeBits) && piece.index < (1u << kIndexBits));
  const std::uint64_t length = piece.length & ((1u << kLengthBits) - 1);
  return std::uint64_t{piece.family} << (kSizeBits + kLengthBits + kIndexBits) |
         std::uint64_t{piece.size} << (kLengthBits + kIndexBits) | length << kIndexBits |
         piece.index;
}

void LanePlan::make() {
  order_.clear();
  groups_.clear();
  if (!std::is_sorted(packed_.begin(), packed_.end())) std::sort(packed_.begin(), packed_.end());
  std::uint64_t kind = ~std::uint64_t{0};
  for (const std::uint64_t packed : packed_) {
    if (packed >> (kLengthBits + kIndexBits) != kind) {
      kind = packed >> (kLengthBits + kIndexBits);
      groups_.push_back({.family = static_cast<std::uint32_t>(kind >> kSizeBits),
                         .size = static_cast<std::uint32_t>(kind & ((1u << kSizeBits) - 1)),
                         .begin = static_cast<std::uint32_t>(order_.size()),
                         .count = 0});
    }
    ++groups_.back().count;
    order_.push_back(static_cast<std::uint32_t>(packed & ((1u << kIndexBits) - 1)));
  }
}

LaneUse lane_use(std::span<const std::uint32_t> lengths, std::uint32_t lanes) {
  LaneUse use;
  for (std::size_t i = 0; i < lengths.size(); i += lanes) {
    const auto step = lengths.subspan(i, std::min<std::size_t>(lanes, lengths.size() - i));
    std::uint32_t longest = 0;
    for (const std::uint32_t length : step) {
      use.used += length;
      longest = std::max(longest, length);
    }
    use.total += std::uint64_t{longest} * lanes;
  }
  return use;
}

}  // namespace jotmill
