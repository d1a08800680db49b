#ifndef JOTMILL_CLAIMS_SHOW_H_
#define JOTMILL_CLAIMS_SHOW_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill {

/// Most bytes that the shown claims of one token take: a hostile token must not blow its record up
/// (escaping can make text six times as long). A claim that does not fit any more is shown as the
/// string "<N bytes not shown>", N being the length of its value in the token.
inline constexpr std::size_t kMostShownBytes = 64 * 1024;

/// Writes claims for a record, safe on a line and a terminal: strings as json::append_string has
/// them, at every depth; numbers as they are written; white space between the parts dropped. Keeps
/// its memory.
class ClaimWriter {
 public:
  void begin() { out_.assign(1, '{'); }
  /// One more member. `value` is the text of one complete JSON value as json::Reader has accepted
  /// it.
  void add(std::string_view name, std::string_view value);
  /// The object's text, valid until the next begin().
  std::string_view finish();

 private:
  void write_value(std::string_view value);
  std::string_view unescaped(std::string_view raw, bool has_escapes);

  std::string out_;
  std::string scratch_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_SHOW_H_
