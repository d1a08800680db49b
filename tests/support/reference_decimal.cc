#include "support/reference_decimal.h"

#include <algorithm>

namespace jotmill::reference {
namespace {

constexpr int64_t kLargestExponent = 100'000'000'000'000'000;

int64_t exponent_value(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  for (const char c : text) value = std::min(value * 10 + (c - '0'), kLargestExponent);
  return negative ? -value : value;
}

// sign * (all digits as an integer) * 10^exponent, brought to the one form each number has.
Decimal normal(int sign, std::string digits, int64_t exponent) {
  int64_t point = static_cast<int64_t>(digits.size()) + exponent;
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  point -= static_cast<int64_t>(first);
  digits.erase(0, first);
  digits.erase(digits.find_last_not_of('0') + 1);
  return {sign, std::move(digits), point};
}

}  // namespace

Decimal Decimal::from_json_number(std::string_view spelling) {
  const int sign = spelling.starts_with('-') ? -1 : 1;
  if (sign < 0) spelling.remove_prefix(1);
  int64_t exponent = 0;
  if (const size_t e = spelling.find_first_of("eE"); e != std::string_view::npos) {
    exponent = exponent_value(spelling.substr(e + 1));
    spelling = spelling.substr(0, e);
  }
  std::string all_digits(spelling);
  if (const size_t dot = all_digits.find('.'); dot != std::string::npos) {
    all_digits.erase(dot, 1);
    exponent -= static_cast<int64_t>(all_digits.size() - dot);
  }
  return normal(sign, std::move(all_digits), exponent);
}

Decimal Decimal::from_integer(__int128 value, int exponent) {
  const int sign = value < 0 ? -1 : 1;
  std::string all_digits;
  for (; value != 0; value /= 10) {
    const int digit = static_cast<int>(value % 10);
    all_digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  std::reverse(all_digits.begin(), all_digits.end());
  return normal(sign, std::move(all_digits), exponent);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (sign != other.sign) return sign <=> other.sign;
  // With the leading digit not zero, the position of the point orders magnitudes; then the digits
  // do, as text.
  const Decimal& larger_if_positive = sign >= 0 ? *this : other;
  const Decimal& smaller_if_positive = sign >= 0 ? other : *this;
  if (point != other.point) return larger_if_positive.point <=> smaller_if_positive.point;
  return larger_if_positive.digits.compare(smaller_if_positive.digits) <=> 0;
}

}  // namespace jotmill::reference
