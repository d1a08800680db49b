#include "core/json.h"

#include <bit>
#include <cstring>

#include "core/bytes.h"
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

const char* after_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) ++at;
  return at;
}

/// The white space of RFC 8259 s2 and no other.
const char* after_space(const char* at, const char* end) {
  while (at != end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) ++at;
  return at;
}

/// Reads the UTF-16 unit of four hex digits and moves `at` behind them; false: there are none.
bool read_hex4(const char*& at, const char* end, unsigned& unit) {
  if (end - at < 4) return false;
  unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int value = hex_value(at[i]);
    if (value < 0) return false;
    unit = unit * 16 + static_cast<unsigned>(value);
  }
  at += 4;
  return true;
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
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
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
    case Problem::kSyntax: return "syntax";
    case Problem::kBom: return "bom";
    case Problem::kTooDeep: return "depth";
    case Problem::kLoneSurrogate: return "lone_surrogate";
    case Problem::kTrailingData: return "trailing_data";
    case Problem::kNone: break;
  }
  return "";
}

Reader::Reader(std::string_view text, unsigned most_levels, Strings strings)
    : text_(text.data()),
      end_(text.data() + text.size()),
      token_(text.data()),
      raw_(text.data()),
      most_levels_(most_levels),
      strings_(strings),
      pos_(text.data()) {
  JM_CHECK(most_levels >= 1 && most_levels <= kMostLevels);
  if (text.starts_with("\xEF\xBB\xBF")) problem_ = Problem::kBom;
}

Event Reader::fail(Problem problem, const char* at) {
  problem_ = problem;
  pos_ = at;
  raw_bytes_ = 0;
  return Event::kError;
}

Event Reader::next() {
  if (problem_ != Problem::kNone) return Event::kError;
  const char* at = after_space(pos_, end_);
  token_ = at;
  raw_bytes_ = 0;
  has_escapes_ = false;
  if (want_ == Want::kNothing) {
    if (at != end_) return fail(Problem::kTrailingData, at);
    pos_ = at;
    return Event::kEnd;
  }
  if (at == end_) return fail(Problem::kSyntax, at);
  switch (want_) {
    case Want::kValueOrEnd: return *at == ']' ? close(false, at) : read_value(at);
    case Want::kNameOrEnd: return *at == '}' ? close(true, at) : read_name(at);
    case Want::kCommaOrEnd:
      if (*at == '}') return close(true, at);
      if (*at == ']') return close(false, at);
      if (*at != ',') return fail(Problem::kSyntax, at);
      at = after_space(at + 1, end_);
      token_ = at;
      if (at == end_) return fail(Problem::kSyntax, at);
      return in_object() ? read_name(at) : read_value(at);
    default: return read_value(at);
  }
}

bool Reader::skip() {
  const unsigned outside = level_ - 1;
  while (level_ > outside) {
    if (next() == Event::kError) return false;
  }
  return true;
}

bool Reader::skip_too_deep() {
  if (problem_ != Problem::kTooDeep) return false;
  problem_ = Problem::kNone;
  std::size_t levels = 0;
  for (const char* at = pos_; at != end_;) {
    if (*at == '"') {
      at = read_string(at);
      if (at == nullptr) return false;
      continue;
    }
    levels += *at == '[' || *at == '{' ? 1 : 0;
    const bool closes = *at == ']' || *at == '}';
    ++at;
    if (!closes || --levels > 0) continue;
    pos_ = at;
    want_ = after_value();
    return true;
  }
  fail(Problem::kSyntax, end_);
  return false;
}

Event Reader::open(bool object, const char* at) {
  if (level_ == most_levels_) return fail(Problem::kTooDeep, at);
  std::uint64_t& word = objects_[level_ / 64];
  const std::uint64_t bit = std::uint64_t{1} << (level_ % 64);
  word = object ? word | bit : word & ~bit;
  ++level_;
  pos_ = at + 1;
  want_ = object ? Want::kNameOrEnd : Want::kValueOrEnd;
  return object ? Event::kBeginObject : Event::kBeginArray;
}

