#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_DECIMAL_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace jotmill::reference {

// Nanoseconds since the Unix epoch, or a span of them. 128 bits, so that no sum of times and
// leeways can overflow.
using Nanoseconds = __int128;

// An exact decimal: sign * 0.DIGITS * 10^point. Equal numbers have equal fields, so that comparing
// is comparing text: 1E3, 1000 and 1000.000 are one number here, and 1e400 is no problem.
struct Decimal {
  int sign = 0;        // -1, 0, +1
  std::string digits;  // without leading and trailing zeros; empty for zero
  int64_t point = 0;   // 0 for zero

  // `spelling` must be a JSON number (RFC 8259 s6). An exponent beyond +-10^17 is taken as +-10^17,
  // which no comparison with a date can notice.
  static Decimal from_json_number(std::string_view spelling);

  // value * 10^exponent, exactly.
  static Decimal from_integer(__int128 value, int exponent);

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const = default;
};

// A time in nanoseconds as the seconds of a NumericDate (RFC 7519 s2).
inline Decimal seconds_of(Nanoseconds ns) { return Decimal::from_integer(ns, -9); }

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_DECIMAL_H_
