#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_UNDO_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_UNDO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::reference {

// A byte after layers were undone: which byte of the stream its text began at, and in which passes
// an escape stood for it (bit i: pass i).
struct UndoneByte {
  char value = 0;
  std::uint64_t origin = 0;
  std::uint32_t passes = 0;
};

// A record, or a string within one, with all its escapes undone.
struct Undone {
  std::vector<UndoneByte> bytes;
  std::vector<std::string>
      passes;  // what was undone, outermost first: "json", "percent", "base64url"

  std::string text() const;
  // Whether a percent sign was undone for that byte, in any pass.
  bool is_percent(const UndoneByte& byte) const;
};

inline constexpr std::size_t kMostPasses = 7;

Undone plain(std::string_view text, std::uint64_t origin);

// Backslash escapes (RFC 8259 s7, \xHH and \'), then percent signs (RFC 3986 s2.1), again and again
// until there are none, in kMostPasses passes at most. What is no escape stays as it is.
Undone undo_escapes(Undone text);

// `part` of `text`, from `begin` to `end`, decoded as base64url or base64 (padding allowed, no
// other byte); nothing when it is neither.
std::optional<Undone> undo_base64(const Undone& text, std::size_t begin, std::size_t end);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_UNDO_H_
