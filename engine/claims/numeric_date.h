#ifndef JOTMILL_CLAIMS_NUMERIC_DATE_H_
#define JOTMILL_CLAIMS_NUMERIC_DATE_H_

#include <optional>
#include <string_view>

#include "core/batch.h"

namespace jotmill {

/// The NumericDate (RFC 7519 s2) that a JSON number means, exactly: no floating point, any number
/// of digits, any exponent. Negative fractions floor, so that s + ns * 1e-9 is never above the true
/// value. Nothing when the magnitude is 2^63 seconds or more. `number` must be a number of RFC 8259
/// s6, as json::Reader hands it out. Linear in its length.
std::optional<NumericDate> parse_numeric_date(std::string_view number);

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_NUMERIC_DATE_H_
