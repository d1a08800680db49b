#include "input/time_forms.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "core/bytes.h"

namespace jotmill {
namespace {

constexpr std::uint32_t kNsDigits = 9;
constexpr int kFirstYear = 1970;
constexpr std::int64_t kDayS = 86'400;

/// A cursor over a text. Once something does not fit it stays failed.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::string_view rest() const { return text_.substr(at_); }
  std::size_t at() const { return at_; }
  bool ok() const { return ok_; }
  void fail() { ok_ = false; }
  void skip(std::size_t bytes) { at_ += bytes; }

  /// Exactly `width` digits.
  int number(std::size_t width) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!is_digit(peek())) ok_ = false;
      if (!ok_) return 0;
      value = value * 10 + (peek() - '0');
      ++at_;
    }
    return value;
  }
  void one_of(std::string_view set) {
    if (peek() == '\0' || set.find(peek()) == std::string_view::npos) ok_ = false;
    if (ok_) ++at_;
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

struct Clock {
  int hour = 0, minute = 0, second = 0;
  std::uint32_t ns = 0;
};

/// 15:04:05, or 150405 with `colon` empty; 15:04 without seconds.
Clock read_clock(Cursor& in, std::string_view colon = ":", bool seconds = true) {
  const auto part = [&](bool first) {
    if (!first && !colon.empty()) in.one_of(colon);
    return in.number(2);
  };
  Clock clock;
  clock.hour = part(true);
  clock.minute = part(false);
  if (seconds) clock.second = part(false);
  return clock;
}

/// AM or PM, p.m.: an hour of twelve.
bool is_half_of_day(std::string_view text) {
  if (text.size() < 2 || (ascii_lower(text[0]) != 'a' && ascii_lower(text[0]) != 'p')) return false;
  text.remove_prefix(text[1] == '.' ? 2 : 1);
  if (text.empty() || ascii_lower(text[0]) != 'm') return false;
  return text.size() == 1 || (!is_letter(text[1]) && !is_digit(text[1]));
}

/// Digits behind one of `points`, cut at the nanosecond; none is no fraction.
std::uint32_t read_fraction(Cursor& in, std::string_view points) {
  constexpr std::size_t kMostDigits = 32;
  if (points.find(in.peek()) == std::string_view::npos || !is_digit(in.peek(1))) return 0;
  in.skip(1);
  std::uint32_t ns = 0;
  std::size_t digits = 0;
  for (; is_digit(in.peek()) && digits < kMostDigits; ++digits, in.skip(1)) {
    if (digits < kNsDigits) ns = ns * 10 + static_cast<std::uint32_t>(in.peek() - '0');
  }
  for (; digits < kNsDigits; ++digits) ns *= 10;
  return ns;
}

/// Zones in words that are not UTC. Which hour they mean depends on who wrote the log.
bool is_zone_word(std::string_view word) {
  constexpr std::array<std::string_view, 24> kZones = {
      "ACST", "AEDT", "AEST", "AKST", "AWST", "BST", "CDT", "CEST", "CET", "CST", "EDT", "EEST",
      "EET",  "EST",  "HKT",  "HST",  "IST",  "JST", "KST", "MDT",  "MSK", "MST", "PDT", "PST"};
  return std::find(kZones.begin(), kZones.end(), word) != kZones.end();
}

std::string_view word_at(std::string_view text) {
  std::size_t len = 0;
  while (len < text.size() && len < 6 && is_letter(text[len])) ++len;
  return text.substr(0, len);
}

/// Seconds to take off for what stands behind the time of day. Nothing that is an offset: 0.
std::int64_t read_offset(Cursor& in) {
  std::size_t space = in.peek() == ' ' ? 1 : 0;
  const std::string_view behind = in.rest().substr(space);
  const std::string_view word = word_at(behind);
  const bool named = word == "UTC" || word == "GMT";
  if (named || word == "Z" || word == "z") {
    in.skip(space + word.size());
    space = 0;
  }
  // (CET) is no more than a word of its own.
  const std::string_view in_brackets = behind.starts_with('(') ? word_at(behind.substr(1)) : "";
  if (is_zone_word(word) || is_zone_word(in_brackets) || is_half_of_day(behind)) in.fail();
  const char sign = in.peek(space);
  const bool offset = (sign == '+' || sign == '-') && is_digit(in.peek(space + 1));
  if (!offset || word == "Z" || word == "z" || !in.ok()) return 0;
  in.skip(space + 1);
  // UTC+2 is written without zeros.
  const int hours = in.number(named && !is_digit(in.peek(1)) ? 1 : 2);
  const bool colon = in.peek() == ':';
  if (colon) in.skip(1);
  const int minutes = colon || is_digit(in.peek()) ? in.number(2) : 0;
  if (hours > 23 || minutes > 59) in.fail();
  return (sign == '-' ? -1 : 1) * (std::int64_t{hours} * 3600 + minutes * 60);
}

struct Date {
  int year = 0, month = 0, day = 0;
};

/// All parts of a time -> the time, when there is such a one and it ends here.
std::optional<ReadTime> put_together(const Cursor& in, Date date, Clock clock,
                                     std::int64_t offset_s) {
  if (!in.ok() || is_digit(in.peek()) || is_letter(in.peek())) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day))};
  if (!day.ok() || date.year < kFirstYear) return std::nullopt;
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  const std::int64_t s = days * kDayS + clock.hour * 3600 + clock.minute * 60 + clock.second;
  if (clock.second == 60 && (s - offset_s) % kDayS != 0) return std::nullopt;
  if (s < offset_s) return std::nullopt;
  return ReadTime{{s - offset_s, clock.ns}, in.at()};
}

