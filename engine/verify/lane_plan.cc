#include "verify/lane_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/check.h"

namespace jotmill {

std::uint64_t LanePlan::pack(const Piece& piece) {
  JM_CHECK(piece.family < 16 && piece.size < (1u << kSizeBits) && piece.index < (1u << kIndexBits));
  const std::uint64_t length = piece.length & ((1u << kLengthBits) - 1);
  return std::uint64_t{piece.family} << (kSizeBits + kLengthBits + kIndexBits) |
         std::uint64_t{piece.size} << (kLengthBits + kIndexBits) | length << kIndexBits |
         piece.index;
}

/// By counting, the lowest byte first and bytes that are equal everywhere left out: one pass or two
/// for a batch, where comparisons take eleven for each of its pieces. Each pass keeps the order of
/// equals, so indices that came in order need none.
void LanePlan::sort() {
  const auto index_of = [](std::uint64_t packed) { return packed & ((1u << kIndexBits) - 1); };
  std::uint64_t varying = 0;
  bool in_order = true, indices_in_order = true;
  for (std::size_t i = 1; i < packed_.size(); ++i) {
    varying |= packed_[i] ^ packed_[i - 1];
    in_order = in_order && packed_[i - 1] <= packed_[i];
    indices_in_order = indices_in_order && index_of(packed_[i - 1]) <= index_of(packed_[i]);
  }
  if (in_order) return;
  passed_.resize(packed_.size());
  for (unsigned shift = indices_in_order ? kIndexBits : 0; shift < 64; shift += 8) {
    const auto byte_of = [shift](std::uint64_t packed) { return packed >> shift & 0xFF; };
    if (byte_of(varying) == 0) continue;
    std::array<std::uint32_t, 257> begin{};
    for (const std::uint64_t packed : packed_) ++begin[byte_of(packed) + 1];
    for (std::size_t byte = 1; byte < begin.size(); ++byte) begin[byte] += begin[byte - 1];
    for (const std::uint64_t packed : packed_) passed_[begin[byte_of(packed)]++] = packed;
    packed_.swap(passed_);
  }
}

void LanePlan::make() {
  order_.clear();
  groups_.clear();
  sort();
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
