#ifndef JOTMILL_VERIFY_LANE_PLAN_H_
#define JOTMILL_VERIFY_LANE_PLAN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "jotmill/work.h"

namespace jotmill {

/// Pieces of work of one batch, put into an order in which neighbours can share the lanes of a
/// kernel: by family, then size, then length. A group is what may share lanes; its pieces may have
/// different keys.
class LanePlan {
 public:
  /// One piece. Equal (family, size) share lanes. `length` orders a group: blocks of a message, or
  /// the key, so that what belongs to one key is fetched once.
  struct Piece {
    std::uint32_t family;  ///< at most 15; the caller's own numbering
    std::uint32_t size;    ///< at most 4095: key bits / 8, or whatever tells sizes apart
    std::uint32_t length;  ///< above 2^20 - 1 only the low bits count: an order, no identity
    std::uint32_t index;   ///< the caller's name for it, below 2^28
  };
  struct Group {
    std::uint32_t family, size;
    std::uint32_t begin, count;  ///< of order()
  };

  void clear() { packed_.clear(); }
  void add(const Piece& piece) { packed_.push_back(pack(piece)); }
  /// Sorts what was added since clear(). Pieces that are equal in everything keep the order of
  /// their indices. Linear.
  void make();

  /// Indices in the planned order, and the groups over them.
  std::span<const std::uint32_t> order() const { return order_; }
  std::span<const Group> groups() const { return groups_; }

 private:
  static constexpr unsigned kIndexBits = 28, kLengthBits = 20, kSizeBits = 12;
  static std::uint64_t pack(const Piece& piece);
  void sort();

  std::vector<std::uint64_t> packed_, passed_;  ///< passed_: where a pass of the sort writes
  std::vector<std::uint32_t> order_;
  std::vector<Group> groups_;
};

/// How full lanes are when pieces of these lengths, in this order, are worked off `lanes` at a
/// time: each step takes as long as its longest piece.
LaneUse lane_use(std::span<const std::uint32_t> lengths, std::uint32_t lanes);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_LANE_PLAN_H_
