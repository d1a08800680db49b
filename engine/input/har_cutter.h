#ifndef JOTMILL_INPUT_HAR_CUTTER_H_
#define JOTMILL_INPUT_HAR_CUTTER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "core/bytes.h"

namespace jotmill {

/// Finds where the entries of a HAR document (the elements of `entries` in its `log`) end, as the
/// bytes go by: between them the document may be cut. Keeps a few bytes of state, whatever
/// the document. Any bytes: in what is no JSON it finds fewer ends or none.
class HarCutter {
 public:
  void begin() { *this = HarCutter(); }

  /// Looks at bytes[0, size), which stand at `offset_bytes` of the document; what was looked at
  /// before is passed over.
  void look(Bytes bytes, std::uint64_t offset_bytes);

  /// One past each entry's end, ascending, as offsets in the document; the caller takes off what
  /// is behind it.
  std::deque<std::uint64_t>& ends() { return ends_; }

 private:
  void in_string(char c);
  void open(bool array);

  std::uint64_t looked_at_ = 0;
  std::uint64_t depth_ = 0;  ///< open arrays and objects; entries are objects within three
  bool string_ = false, escaped_ = false;
  bool in_log_ = false, in_entries_ = false;
  std::string word_;  ///< the last string outside of entries, cut
  std::deque<std::uint64_t> ends_;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_HAR_CUTTER_H_
