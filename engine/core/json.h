#ifndef JOTMILL_CORE_JSON_H_
#define JOTMILL_CORE_JSON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace jotmill::json {

/// Whether all of `text` is UTF-8 (RFC 3629: no overlong form, no surrogate, nothing above
/// U+10FFFF). Linear, any bytes in.
bool validate_utf8(std::string_view text);

/// What Reader::next() came to.
enum class Event : std::uint8_t {
  kBeginObject,
  kEndObject,
  kBeginArray,
  kEndArray,
  kName,  ///< of a member; its value is the next event
  kString,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kEnd,    ///< one complete JSON text was read, white space at most follows
  kError,  ///< see problem(); every further call says so again
};

/// Why a text is not what we call JSON: RFC 8259 and the local limits of the verdict table.
enum class Problem : std::uint8_t {
  kNone,
  kSyntax,         ///< breaks the grammar of RFC 8259 s2, or ends too early
  kBom,            ///< begins with a byte order mark (RFC 8259 s8.1)
  kTooDeep,        ///< more nested arrays and objects than allowed
  kLoneSurrogate,  ///< a \u escape of half a surrogate pair: no Unicode text at all (RFC 8259 s8.2)
  kTrailingData,   ///< something other than white space behind a complete value
};
/// A short word for verdict details: "syntax", "bom", "depth", "lone_surrogate", "trailing_data".
std::string_view name(Problem problem);

/// Levels of nesting that tokens may have; the root is level 1.
inline constexpr unsigned kTokenLevels = 64;
/// The largest limit that a Reader can be given.
inline constexpr unsigned kMostLevels = 1024;

/// Reads one JSON text event by event, strictly by RFC 8259: no recursion, no allocation, one pass,
/// any bytes in. Numbers of any length are accepted and handed out as they are written; nothing is
/// ever converted. Equal names are not its business. Bytes from 0x80 up are accepted inside strings
/// without a look at their UTF-8: see validate_utf8.
///
///   Reader reader(text);
///   for (Event e = reader.next(); e != Event::kEnd && e != Event::kError; e = reader.next()) ...
///
/// The text must outlive the reader; views point into it.
class Reader {
 public:
  /// What strings may hold: what RFC 8259 allows, or also control characters as they are and halves
  /// of surrogate pairs, which loggers write where they cut a text.
  enum class Strings : std::uint8_t { kStrict, kOfLogs };

  /// At most `most_levels` (1 to kMostLevels) arrays and objects inside each other, the root one
  /// counted.
  explicit Reader(std::string_view text, unsigned most_levels = kTokenLevels,
                  Strings strings = Strings::kStrict);

  Event next();

  /// After kBeginObject or kBeginArray: goes on behind the matching end. False: an error was met on
  /// the way.
  bool skip();

  /// After a kError that is kTooDeep: goes on behind the value that began there, of which only
  /// strings and matching brackets were looked at, at any depth. False: another error, or now one.
  bool skip_too_deep();

  /// kName, kString: what stands between the quotes, still escaped. kNumber: the number as written.
  /// Else empty.
  std::string_view raw() const { return {raw_, raw_bytes_}; }
  /// kName, kString: raw() holds a backslash, so it must go through unescape().
  bool has_escapes() const { return has_escapes_; }

  /// Byte offsets in the text: of the first byte of the last event (a string's quote), and of the
  /// byte behind it (behind its colon, for a name).
  std::size_t begin_offset() const { return static_cast<std::size_t>(token_ - text_); }
  std::size_t end_offset() const { return static_cast<std::size_t>(pos_ - text_); }

  /// Arrays and objects open now.
  unsigned level() const { return level_; }

  /// After kError: why, and at which byte.
  Problem problem() const { return problem_; }
  std::size_t problem_offset() const { return static_cast<std::size_t>(pos_ - text_); }

 private:
  enum class Want : std::uint8_t { kValue, kValueOrEnd, kNameOrEnd, kCommaOrEnd, kNothing };

  // Each reads from `at`, which is not the end unless it says so, and leaves pos_ behind what it
  // read.
  Event fail(Problem problem, const char* at);
  Event open(bool object, const char* at);
  Event close(bool object, const char* at);
  Event read_value(const char* at);
  Event read_name(const char* at);
  Event read_number(const char* at);
  Event read_word(std::string_view word, Event event, const char* at);
  /// Sets raw_ from the quote at `at`; nullptr (and the problem) when it is no string.
  const char* read_string(const char* at);
  const char* read_escape(const char* at);
  bool in_object() const { return (objects_[(level_ - 1) / 64] >> ((level_ - 1) % 64) & 1) != 0; }
  Want after_value() const { return level_ == 0 ? Want::kNothing : Want::kCommaOrEnd; }

  // pos_ stands apart from end_: a compiler that loads both as one vector waits for the store of
  // the one.
  const char* text_;
  const char* end_;
  const char* token_;
  const char* raw_;
  std::size_t raw_bytes_ = 0;
  unsigned level_ = 0;
  unsigned most_levels_;
  Strings strings_;
  const char* pos_;
  Want want_ = Want::kValue;
  Problem problem_ = Problem::kNone;
  bool has_escapes_ = false;
  std::array<std::uint64_t, kMostLevels / 64> objects_;  ///< bit l - 1: level l is an object
};

/// Writes the string whose escaped form is `raw` (Reader::raw of a kName or kString) to `out` and
/// returns its length in bytes, which is never more than raw.size(). `out` may be the place where
/// raw itself stands. Half a surrogate pair becomes three bytes that are no UTF-8.
std::size_t unescape(std::string_view raw, char* out);

}  // namespace jotmill::json

#endif  // JOTMILL_CORE_JSON_H_
