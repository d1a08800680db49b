// What people write: durations, times, sizes, counts, lists, JSON Pointers, config files. Refused
// with a reason, or read.
#include <array>
#include <cstdint>
#include <limits>

#include "fuzz/require.h"
#include "tools/options/config_file.h"
#include "tools/options/parse.h"

namespace {

template <typename T>
void refused_with_reason(const jotmill::Result<T>& result) {
  FUZZ_REQUIRE(result.ok() || !result.error().reason.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill::tools;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto duration = parse_duration(text);
  refused_with_reason(duration);
  if (duration.ok())
    FUZZ_REQUIRE(duration.value().s >= 0 && duration.value().s <= 1'000'000'000'000);
  const auto time = parse_time(text);
  refused_with_reason(time);
  if (time.ok()) FUZZ_REQUIRE(time.value().ns < 1'000'000'000);
  const auto bytes = parse_size(text, std::size_t{1} << 40);
  refused_with_reason(bytes);
  if (bytes.ok()) FUZZ_REQUIRE(bytes.value() >= 1 && bytes.value() <= std::size_t{1} << 40);
  const auto count = parse_count(text, 3, 1'000'000);
  refused_with_reason(count);
  if (count.ok()) FUZZ_REQUIRE(count.value() >= 3 && count.value() <= 1'000'000);
  const std::array<std::string, 1> values = {text};
  const auto list = parse_list(values);
  refused_with_reason(list);
  if (list.ok()) {
    for (const std::string& name : list.value()) FUZZ_REQUIRE(!name.empty());
  }
  (void)check_json_pointer(text);
  const auto entries = parse_config(text, "file");
  refused_with_reason(entries);
  if (entries.ok()) {
    for (const ConfigEntry& entry : entries.value()) FUZZ_REQUIRE(!entry.name.empty());
  }
  return 0;
}
