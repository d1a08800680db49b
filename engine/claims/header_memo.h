#ifndef JOTMILL_CLAIMS_HEADER_MEMO_H_
#define JOTMILL_CLAIMS_HEADER_MEMO_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/alg.h"

namespace jotmill {

/// What a header that passed room C comes to.
struct PassedHeader {
  Alg alg = Alg::kNone;
  bool has_kid = false;
  bool cty_is_jwt = false;
  std::string kid;  ///< unescaped
};

/// Headers that have passed, by their exact bytes. An issuer writes the same header into all of its
/// tokens, so most of a capture needs one comparison where a parser would need ten times as long.
/// Only a header equal byte for byte is found, so a verdict cannot depend on what came before; a
/// hash that somebody aims at costs a miss and nothing else. One per policy and worker, some 700
/// KiB when full of the longest; no allocation when warm.
class HeaderMemo {
 public:
  /// Nothing when the header is not known.
  const PassedHeader* find(std::string_view header) const {
    const Entry& entry = entries_[slot_of(header)];
    return !header.empty() && entry.header == header ? &entry.passed : nullptr;
  }
  /// Remembers a header that has passed, in the place of another one. Long ones are not worth it
  /// and left out.
  void add(std::string_view header, const PassedHeader& passed);

 private:
  static constexpr std::size_t kEntries = 1024;
  static constexpr std::size_t kLongestBytes = 512;

  struct Entry {
    std::string header;  ///< empty: none
    PassedHeader passed;
  };
  static std::size_t slot_of(std::string_view header);

  std::array<Entry, kEntries> entries_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_HEADER_MEMO_H_
