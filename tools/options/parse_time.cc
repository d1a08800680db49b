#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "tools/options/parse.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

Error wrong_time(std::string_view text, std::string_view why) {
  return Error{ErrorKind::kUsage, "", in_quotes(text) + " is not a time: " + std::string(why)};
}

constexpr std::string_view kForms =
    "write Unix seconds, or an RFC 3339 time such as 2026-11-23T10:00:00Z";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A cursor over the fixed-width fields of RFC 3339 s5.6.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  /// Exactly `width` digits.
  int number(std::size_t width) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const char c = peek();
      if (!is_digit(c)) ok_ = false;
      if (!ok_) return 0;
      value = value * 10 + (c - '0');
      ++at_;
    }
    return value;
  }
  /// One of the characters of `set`, which is returned.
  char one_of(std::string_view set) {
    const char c = peek();
    if (c == '\0' || set.find(c) == std::string_view::npos) ok_ = false;
    if (ok_) ++at_;
    return c;
  }
  /// Nanoseconds of an optional ".digits" (one to nine of them).
  std::uint32_t fraction() {
    if (peek() != '.') return 0;
    ++at_;
    std::uint32_t ns = 0;
    std::size_t digits = 0;
    for (; is_digit(peek()); ++digits, ++at_) {
      if (digits < 9) ns = ns * 10 + static_cast<std::uint32_t>(peek() - '0');
    }
    if (digits == 0 || digits > 9) ok_ = false;
    for (; digits < 9; ++digits) ns *= 10;
    return ns;
  }
  bool done() const { return ok_ && at_ == text_.size(); }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

Result<TimePoint> parse_rfc3339(std::string_view text) {
  Fields fields(text);
  const int year = fields.number(4);
  fields.one_of("-");
  const int month = fields.number(2);
  fields.one_of("-");
  const int day = fields.number(2);
  fields.one_of("Tt");
  const int hour = fields.number(2);
  fields.one_of(":");
  const int minute = fields.number(2);
  fields.one_of(":");
  const int second = fields.number(2);
  const std::uint32_t ns = fields.fraction();
  const char zone = fields.one_of("Zz+-");
  int offset_hours = 0;
  int offset_minutes = 0;
  if (zone == '+' || zone == '-') {
    offset_hours = fields.number(2);
    fields.one_of(":");
    offset_minutes = fields.number(2);
  }
  if (!fields.done()) return wrong_time(text, kForms);
  if (second == 60) return wrong_time(text, "leap seconds have no Unix time");
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || offset_hours > 23 ||
      offset_minutes > 59) {
    return wrong_time(text, "there is no such date or time of day");
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t offset = (zone == '-' ? -1 : 1) * (offset_hours * 3600 + offset_minutes * 60);
  return TimePoint{days * 86400 + hour * 3600 + minute * 60 + second - offset, ns};
}

/// "-1.5" is half a second before -1: {-2, 500,000,000}, since ns counts upwards.
Result<TimePoint> parse_unix(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  TimePoint time;
  const auto [end, error] = std::from_chars(text.data(), text.data() + point, time.s);
  if (error != std::errc() || end != text.data() + point || !is_digit(text[point - 1])) {
    return wrong_time(text, kForms);
  }
  if (point == text.size()) return time;
  std::string digits(text.substr(point + 1));
  if (digits.empty() || digits.size() > 9 || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return wrong_time(text, "a fraction has one to nine digits");
  }
  digits.resize(9, '0');
  std::from_chars(digits.data(), digits.data() + digits.size(), time.ns);
  if (text.front() == '-' && time.ns != 0) {
    if (time.s == INT64_MIN) return wrong_time(text, "it is too far away");
    time = {time.s - 1, 1'000'000'000 - time.ns};
  }
  return time;
}

}  // namespace

Result<TimePoint> parse_time(std::string_view text) {
  if (text.empty()) return wrong_time(text, kForms);
  const bool looks_like_date = text.size() > 4 && text[4] == '-';
  return looks_like_date ? parse_rfc3339(text) : parse_unix(text);
}

}  // namespace jotmill::tools
