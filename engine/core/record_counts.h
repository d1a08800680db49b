#ifndef JOTMILL_CORE_RECORD_COUNTS_H_
#define JOTMILL_CORE_RECORD_COUNTS_H_

#include <cstdint>

namespace jotmill {

/// What became of the records of a piece of input, and of the candidates found in them.
///
/// Every record is exactly one of the five below `records`, so that records == blank + with_tokens
/// + without_token + not_json + too_long always holds (checked in every run). A record that is both
/// too long and scanned as text is too_long, whatever was found in it; one that is not JSON and
/// scanned as text is with_tokens when a token was found, else not_json.
///
/// Every candidate is exactly one of the four below `candidates`: candidates == tokens + truncated
/// + redacted + lookalike. A record that holds no candidate but such findings is without_token.
struct RecordCounts {
  std::uint64_t records = 0;        ///< LF-ended lines, and an unterminated last one
  std::uint64_t blank = 0;          ///< nothing, or only spaces and tabs
  std::uint64_t with_tokens = 0;    ///< at least one token was found
  std::uint64_t without_token = 0;  ///< record_without_token: readable, but no token in it
  std::uint64_t not_json = 0;       ///< record_not_json
  std::uint64_t too_long = 0;       ///< record_too_long: over --max-record-bytes

  /// record_without_time: of those with tokens, too long ones among them, where times are read at
  /// all.
  std::uint64_t without_time = 0;

  std::uint64_t candidates = 0;  ///< what looked like the start of a token
  std::uint64_t tokens = 0;      ///< tokens handed on
  std::uint64_t truncated = 0;   ///< cut by the logger: no verdict on its issuer
  std::uint64_t redacted = 0;    ///< its signature was blanked by the logger
  std::uint64_t lookalike = 0;   ///< its header was no JSON with alg or enc

  void add(const RecordCounts& other) {
    records += other.records;
    blank += other.blank;
    with_tokens += other.with_tokens;
    without_token += other.without_token;
    not_json += other.not_json;
    too_long += other.too_long;
    without_time += other.without_time;
    candidates += other.candidates;
    tokens += other.tokens;
    truncated += other.truncated;
    redacted += other.redacted;
    lookalike += other.lookalike;
  }
  bool conserved() const {
    return records == blank + with_tokens + without_token + not_json + too_long &&
           candidates == tokens + truncated + redacted + lookalike;
  }
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_RECORD_COUNTS_H_
