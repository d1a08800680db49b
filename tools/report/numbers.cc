#include <fmt/format.h>

#include <array>
#include <cmath>

#include "tools/report/layout.h"

namespace jotmill::tools {
namespace {

/// Three digits that say something: 1.23, 12.3, 123.
std::string three_digits(double value) {
  if (value < 9.995) return fmt::format("{:.2f}", value);
  if (value < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

std::string two_digits(double value) {
  return value < 9.95 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

struct Date {
  std::int64_t year;
  unsigned month, day;
};

/// Days since 1970-01-01 to a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level
/// date algorithms").
Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

/// ".5" for 500,000,000; nothing for 0.
std::string fraction(std::uint32_t ns) {
  if (ns == 0) return "";
  std::string digits = fmt::format(".{:09}", ns);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 0.05) return "<0.1%";
  if (part < whole && share >= 99.95) return ">99.9%";
  return fmt::format("{:.1f}%", share);
}

std::string in_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  static constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{} {}", two_digits(value), kUnits[unit]);
}

std::string in_time(std::uint64_t seconds) {
  const auto value = static_cast<double>(seconds);
  if (seconds == 0) return "0";
  if (seconds < 100) return fmt::format("{} s", seconds);
  if (seconds < 90 * 60) return two_digits(value / 60) + " min";
  if (seconds < 48 * 3600) return two_digits(value / 3600) + " h";
  if (seconds < 400u * 86400) return two_digits(value / 86400) + " d";
  if (value < 1e5 * 31556952.0) return two_digits(value / 31556952.0) + " y";
  return fmt::format("{:.1e} y", value / 31556952.0);
}

std::string in_short_time(std::uint64_t ns) {
  const auto value = static_cast<double>(ns);
  if (ns < 1000) return fmt::format("{} ns", ns);
  if (value < 999.5e3) return three_digits(value / 1e3) + " us";
  if (value < 999.5e6) return three_digits(value / 1e6) + " ms";
  if (value < 100e9) return three_digits(value / 1e9) + " s";
  return in_time(static_cast<std::uint64_t>(value / 1e9));
}

std::string in_utc(const TimePoint& time) {
  constexpr std::int64_t kDay = 86400;
  constexpr std::int64_t kYear0 = -62167219200, kYear10000 = 253402300800;
  if (time.s < kYear0 || time.s >= kYear10000)
    return fmt::format("{}{} s", time.s, fraction(time.ns));
  const std::int64_t days = (time.s >= 0 ? time.s : time.s - (kDay - 1)) / kDay;
  const Date date = date_of(days);
  const std::int64_t rest = time.s - days * kDay;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", date.year, date.month, date.day,
                     rest / 3600, rest / 60 % 60, rest % 60, fraction(time.ns));
}

std::string in_words(const Duration& duration) {
  std::string words = fmt::format("{}{} s", duration.s, fraction(duration.ns));
  if (duration.s >= 100)
    words += fmt::format(" ({})", in_time(static_cast<std::uint64_t>(duration.s)));
  return words;
}

}  // namespace jotmill::tools
