#ifndef JOTMILL_INPUT_LINE_READER_H_
#define JOTMILL_INPUT_LINE_READER_H_

#include <cstring>
#include <string_view>

#include "core/bytes.h"

namespace jotmill {

/// Walks the LF-ended lines of a chunk; an unterminated last one counts too.
class LineReader {
 public:
  explicit LineReader(Bytes bytes) : bytes_(as_text(bytes)) {}

  /// The next line without its LF or CRLF; false at the end.
  bool next(std::string_view& line) {
    if (at_ == bytes_.size()) return false;
    line_off_ = at_;
    const void* lf = std::memchr(bytes_.data() + at_, '\n', bytes_.size() - at_);
    const std::size_t end =
        lf ? static_cast<std::size_t>(static_cast<const char*>(lf) - bytes_.data()) : bytes_.size();
    std::size_t len = end - at_;
    if (lf && len > 0 && bytes_[end - 1] == '\r') --len;
    line = bytes_.substr(at_, len);
    at_ = lf ? end + 1 : end;
    complete_ = lf != nullptr;
    ++count_;
    return true;
  }
  std::size_t line_off() const {
    return line_off_;
  }  ///< bytes from the chunk's start to the line just read
  std::size_t line_index() const { return count_ - 1; }  ///< 0-based
  bool complete() const { return complete_; }            ///< it ended with LF

 private:
  std::string_view bytes_;
  std::size_t at_ = 0, line_off_ = 0, count_ = 0;
  bool complete_ = false;
};

/// Nothing, or only spaces and tabs.
inline bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace jotmill

#endif  // JOTMILL_INPUT_LINE_READER_H_
