#include "core/json.h"

#include <bit>
#include <cstring>

#include "core/check.h"

namespace jotmill::json {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

std::uint64_t load8(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// High bit set in every byte of `word` that is a quote, a backslash or a control character; bytes
/// above the first such byte may be marked wrongly (borrows), so only the lowest mark counts.
std::uint64_t mark_special(std::uint64_t word) {
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  return (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
          ((word - kOnes * 0x20) & ~word)) &
         kHighs;
}

/// The first quote, backslash or control character from `at` on, or `end`. Eight bytes a step:
/// strings are most of a token.
const char* find_special(const char* at, const char* end) {
  while (end - at >= 8) {
    const std::uint64_t marks = mark_special(load8(at));
    if (marks != 0) {
      if constexpr (std::endian::native == std::endian::little)
        return at + std::countr_zero(marks) / 8;
      break;
    }
    at += 8;
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

/// Length of the UTF-8 sequence at `at` (the first byte is 0x80 or more), 0 when it is none (RFC
/// 3629 s4).
std::size_t sequence_length(const unsigned char* at, std::size_t left) {
  const unsigned char lead = at[0];
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return left >= 2 && is_continuation(at[1]) ? 2 : 0;
  if (left < 3 || !is_continuation(at[1]) || !is_continuation(at[2])) return 0;
  if (lead < 0xF0) {
    const bool overlong = lead == 0xE0 && at[1] < 0xA0;
    const bool surrogate = lead == 0xED && at[1] >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool outside = (lead == 0xF0 && at[1] < 0x90) || (lead == 0xF4 && at[1] >= 0x90);
  return left >= 4 && is_continuation(at[3]) && !outside ? 4 : 0;
}

/// The UTF-16 unit of four hex digits that a Reader has checked.
unsigned checked_hex4(const char* at) {
  unsigned unit = 0;
  for (int i = 0; i < 4; ++i) unit = unit * 16 + static_cast<unsigned>(hex_value(at[i]));
  return unit;
}

char* write_utf8(unsigned code, char* out) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0 | code >> 6);
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xE0 | code >> 12);
    *out++ = static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | code >> 18);
    *out++ = static_cast<char>(0x80 | (code >> 12 & 0x3F));
    *out++ = static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
  }
  return out;
}

bool is_high_surrogate(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// What the one-letter escape stands for, 0 when there is none such (RFC 8259 s7).
char short_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

bool validate_utf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (end - at >= 8 && (load8(at) & kHighs) == 0) {
      at += 8;
    } else if (static_cast<unsigned char>(*at) < 0x80) {
      ++at;
    } else {
      const std::size_t length = sequence_length(reinterpret_cast<const unsigned char*>(at),
                                                 static_cast<std::size_t>(end - at));
      if (length == 0) return false;
      at += length;
    }
  }
  return true;
}

std::string_view name(Problem problem) {
  switch (problem) {
    case Problem::kSyntax:
      return "syntax";
    case Problem::kBom:
      return "bom";
    case Problem::kTooDeep:
      return "depth";
    case Problem::kLoneSurrogate:
      return "lone_surrogate";
    case Problem::kTrailingData:
      return "trailing_data";
    case Problem::kNone:
      break;
  }
  return "";
}

Reader::Reader(std::string_view text, unsigned most_levels)
    : text_(text.data()),
      end_(text.data() + text.size()),
      pos_(text.data()),
      token_(text.data()),
      start_(text.data()),
      raw_end_(text.data()),
      most_levels_(most_levels) {
  JM_CHECK(most_levels >= 1 && most_levels <= kMostLevels);
  if (text.starts_with("\xEF\xBB\xBF")) problem_ = Problem::kBom;
}

void Reader::skip_space() {
  while (pos_ != end_ && (*pos_ == ' ' || *pos_ == '\n' || *pos_ == '\t' || *pos_ == '\r')) ++pos_;
}

Event Reader::fail(Problem problem) {
  problem_ = problem;
  start_ = raw_end_ = pos_;
  return Event::kError;
}

Event Reader::next() {
  if (problem_ != Problem::kNone) return Event::kError;
  skip_space();
  token_ = start_ = raw_end_ = pos_;
  has_escapes_ = false;
  if (want_ == Want::kNothing) return pos_ == end_ ? Event::kEnd : fail(Problem::kTrailingData);
  if (pos_ == end_) return fail(Problem::kSyntax);
  switch (want_) {
    case Want::kValueOrEnd:
      if (*pos_ == ']') return close(false);
      return read_value();
    case Want::kNameOrEnd:
      if (*pos_ == '}') return close(true);
      return read_name();
    case Want::kCommaOrEnd:
      if (*pos_ == '}') return close(true);
      if (*pos_ == ']') return close(false);
      if (*pos_ != ',') return fail(Problem::kSyntax);
      ++pos_;
      skip_space();
      token_ = start_ = raw_end_ = pos_;
      if (pos_ == end_) return fail(Problem::kSyntax);
      return in_object() ? read_name() : read_value();
    default:
      return read_value();
  }
}

bool Reader::skip() {
  const unsigned outside = level_ - 1;
  while (level_ > outside) {
    if (next() == Event::kError) return false;
  }
  return true;
}

