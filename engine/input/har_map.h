#ifndef JOTMILL_INPUT_HAR_MAP_H_
#define JOTMILL_INPUT_HAR_MAP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/options.h"

namespace jotmill {

/// What a stretch of a HAR document is: where its strings and entries stand.
struct HarMap {
  /// A string value, without its quotes.
  struct Span {
    std::size_t begin = 0, end = 0;  ///< bytes in the stretch
    std::uint32_t part = 0;          ///< of `parts`
    bool base64 = false;             ///< the member `encoding` beside it says so
    std::uint32_t name = kNoName;    ///< span of the member `name` before it in its object
  };
  static constexpr std::uint32_t kNoName = ~std::uint32_t{0};
  struct Entry {
    std::size_t begin = 0, end = 0;
    std::optional<TimePoint> started;  ///< its startedDateTime
  };
  std::vector<Span> spans;  ///< by place
  std::vector<Entry> entries;
  std::vector<std::string> parts;  ///< "request.headers", "response.content.text"

  void clear();
};

/// Maps a stretch that begins at the start of the document, or (`inside`) behind one of its
/// entries. A part is the names, without their escapes, on the way from the entry, with dots
/// between, without a `value` at the end; outside entries from the root. Where brackets do not
/// match strings may be of the wrong part, but all text is found. What is open at the end of the
/// stretch ends there: the entry that a cut went through is one. Linear.
void map_har(std::string_view text, bool inside, HarMap& map);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_HAR_MAP_H_
