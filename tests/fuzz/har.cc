// HTTP Archives: whatever the bytes, nothing breaks and every candidate is counted; of a sound
// document the engine finds what the slow reference finds. Channels are compared by the logs that
// tests/differential makes: outside of entries nobody named them.
#include <algorithm>
#include <cstdio>

#include "fuzz/find.h"
#include "fuzz/require.h"
#include "support/reference_json.h"

namespace {

/// What a repeated member means nobody says: not compared.
bool repeats_a_name(const jotmill::reference::Json& value) {
  if (value.has_duplicate_names()) return true;
  for (const auto& entry : value.members) {
    if (repeats_a_name(entry.value)) return true;
  }
  return std::ranges::any_of(value.items, repeats_a_name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  RecordCounts counts, scalar_counts;
  static kernels::ScanFn* const best = testing::best_scan();
  auto found = testing::find(source, InputFormat::kHar, best, counts);
  FUZZ_REQUIRE(found ==
               testing::find(source, InputFormat::kHar, kernels::scan_scalar, scalar_counts));
  if (size > 2048 || !testing::is_shallow(source)) return 0;
  const auto document = reference::parse_json(source);
  const auto* log = document ? document->find("log") : nullptr;
  if (log == nullptr || log->find("entries") == nullptr || repeats_a_name(*document)) return 0;
  auto wanted = reference::extract_har(source);
  testing::clear_channels(wanted);
  testing::clear_channels(found);
  const std::string difference = testing::difference(wanted, found);
  if (!difference.empty()) std::fprintf(stderr, "%s\n", difference.c_str());
  FUZZ_REQUIRE(difference.empty());
  return 0;
}
