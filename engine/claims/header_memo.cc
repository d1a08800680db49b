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

/// Sixteen bytes a step, in two chains that need not wait for each other; the last step overlaps.
/// Headers of less than eight bytes never pass and share a slot.
std::size_t HeaderMemo::slot_of(std::string_view header) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15u;
  if (header.size() < 8 || header.size() > kLongestBytes) return 0;
  std::uint64_t a = header.size(), b = kFactor;
  const auto step = [&](std::size_t at_a, std::size_t at_b) {
    a = (a ^ load8(header.data() + at_a)) * kFactor;
    b = (b ^ load8(header.data() + at_b)) * kFactor;
    a ^= a >> 32;
    b ^= b >> 32;
  };
  for (std::size_t at = 0; at + 16 < header.size(); at += 16) step(at, at + 8);
  step(header.size() < 16 ? 0 : header.size() - 16, header.size() - 8);
  return static_cast<std::size_t>((a + b * 2) * kFactor >> 54);
}

void HeaderMemo::add(std::string_view header, const PassedHeader& passed) {
  static_assert(kEntries == 1024, "slot_of gives ten bits");
  if (header.size() > kLongestBytes) return;
  Entry& entry = entries_[slot_of(header)];
  entry.header.assign(header);
  entry.passed = passed;
}

}  // namespace jotmill