Event Reader::close(bool object, const char* at) {
  if (in_object() != object) return fail(Problem::kSyntax, at);
  --level_;
  pos_ = at + 1;
  want_ = after_value();
  return object ? Event::kEndObject : Event::kEndArray;
}

Event Reader::read_value(const char* at) {
  switch (*at) {
    case '"':
      at = read_string(at);
      if (at == nullptr) return Event::kError;
      pos_ = at;
      want_ = after_value();
      return Event::kString;
    case '{': return open(true, at);
    case '[': return open(false, at);
    case 't': return read_word("true", Event::kTrue, at);
    case 'f': return read_word("false", Event::kFalse, at);
    case 'n': return read_word("null", Event::kNull, at);
    default: return read_number(at);
  }
}

Event Reader::read_name(const char* at) {
  if (*at != '"') return fail(Problem::kSyntax, at);
  at = read_string(at);
  if (at == nullptr) return Event::kError;
  at = after_space(at, end_);
  if (at == end_ || *at != ':') return fail(Problem::kSyntax, at);
  pos_ = at + 1;
  want_ = Want::kValue;
  return Event::kName;
}

const char* Reader::read_string(const char* at) {
  const char* const begin = ++at;
  for (;;) {
    at = find_special(at, end_);
    if (at == end_) break;
    if (*at == '"') {
      raw_ = begin;
      raw_bytes_ = static_cast<std::size_t>(at - begin);
      return at + 1;
    }
    if (*at != '\\') {  // a control character
      if (strings_ == Strings::kStrict) break;
      ++at;
      continue;
    }
    has_escapes_ = true;
    at = read_escape(at);
    if (at == nullptr) return nullptr;
  }
  fail(Problem::kSyntax, at);
  return nullptr;
}

/// One escape (two for a surrogate pair) from the backslash at `at` on; nullptr (and the problem)
/// when it is none.
const char* Reader::read_escape(const char* at) {
  const char* const backslash = at++;
  if (at != end_ && short_escape(*at) != 0) return at + 1;
  unsigned unit = 0;
  if (at == end_ || *at != 'u' || !read_hex4(++at, end_, unit)) {
    fail(Problem::kSyntax, at);
    return nullptr;
  }
  if (!is_high_surrogate(unit) && !is_low_surrogate(unit)) return at;
  if (strings_ == Strings::kOfLogs) return at;  // the other half, if any, is read by itself
  const bool another = end_ - at >= 2 && at[0] == '\\' && at[1] == 'u';
  if (is_high_surrogate(unit) && another) {
    at += 2;
    if (!read_hex4(at, end_, unit)) {
      fail(Problem::kSyntax, at);
      return nullptr;
    }
    if (is_low_surrogate(unit)) return at;
  }
  fail(Problem::kLoneSurrogate, backslash);
  return nullptr;
}

Event Reader::read_number(const char* at) {
  const char* const begin = at;
  if (*at == '-') ++at;
  if (at == end_ || !is_digit(*at)) return fail(Problem::kSyntax, at);
  // Behind a leading 0 no digit may follow: what comes next then is neither comma nor end.
  at = *at == '0' ? at + 1 : after_digits(at, end_);
  if (at != end_ && *at == '.') {
    ++at;
    if (at == end_ || !is_digit(*at)) return fail(Problem::kSyntax, at);
    at = after_digits(at, end_);
  }
  if (at != end_ && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end_ && (*at == '+' || *at == '-')) ++at;
    if (at == end_ || !is_digit(*at)) return fail(Problem::kSyntax, at);
    at = after_digits(at, end_);
  }
  raw_ = begin;
  raw_bytes_ = static_cast<std::size_t>(at - begin);
  pos_ = at;
  want_ = after_value();
  return Event::kNumber;
}

Event Reader::read_word(std::string_view word, Event event, const char* at) {
  const std::string_view rest(at, static_cast<std::size_t>(end_ - at));
  if (!rest.starts_with(word)) return fail(Problem::kSyntax, at);
  pos_ = at + word.size();
  want_ = after_value();
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
    if (is_high_surrogate(code) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
      if (const unsigned low = checked_hex4(at + 2); is_low_surrogate(low)) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
      }
    }
    out = write_utf8(code, out);
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace jotmill::json