/// Likewise, with what stands behind the time of day: a fraction behind one of `points`, and a
/// zone.
std::optional<ReadTime> with_rest(Cursor& in, Date date, Clock clock, std::string_view points) {
  if (!in.ok()) return std::nullopt;
  clock.ns = read_fraction(in, points);
  const std::int64_t offset = read_offset(in);
  return put_together(in, date, clock, offset);
}

/// 1 to 12; 0: no month.
int read_month_name(Cursor& in) {
  constexpr std::string_view kMonthNames = "janfebmaraprmayjunjulaugsepoctnovdec";
  const std::array<char, 3> name = {ascii_lower(in.peek()), ascii_lower(in.peek(1)),
                                    ascii_lower(in.peek(2))};
  for (std::size_t month = 0; month < 12; ++month) {
    if (kMonthNames.substr(3 * month, 3) != std::string_view(name.data(), name.size())) continue;
    in.skip(3);
    return static_cast<int>(month) + 1;
  }
  in.fail();
  return 0;
}

/// Digits of a JSON number without its point, and where the point belongs.
struct Decimal {
  std::array<char, 40> digits{};
  std::size_t count = 0;   ///< significant digits kept; any beyond are cut
  std::int64_t whole = 0;  ///< how many of them stand before the point; may lie outside of them
};

std::optional<Decimal> read_decimal(Cursor& in) {
  Decimal number;
  bool point = false, any = false;
  const char first = in.peek();
  for (std::size_t seen = 0; is_digit(in.peek()) || (in.peek() == '.' && !point); ++seen) {
    if (seen == 2 * number.digits.size()) return std::nullopt;
    const char c = in.peek();
    in.skip(1);
    if (c == '.') {
      point = true;
      if (!any || !is_digit(in.peek())) return std::nullopt;
      continue;
    }
    any = true;
    if (number.count == 0 && c == '0') {  // leading zeros of 0.05e10 move the point
      if (point) --number.whole;
      continue;
    }
    if (number.count < number.digits.size()) number.digits[number.count++] = c;
    if (!point) ++number.whole;
  }
  if (!any || (first == '0' && number.whole > 0)) return std::nullopt;
  if (in.peek() != 'e' && in.peek() != 'E') return number;
  in.skip(1);
  const bool negative = in.peek() == '-';
  if (negative || in.peek() == '+') in.skip(1);
  if (!is_digit(in.peek())) return std::nullopt;
  std::int64_t exponent = 0;
  for (std::size_t seen = 0; is_digit(in.peek()); in.skip(1)) {
    if (++seen > 6) return std::nullopt;
    exponent = exponent * 10 + (in.peek() - '0');
  }
  number.whole += negative ? -exponent : exponent;
  return number;
}

}  // namespace

std::optional<ReadTime> read_iso_time(std::string_view text) {
  Cursor in(text);
  Date date;
  date.year = in.number(4);
  in.one_of("-");
  date.month = in.number(2);
  in.one_of("-");
  date.day = in.number(2);
  in.one_of("Tt _\t");  // a tab: two columns, as CloudFront has them
  // Without seconds only where a zone shows that it is a time: 2026-11-23T15:04Z.
  const bool no_seconds =
      in.peek(5) == 'Z' || ((in.peek(5) == '+' || in.peek(5) == '-') && is_digit(in.peek(6)));
  const Clock clock = read_clock(in, ":", !no_seconds);
  return with_rest(in, date, clock, no_seconds ? "" : ".,");
}

std::optional<ReadTime> read_basic_time(std::string_view text) {
  Cursor in(text);
  Date date;
  date.year = in.number(4);
  date.month = in.number(2);
  date.day = in.number(2);
  in.one_of("T");
  const Clock clock = read_clock(in, "");
  return with_rest(in, date, clock, ".,");
}

std::optional<ReadTime> read_clf_time(std::string_view text) {
  Cursor in(text);
  Date date;
  date.day = in.number(2);
  in.one_of("/");
  if (in.ok()) date.month = read_month_name(in);
  in.one_of("/");
  date.year = in.number(4);
  in.one_of(":");
  const Clock clock = read_clock(in);
  return with_rest(in, date, clock, ".");
}

std::optional<ReadTime> read_syslog_time(std::string_view text, int year) {
  Cursor in(text);
  Date date{.year = year};
  date.month = read_month_name(in);
  in.one_of(" ");
  date.day = in.take(' ') ? in.number(1) : in.number(2);
  in.one_of(" ");
  Clock clock = read_clock(in);
  if (!in.ok()) return std::nullopt;
  clock.ns = read_fraction(in, ".");
  return put_together(in, date, clock, 0);
}

std::optional<ReadTime> read_unix_time(std::string_view text) {
  Cursor in(text);
  const auto number = read_decimal(in);
  if (!number || is_letter(in.peek()) || is_digit(in.peek())) return std::nullopt;
  // 9 to 20 digits before the point; each unit of the four is three digits longer than the last.
  if (number->count == 0 || number->whole < 9 || number->whole > 20) return std::nullopt;
  const std::int64_t unit = number->whole <= 11   ? 0
                            : number->whole <= 14 ? 3
                            : number->whole <= 17 ? 6
                                                  : 9;
  const auto digit = [&](std::int64_t i) {
    return i < static_cast<std::int64_t>(number->count)
               ? number->digits[static_cast<std::size_t>(i)] - '0'
               : 0;
  };
  ReadTime read{{}, in.at()};
  const std::int64_t seconds_digits = number->whole - unit;
  for (std::int64_t i = 0; i < seconds_digits; ++i) read.time.s = read.time.s * 10 + digit(i);
  for (std::int64_t i = 0; i < kNsDigits; ++i) {
    read.time.ns = read.time.ns * 10 + static_cast<std::uint32_t>(digit(seconds_digits + i));
  }
  return read;
}

}  // namespace jotmill
