#include "claims/name_set.h"

#include <algorithm>
#include <cstdint>

namespace jotmill {
namespace {

/// Up to here comparing all pairs is cheaper than sorting.
constexpr std::size_t kFewNames = 32;

/// One of 64 bits by length, first and last bytes: names of one token seldom share all three.
std::uint64_t filter_bit(std::string_view name) {
  std::uint64_t mix = name.size();
  if (!name.empty()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(name[i]));
    };
    mix += byte(0) << 8 | byte(name.size() / 2) << 16 | byte(name.size() - 1) << 24;
  }
  return std::uint64_t{1} << (mix * 0x9E3779B97F4A7C15u >> 58);
}

}  // namespace

bool NameSet::assign(std::span<const std::string_view> names) {
  names_ = names;
  sorted_.clear();
  if (names.size() > kFewNames) {
    sorted_.assign(names.begin(), names.end());
    std::sort(sorted_.begin(), sorted_.end());
    return std::adjacent_find(sorted_.begin(), sorted_.end()) == sorted_.end();
  }
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::uint64_t bit = filter_bit(names[i]);
    if ((seen & bit) != 0) {
      const auto before = names.first(i);
      if (std::find(before.begin(), before.end(), names[i]) != before.end()) return false;
    }
    seen |= bit;
  }
  return true;
}

bool NameSet::contains(std::string_view name) const {
  if (!sorted_.empty()) return std::binary_search(sorted_.begin(), sorted_.end(), name);
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

}  // namespace jotmill
