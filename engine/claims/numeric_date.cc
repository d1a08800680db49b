#include "claims/numeric_date.h"

#include <algorithm>
#include <cstdint>

#include "core/bytes.h"

namespace jotmill {
namespace {

/// Beyond every number that a text of less than 2^32 bytes can bring back into range by its count
/// of digits.
constexpr std::int64_t kHugeExponent = 1'000'000'000'000'000;
constexpr std::uint32_t kNsPerSecond = 1'000'000'000;

/// A number as sign, digits and the place of its point; leading zeros of the digits are allowed.
struct Decimal {
  bool negative = false;
  std::string_view whole;     ///< digits before the point
  std::string_view fraction;  ///< digits behind it
  std::int64_t exponent = 0;  ///< clamped to +-kHugeExponent

  std::int64_t count() const { return static_cast<std::int64_t>(whole.size() + fraction.size()); }
  /// Digit i, counted from the first one; 0 outside of what is written.
  unsigned digit(std::int64_t i) const {
    if (i < 0 || i >= count()) return 0;
    const auto at = static_cast<std::size_t>(i);
    return static_cast<unsigned>((at < whole.size() ? whole[at] : fraction[at - whole.size()]) -
                                 '0');
  }
  /// Index of the first digit that is not 0, count() when there is none.
  std::int64_t first_nonzero() const {
    std::int64_t i = 0;
    while (i < count() && digit(i) == 0) ++i;
    return i;
  }
};

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

Decimal split(std::string_view text) {
  Decimal out;
  if (text.starts_with('-')) {
    out.negative = true;
    text.remove_prefix(1);
  }
  out.whole = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    out.fraction = take_digits(text);
  }
  if (text.empty()) return out;
  text.remove_prefix(1);  // e or E
  const bool down = text.starts_with('-');
  if (down || text.starts_with('+')) text.remove_prefix(1);
  for (const char c : text) {
    out.exponent = std::min(out.exponent * 10 + (c - '0'), kHugeExponent);
  }
  if (down) out.exponent = -out.exponent;
  return out;
}

/// floor(-(s + ns * 1e-9 + rest)), where `rest` is what `finer` stands for.
NumericDate negate(std::uint64_t s, std::uint32_t ns, bool finer) {
  const std::uint32_t borrowed = ns + (finer ? 1 : 0);  // nanoseconds that the floor lies below -s
  NumericDate out;
  out.finer = finer;
  out.s = -static_cast<std::int64_t>(s);
  if (borrowed > 0) {
    out.s -= 1;  // s is at most 2^63 - 1, so this is at least -2^63
    out.ns = kNsPerSecond - borrowed;
  }
  return out;
}

}  // namespace

std::optional<NumericDate> parse_numeric_date(std::string_view number) {
  const Decimal decimal = split(number);
  const std::int64_t count = decimal.count();
  const std::int64_t first = decimal.first_nonzero();
  if (first == count) return NumericDate{};
  // Digit i counts 10^(point - 1 - i) seconds.
  const std::int64_t point = static_cast<std::int64_t>(decimal.whole.size()) + decimal.exponent;
  if (point - first > 19) return std::nullopt;  // at least 10^19, which is above 2^63
  std::uint64_t s = 0;
  for (std::int64_t i = first; i < point; ++i) s = s * 10 + decimal.digit(i);
  if (s > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  std::uint32_t ns = 0;
  for (std::int64_t i = point; i < point + 9; ++i) ns = ns * 10 + decimal.digit(i);
  bool finer = false;
  for (std::int64_t i = std::max(first, point + 9); i < count && !finer; ++i)
    finer = decimal.digit(i) != 0;
  if (decimal.negative) return negate(s, ns, finer);
  return NumericDate{static_cast<std::int64_t>(s), ns, finer};
}

}  // namespace jotmill
