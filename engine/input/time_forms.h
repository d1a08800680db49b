#ifndef JOTMILL_INPUT_TIME_FORMS_H_
#define JOTMILL_INPUT_TIME_FORMS_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "jotmill/options.h"

namespace jotmill {

/// A time that was read at the start of a text: when, and how many bytes it took.
struct ReadTime {
  TimePoint time;
  std::size_t len_bytes = 0;
};

/// The forms in which logs write a time, each read at the very start of `text`; none looks at more
/// than some 64 bytes. Years 1970 to 9999; a date that the calendar does not have is no time; :60
/// is a time only as the leap second that it may be, and counts as the second after it (POSIX). A
/// fraction of up to 32 digits is read, and cut at the nanosecond. A time without an offset is UTC.
/// A time that runs on into letters or digits, has AM or PM behind it, or a zone in words other
/// than UTC, GMT (with an offset behind them or not) or Z, is none: an hour that was guessed would
/// be a wrong verdict.

/// RFC 3339 s5.6 and what logs make of ISO 8601: 2026-11-23T15:04:05Z, with `T`, `t`, `_` or a
/// space in the middle, a fraction behind a point or a comma, and Z, UTC, GMT, +00:00, +0000, +00
/// (a space before it allowed) or no offset.
std::optional<ReadTime> read_iso_time(std::string_view text);

/// ISO 8601's basic form: 20261123T150405Z, likewise but for the `T`, which it must have.
std::optional<ReadTime> read_basic_time(std::string_view text);

/// The Common Log Format: 23/Nov/2026:15:04:05 +0000, with or without a fraction and an offset.
std::optional<ReadTime> read_clf_time(std::string_view text);

/// Traditional syslog, RFC 3164 s4.1.2: Nov 23 15:04:05, in UTC of `year`.
std::optional<ReadTime> read_syslog_time(std::string_view text, int year);

/// A JSON number (RFC 8259 s6), read exactly, exponent and all: the seconds since 1970 below 10^11,
/// milliseconds below 10^14, microseconds below 10^17, nanoseconds below 10^20. Below 10^8 (three
/// years) it is a duration or a count, and no time.
std::optional<ReadTime> read_unix_time(std::string_view text);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_TIME_FORMS_H_
