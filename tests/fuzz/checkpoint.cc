// Checkpoints from anyone, behind their checksum: refused with a reason, or read; and what was read
// is written and read again as it was.
#include "reports/checkpoint.h"

#include <cstdint>

#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  const auto checkpoint =
      read_checkpoint({reinterpret_cast<const char*>(data), size}, "checkpoint");
  if (!checkpoint.ok()) {
    FUZZ_REQUIRE(!checkpoint.error().reason.empty());
    return 0;
  }
  FUZZ_REQUIRE(!check_conservation(checkpoint.value().report));
  const std::string once = render_checkpoint(checkpoint.value());
  const auto again = read_checkpoint(once, "again");
  FUZZ_REQUIRE(again.ok());
  FUZZ_REQUIRE(render_checkpoint(again.value()) == once);
  return 0;
}
