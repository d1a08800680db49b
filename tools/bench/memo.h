#ifndef JOTMILL_TOOLS_BENCH_MEMO_H_
#define JOTMILL_TOOLS_BENCH_MEMO_H_

#include <cstddef>
#include <optional>
#include <string>

#include "jotmill/options.h"
#include "jotmill/result.h"
#include "tools/options/given.h"
#include "tools/options/parse.h"

namespace jotmill::tools {

/// Whether runs of this build know a memo of verified signatures.
template <typename Options>
inline constexpr bool kHasMemo = requires(Options options) {
  options.memo_entries;
};

/// --memo N or off: entries of each worker; nothing when it is not given.
template <typename Options = RunOptions>
Result<std::optional<std::size_t>> read_memo(const Given& given) {
  const auto text = given.one("--memo");
  if (!text) return std::optional<std::size_t>();
  if constexpr (!kHasMemo<Options>) {
    return Error{ErrorKind::kUnsupported, "--memo",
                 "the memo of verified signatures is not in this build"};
  }
  if (*text == "off") return std::optional<std::size_t>(0);
  const auto entries = parse_count(*text, 0, std::size_t{1} << 28);
  if (!entries) return about("--memo", entries.error());
  return std::optional<std::size_t>(entries.value());
}

template <typename Options>
void set_memo(Options& options, const std::optional<std::size_t>& entries) {
  if constexpr (kHasMemo<Options>) {
    if (entries) options.memo_entries = *entries;
  }
}

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_MEMO_H_
