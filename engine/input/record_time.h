#ifndef JOTMILL_INPUT_RECORD_TIME_H_
#define JOTMILL_INPUT_RECORD_TIME_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/batch.h"
#include "jotmill/options.h"

namespace jotmill {

/// The time of one record, as its writer put it there (inputs.md, `--as-of record`); nothing when
/// it has none that can be read. `year` is that of syslog times; without it they cannot be read.
///
/// A JSON object is asked for its members `@timestamp`, `timestamp`, `time`, `ts`, `start_time` and
/// `startedDateTime`: the first of them at the top level that is a time, else the first further
/// down. Nothing else in it counts: a date in a body is not the record's. The object is walked by
/// its strings and brackets alone, so a record that was cut has the time that it had before.
///
/// Any other record has the first time in it: ISO 8601, CLF, a JSON member of those names with a
/// number, or a syslog time at its very beginning. The first, because what comes behind it (a
/// request line, a body) is the sender's to choose; so is what stands in a URL in front of it.
///
/// Linear in the record, no allocation, any bytes.
std::optional<TimePoint> find_record_time(std::string_view record, std::optional<int> year);

/// The value of a JSON string, escapes and all, when the whole of it is a time: any of the forms of
/// time_forms.h, Unix time in digits among them. For readers that know where the time stands.
std::optional<TimePoint> time_of_json_string(std::string_view raw, std::optional<int> year);

/// read_record_times: of every token of a batch of line-wise records. Reads origin_off and line;
/// writes has_record_time and record_time. A record is looked at once, however many tokens it has,
/// and not at all when it has none. Returns how many records with tokens have no time.
std::uint64_t read_record_times(TokenBatch& batch, std::optional<int> year);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_RECORD_TIME_H_
