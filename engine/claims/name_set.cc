#include "claims/name_set.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace jotmill {
namespace {

/// Up to here comparing all pairs is cheaper than sorting.
constexpr std::size_t kFewNames = 32;

/// Which names there may have been: one of 512 bits by length, first, middle and last byte, which
/// the names of one token seldom share. With 64 bits every third token had two names on one bit,
/// and comparing those names cost more than all filters.
class NameFilter {
 public:
  /// False: no name before had this bit.
  bool test_and_set(std::string_view name) {
    const std::uint64_t bits = mix(name) * 0x9E3779B97F4A7C15u >> 55;
    std::uint64_t& word = seen_[bits / 64];
    const std::uint64_t bit = std::uint64_t{1} << bits % 64;
    const bool was_set = (word & bit) != 0;
    word |= bit;
    return was_set;
  }

 private:
  static std::uint64_t mix(std::string_view name) {
    if (name.empty()) return 0;
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(name[i]));
    };
    return name.size() + (byte(0) << 8 | byte(name.size() / 2) << 16 | byte(name.size() - 1) << 24);
  }
  std::array<std::uint64_t, 8> seen_{};
};

}  // namespace

bool NameSet::assign(std::span<const std::string_view> names) {
  names_ = names;
  sorted_.clear();
  if (names.size() > kFewNames) {
    sorted_.assign(names.begin(), names.end());
    std::sort(sorted_.begin(), sorted_.end());
    return std::adjacent_find(sorted_.begin(), sorted_.end()) == sorted_.end();
  }
  NameFilter seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!seen.test_and_set(names[i])) continue;
    const auto before = names.first(i);
    if (std::find(before.begin(), before.end(), names[i]) != before.end()) return false;
  }
  return true;
}

bool NameSet::contains(std::string_view name) const {
  if (!sorted_.empty()) return std::binary_search(sorted_.begin(), sorted_.end(), name);
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

}  // namespace jotmill
