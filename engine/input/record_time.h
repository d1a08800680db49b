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
/// A JSON object is asked for its members `@timestamp`, `timestamp`, `time`, `ts`, `start_time`,
/// `startedDateTime`, `eventTime` (CloudTrail) and `requestReceivedTimestamp` (Kubernetes' audit):
/// the first of them at the top level that is a time. Only an object that shows no time there, in
/// whatever form and under whatever name, has the first of these members further down: it is an
/// envelope. Nothing else in it counts: a date in a body is not the record's. The object is walked
/// by its strings and brackets alone, so a record that was cut has the time that it had before.
///
/// Any other record has the first time in it: ISO 8601, CLF, a JSON member of those names, or a
/// syslog or Unix time at its very beginning. The first, because what comes behind it (a request
/// line, a body) is the sender's to choose; so is what stands in a URL in front of it, and in
/// quotes, but for a first column and NAME="TIME" with one of those names. Two signs tell that the
/// first time is not the record's own, which then has none:
///   - A time of day in front of it in a form that is not read: that was the record's. Behind a
///     syslog time without a year the time of an access log still counts, if it is of that day.
///   - The time of an access log, [CLF] and a quoted request, that is another one (X-Forwarded-For
///     in front of it, a name of a user with brackets).
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

/// All tokens of the batch are of one record, with this time; returns 1 when they have none.
std::uint64_t set_record_time(TokenBatch& batch, std::optional<TimePoint> time);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_RECORD_TIME_H_