Event Reader::open(bool object) {
  if (level_ == most_levels_) return fail(Problem::kTooDeep);
  std::uint64_t& word = objects_[level_ / 64];
  const std::uint64_t bit = std::uint64_t{1} << (level_ % 64);
  word = object ? word | bit : word & ~bit;
  ++level_;
  ++pos_;
  want_ = object ? Want::kNameOrEnd : Want::kValueOrEnd;
  return object ? Event::kBeginObject : Event::kBeginArray;
}

Event Reader::close(bool object) {
  if (in_object() != object) return fail(Problem::kSyntax);
  --level_;
  ++pos_;
  value_done();
  return object ? Event::kEndObject : Event::kEndArray;
}

Event Reader::read_value() {
  switch (*pos_) {
    case '{':
      return open(true);
    case '[':
      return open(false);
    case '"':
      return read_string(Event::kString);
    case 't':
      return read_word("true", Event::kTrue);
    case 'f':
      return read_word("false", Event::kFalse);
    case 'n':
      return read_word("null", Event::kNull);
    default:
      return read_number();
  }
}

Event Reader::read_name() {
  if (*pos_ != '"') return fail(Problem::kSyntax);
  if (read_string(Event::kName) == Event::kError) return Event::kError;
  skip_space();
  if (pos_ == end_ || *pos_ != ':') return fail(Problem::kSyntax);
  ++pos_;
  want_ = Want::kValue;
  return Event::kName;
}

Event Reader::read_string(Event event) {
  ++pos_;
  const char* const begin = pos_;
  for (;;) {
    pos_ = find_special(pos_, end_);
    if (pos_ == end_) return fail(Problem::kSyntax);
    if (*pos_ == '"') break;
    if (*pos_ != '\\') return fail(Problem::kSyntax);  // a control character
    has_escapes_ = true;
    if (!read_escape()) return Event::kError;
  }
  start_ = begin;
  raw_end_ = pos_;
  ++pos_;
  value_done();
  return event;
}

bool Reader::read_hex4(unsigned& unit) {
  if (end_ - pos_ < 4) return false;
  unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int value = hex_value(pos_[i]);
    if (value < 0) return false;
    unit = unit * 16 + static_cast<unsigned>(value);
  }
  pos_ += 4;
  return true;
}

/// One escape (two for a surrogate pair), pos_ on its backslash.
bool Reader::read_escape() {
  const char* const backslash = pos_;
  ++pos_;
  if (pos_ != end_ && short_escape(*pos_) != 0) {
    ++pos_;
    return true;
  }
  unsigned unit = 0;
  if (pos_ == end_ || *pos_ != 'u' || (++pos_, !read_hex4(unit))) {
    fail(Problem::kSyntax);
    return false;
  }
  if (!is_high_surrogate(unit) && !is_low_surrogate(unit)) return true;
  unsigned low = 0;
  const bool another = end_ - pos_ >= 2 && pos_[0] == '\\' && pos_[1] == 'u';
  if (is_high_surrogate(unit) && another) {
    pos_ += 2;
    if (!read_hex4(low)) {
      fail(Problem::kSyntax);
      return false;
    }
    if (is_low_surrogate(low)) return true;
  }
  pos_ = backslash;
  fail(Problem::kLoneSurrogate);
  return false;
}

Event Reader::read_number() {
  if (*pos_ == '-') ++pos_;
  if (pos_ == end_ || !is_digit(*pos_)) return fail(Problem::kSyntax);
  if (*pos_ == '0') {
    ++pos_;  // no digit may follow: what comes next then is neither comma nor end
  } else {
    while (pos_ != end_ && is_digit(*pos_)) ++pos_;
  }
  if (pos_ != end_ && *pos_ == '.') {
    ++pos_;
    if (pos_ == end_ || !is_digit(*pos_)) return fail(Problem::kSyntax);
    while (pos_ != end_ && is_digit(*pos_)) ++pos_;
  }
  if (pos_ != end_ && (*pos_ == 'e' || *pos_ == 'E')) {
    ++pos_;
    if (pos_ != end_ && (*pos_ == '+' || *pos_ == '-')) ++pos_;
    if (pos_ == end_ || !is_digit(*pos_)) return fail(Problem::kSyntax);
    while (pos_ != end_ && is_digit(*pos_)) ++pos_;
  }
  raw_end_ = pos_;
  value_done();
  return Event::kNumber;
}

Event Reader::read_word(std::string_view word, Event event) {
  const std::string_view rest(pos_, static_cast<std::size_t>(end_ - pos_));
  if (!rest.starts_with(word)) return fail(Problem::kSyntax);
  pos_ += word.size();
  value_done();
  return event;
}

std::size_t unescape(std::string_view raw, char* out) {
  char* const begin = out;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at != end) {
    const void* const found = std::memchr(at, '\\', static_cast<std::size_t>(end - at));
    const char* const backslash = found == nullptr ? end : static_cast<const char*>(found);
    const std::size_t plain = static_cast<std::size_t>(backslash - at);
    std::memmove(out, at, plain);
    out += plain;
    if (backslash == end) break;
    if (backslash[1] != 'u') {
      *out++ = short_escape(backslash[1]);
      at = backslash + 2;
      continue;
    }
    unsigned code = checked_hex4(backslash + 2);
    at = backslash + 6;
    if (is_high_surrogate(code)) {
      code = 0x10000 + ((code - 0xD800) << 10) + (checked_hex4(at + 2) - 0xDC00);
      at += 6;
    }
    out = write_utf8(code, out);
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace jotmill::json
