// Tokens anywhere in any bytes: the engine with its fastest search against the engine with the
// scalar one, and on short inputs against the slow reference. Channels are compared by the logs
// that tests/differential makes: what any bytes in front of a token mean nobody has written down.
#include <cstdio>

#include "fuzz/find.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  RecordCounts counts, scalar_counts;
  static kernels::ScanFn* const best = testing::best_scan();
  auto found = testing::find(source, InputFormat::kText, best, counts);
  const auto scalar =
      testing::find(source, InputFormat::kText, kernels::scan_scalar, scalar_counts);
  FUZZ_REQUIRE(found == scalar);
  FUZZ_REQUIRE(counts.with_tokens == scalar_counts.with_tokens);
  if (size > 2048 || !testing::is_shallow(source)) return 0;
  auto wanted = reference::extract_text(source);
  testing::clear_channels(wanted);
  testing::clear_channels(found);
  const std::string difference = testing::difference(wanted, found);
  if (!difference.empty()) std::fprintf(stderr, "%s\n", difference.c_str());
  FUZZ_REQUIRE(difference.empty());
  return 0;
}
