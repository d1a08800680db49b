#ifndef JOTMILL_TOOLS_OPTIONS_PARSE_H_
#define JOTMILL_TOOLS_OPTIONS_PARSE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/options.h"
#include "jotmill/result.h"

namespace jotmill::tools {

/// Text of one option value -> value. Every Error is kUsage with an empty subject (the caller puts
/// the option's name there) and a reason that says what would be right.

/// "60", "60s", "5m", "2h", "1d", "500ms", "20us", "1.5s"; without a unit: seconds. At most 10^12
/// s.
Result<Duration> parse_duration(std::string_view text);

/// An RFC 3339 time ("2026-11-23T10:00:00Z", fraction and offset allowed) or Unix seconds, negative
/// and with a fraction allowed. Leap seconds and impossible dates are refused.
Result<TimePoint> parse_time(std::string_view text);

/// Bytes: "262144", "256K", "256KiB", "1MiB"; K, M, G are powers of 1024. From 1 to `max`.
Result<std::size_t> parse_size(std::string_view text, std::size_t max);

/// A decimal number from `min` to `max`.
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t min, std::uint64_t max);

/// The comma-separated names of all `values`, in order, each once. Empty names are refused.
Result<std::vector<std::string>> parse_list(std::span<const std::string> values);

/// A JSON Pointer (RFC 6901 s3): empty, or "/" before each step; "~" only as ~0 or ~1.
Status check_json_pointer(std::string_view text);

/// `value`, when it is one of `allowed`; else an Error that lists them, and the nearest once more.
Result<std::string> parse_choice(std::string_view value, std::span<const std::string_view> allowed);

/// The nearest of `names` to `name`, when it is near enough to be a slip of the pen. Upper and
/// lower case are the same to it.
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> names);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_PARSE_H_
