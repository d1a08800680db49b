// Reports from anyone: refused with a reason, or read; and what was read is written and read again
// as it was. Added to itself it is a sound report too, unless its numbers are too large for that:
// the same again for the sum.
#include <cstdint>

#include "fuzz/require.h"
#include "jotmill/report_json.h"
#include "jotmill/stats.h"

namespace {

using namespace jotmill;

void written_as_it_was(const RunReport& report) {
  FUZZ_REQUIRE(!check_conservation(report));
  const std::string once = render_json(report);
  const auto again = read_json_report(once, "again");
  FUZZ_REQUIRE(again.ok());
  FUZZ_REQUIRE(render_json(again.value()) == once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = read_json_report({reinterpret_cast<const char*>(data), size}, "report");
  if (!report.ok()) {
    FUZZ_REQUIRE(!report.error().reason.empty());
    return 0;
  }
  written_as_it_was(report.value());
  if (const auto reason = why_not_addable(report.value(), report.value())) {
    FUZZ_REQUIRE(*reason == "the sums would be too large");
    return 0;
  }
  RunReport sum = report.value();
  sum.add(report.value());
  written_as_it_was(sum);
  return 0;
}
