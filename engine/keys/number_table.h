#ifndef JOTMILL_KEYS_NUMBER_TABLE_H_
#define JOTMILL_KEYS_NUMBER_TABLE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace jotmill {

/// Finds numbered things by their hash, which must be seeded where the things are hostile. The
/// things stay with the caller, who says whether a number's thing is the one that is meant.
///
/// Open addressing over pairs of number and half a hash, eight bytes each: a hundred thousand keys
/// are told apart within the cache, and the keys themselves, which are far larger than it, are
/// looked at only where the halves agree.
class NumberTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// `most` numbers can be added.
  explicit NumberTable(std::size_t most) : slots_(std::bit_ceil(2 * most + 1)) {}

  /// The number with this hash for which `same(number)` holds, or kNone.
  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same same) const {
    return slots_[place(hash, same)].number;
  }

  /// The same, but `number` joins the table and is the answer when there is none.
  template <class Same>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t number, Same same) {
    Slot& slot = slots_[place(hash, same)];
    if (slot.number == kNone) slot = {number, mark(hash)};
    return slot.number;
  }

 private:
  struct Slot {
    std::uint32_t number = kNone, mark = 0;
  };
  static std::uint32_t mark(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  // Of the slot that holds the thing, or of the free one where it belongs.
  template <class Same>
  std::size_t place(std::uint64_t hash, Same same) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    while (slots_[i].number != kNone && !(slots_[i].mark == mark(hash) && same(slots_[i].number))) {
      i = (i + 1) & mask;
    }
    return i;
  }

  std::vector<Slot> slots_;
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_NUMBER_TABLE_H_
