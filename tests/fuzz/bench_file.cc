// Files of bench from anyone: refused with a reason, or read; and what was read is written and read
// again as it was.
#include <cstdint>

#include "fuzz/require.h"
#include "tools/bench/bench_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill::tools;
  const auto file = read_bench_json({reinterpret_cast<const char*>(data), size}, "file");
  if (!file.ok()) {
    FUZZ_REQUIRE(!file.error().reason.empty());
    return 0;
  }
  const std::string once = render_bench_json(file.value());
  const auto again = read_bench_json(once, "again");
  FUZZ_REQUIRE(again.ok());
  FUZZ_REQUIRE(render_bench_json(again.value()) == once);
  return 0;
}
