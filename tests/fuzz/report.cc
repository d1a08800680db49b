// Reports from anyone: refused, or read; and what was read is written and read again as it was.
// Adding such a report to itself keeps it sound.
#include <cstdint>

#include "fuzz/require.h"
#include "jotmill/report_json.h"
#include "jotmill/stats.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto report = read_json_report(text, "report");
  if (!report.ok()) return 0;
  const std::string once = render_json(report.value());
  const auto again = read_json_report(once, "again");
  FUZZ_REQUIRE(again.ok());
  FUZZ_REQUIRE(render_json(again.value()) == once);
  return 0;
}
