#ifndef JOTMILL_CORE_RECORD_COUNTS_H_
#define JOTMILL_CORE_RECORD_COUNTS_H_

#include <cstdint>

namespace jotmill {

/// What became of the records of a piece of input. Every record is exactly one of the five below
/// `records`, so that records == blank + with_tokens + without_token + not_json + too_long always
/// holds (checked in every run).
struct RecordCounts {
  std::uint64_t records = 0;        ///< LF-ended lines, and an unterminated last one
  std::uint64_t blank = 0;          ///< nothing, or only spaces and tabs
  std::uint64_t with_tokens = 0;    ///< at least one token was found
  std::uint64_t without_token = 0;  ///< record_without_token: JSON, but none of the members
  std::uint64_t not_json = 0;       ///< record_not_json
  std::uint64_t too_long = 0;       ///< record_too_long: over --max-record-bytes
  std::uint64_t tokens = 0;         ///< tokens handed on

  void add(const RecordCounts& other) {
    records += other.records;
    blank += other.blank;
    with_tokens += other.with_tokens;
    without_token += other.without_token;
    not_json += other.not_json;
    too_long += other.too_long;
    tokens += other.tokens;
  }
  bool conserved() const {
    return records == blank + with_tokens + without_token + not_json + too_long;
  }
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_RECORD_COUNTS_H_
