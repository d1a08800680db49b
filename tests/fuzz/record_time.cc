// The time of a record: any bytes. The first byte chooses whether a year is known.
#include "input/record_time.h"

#include <string_view>

#include "fuzz/require.h"

namespace {

using jotmill::TimePoint;

bool same(const std::optional<TimePoint>& a, const std::optional<TimePoint>& b) {
  return a.has_value() == b.has_value() && (!a || (a->s == b->s && a->ns == b->ns));
}

void require_sound(const std::optional<TimePoint>& time) {
  if (!time) return;
  FUZZ_REQUIRE(time->ns < 1'000'000'000);
  // RFC 3339 and CLF have four digits of year; Unix times are no further off.
  FUZZ_REQUIRE(time->s > -100'000'000'000'000 && time->s < 100'000'000'000'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view record(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::optional<int> year = data[0] % 2 == 0 ? std::optional(2027) : std::nullopt;
  const auto found = jotmill::find_record_time(record, year);
  require_sound(found);
  FUZZ_REQUIRE(same(found, jotmill::find_record_time(record, year)));
  require_sound(jotmill::time_of_json_string(record, year));
  // Without a year only a syslog time is lost; with one an access log's time may contradict it.
  const bool may_contradict = record.find("] \"") != std::string_view::npos;
  if (!found && !may_contradict) FUZZ_REQUIRE(!jotmill::find_record_time(record, std::nullopt));
  return 0;
}
