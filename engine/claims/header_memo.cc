#include "claims/header_memo.h"

#include "core/header_hash.h"

namespace jotmill {

/// Longer ones are never kept.
std::size_t HeaderMemo::slot_of(std::string_view header) {
  static_assert(kEntries == 1024, "ten bits");
  return header.size() > kLongestBytes ? 0 : static_cast<std::size_t>(header_hash(header) >> 54);
}

void HeaderMemo::add(std::string_view header, const PassedHeader& passed) {
  if (header.size() > kLongestBytes) return;
  Entry& entry = entries_[slot_of(header)];
  // The header last: without memory there is no entry, never one with what another header comes to.
  entry.header.clear();
  entry.passed = passed;
  entry.header.assign(header);
}

}  // namespace jotmill
