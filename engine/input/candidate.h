#ifndef JOTMILL_INPUT_CANDIDATE_H_
#define JOTMILL_INPUT_CANDIDATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "input/header_peek.h"
#include "kernels/scan/scan.h"

namespace jotmill {

/// Bytes behind a token, as they stand, that can make it a finding; 48 characters when their
/// escapes are undone.
inline constexpr std::size_t kLookAheadBytes = 240;

/// Text that candidates stand in, with no escapes that matter, or those of a record as it stands.
struct CandidateView {
  std::string_view text;
  /// What follows the text, when that is not in it: escapes undone, a few bytes.
  std::string_view behind = {};
  /// The end of the text is the end of the record (LF, CRLF, end of stream).
  bool ends_record = false;
  /// The end of the text is that of a piece of a docker line: docker_piece_ends_at().
  bool ends_docker_piece = false;
  /// The text is the record itself: an escape in it may be a piece of a token.
  bool raw = false;
  /// A line end in the text is the end of a record.
  bool of_lines = false;
};

/// Whether the record of the view ends at text[at]: a line end, or the end of all.
bool line_ends_at(const CandidateView& view, std::size_t at);

/// What stands at a place where a token could begin.
struct Candidate {
  enum class Kind : std::uint8_t {
    kNone,        ///< no candidate: not what it begins like
    kToken,       ///< a token, whole or with too few parts or over the size limit
    kUnfinished,  ///< a token too, but its signature is shorter than its alg demands, or missing;
                  ///< of a JWE parts or a piece of its tag are missing
    kTruncated,   ///< cut by the logger
    kRedacted,    ///< a part of it is a placeholder
    kLookalike,   ///< the first part is no JSON object with alg or enc
    kEscaped,     ///< an escape in it, or right behind it, has to be undone first
  };
  Kind kind = Kind::kNone;
  std::size_t end = 0;   ///< one past the token
  std::size_t next = 0;  ///< where the search goes on
};

/// Judges the candidate that begins at view.text[at], where an encoded `{` stands at a part
/// boundary (inputs.md, Rules). Looks at five parts at most, so that every part of a run of any
/// length is looked at five times at most.
class CandidateJudge {
 public:
  CandidateJudge(kernels::ScanFn* scan, std::size_t max_token_bytes)
      : scan_(scan), max_token_bytes_(max_token_bytes) {}

  Candidate judge(const CandidateView& view, std::size_t at);

  /// The same for base64url around a whole token: the part at view.text[at], undone into `inner`.
  /// kToken, kUnfinished: inner[0, inner_end) is the token, `end` is one past the part.
  Candidate judge_wrapped(const CandidateView& view, std::size_t at, std::string& inner,
                          std::size_t& inner_end);

 private:
  struct Part {
    std::size_t end;  ///< one past its characters and padding
    bool dot;         ///< a dot follows
    bool escaped;     ///< an escape follows that may be a piece of the token
  };
  Part part(const CandidateView& view, std::size_t at) const;
  Candidate judge_short(const CandidateView& view, std::size_t at, Part last,
                        const HeaderPeek& header, std::size_t next);
  Candidate judge_encrypted(const CandidateView& view, std::size_t at, std::size_t next,
                            const HeaderPeek& header);
  Candidate judge_whole(const CandidateView& view, std::size_t payload, std::size_t signature,
                        std::size_t end, const HeaderPeek& header);
  std::string_view following(const CandidateView& view, std::size_t end);

  kernels::ScanFn* scan_;
  std::size_t max_token_bytes_;
  HeaderPeeker headers_;
  std::string behind_, joined_;
};

/// Docker writes {"log":"PIECE","stream":"stdout",...}; a log string without its \n at the end is a
/// piece of a longer line. Whether such a one ends at raw[end].
bool docker_piece_ends_at(std::string_view raw, std::size_t end);

/// Whether `text` begins with base64url of `{` and what may follow it in a JSON object.
bool begins_like_header(std::string_view text);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_CANDIDATE_H_
