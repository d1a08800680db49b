#include "claims/header_memo.h"

#include <cstring>

namespace jotmill {
namespace {

std::uint64_t load8(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace

/// Eight bytes a step, the last ones overlapping; headers of less than eight bytes never pass and
/// share a slot.
std::size_t HeaderMemo::slot_of(std::string_view header) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15u;
  if (header.size() < 8 || header.size() > kLongestBytes) return 0;
  std::uint64_t mix = header.size();
  for (std::size_t at = 0; at + 8 < header.size(); at += 8) {
    mix = (mix ^ load8(header.data() + at)) * kFactor;
    mix ^= mix >> 32;
  }
  mix = (mix ^ load8(header.data() + header.size() - 8)) * kFactor;
  return static_cast<std::size_t>(mix >> 54);
}

void HeaderMemo::add(std::string_view header, const PassedHeader& passed) {
  static_assert(kEntries == 1024, "slot_of gives ten bits");
  if (header.size() > kLongestBytes) return;
  Entry& entry = entries_[slot_of(header)];
  entry.header.assign(header);
  entry.passed = passed;
}

}  // namespace jotmill
