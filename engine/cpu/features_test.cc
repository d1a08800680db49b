#include "cpu/features.h"

#include <fstream>
#include <sstream>

#include "support/catch.h"

namespace jotmill {
namespace {

using enum CpuFeature;

TEST_CASE("the feature table is in enum order and parents stand before children") {
  CpuMask seen;
  std::size_t index = 0;
  for (const CpuFeatureInfo& info : cpu_features()) {
    CAPTURE(std::string(info.name));
    CHECK(static_cast<std::size_t>(info.feature) == index++);
    CHECK(seen.has(info.builds_on));
    CHECK_FALSE(seen.has(info.feature));
    seen = seen | info.feature;
  }
}

TEST_CASE("names and parsing are inverse") {
  CpuMask all;
  for (const CpuFeatureInfo& info : cpu_features()) {
    const ParsedCpuMask one = parse_features(info.name);
    REQUIRE(one.ok());
    CHECK(one.mask == CpuMask(info.feature));
    all = all | info.feature;
  }
  CHECK(parse_features(feature_names(all)).mask == all);
  CHECK(feature_names(kAvx2 | kSsse3) == "ssse3,avx2");
  CHECK(feature_names({}).empty());
}

TEST_CASE("a list of features may hold blanks and empty items, but no unknown name") {
  CHECK(parse_features(" avx2 , ,bmi2,").mask == (kAvx2 | kBmi2));
  CHECK(parse_features("").ok());
  CHECK(parse_features("").mask == CpuMask());
  const ParsedCpuMask bad = parse_features("avx2,AVX2,nonsense");
  CHECK_FALSE(bad.ok());
  CHECK(bad.unknown == "AVX2");
}

TEST_CASE("removing a feature removes what builds on it") {
  CpuMask all;
  for (const CpuFeatureInfo& info : cpu_features()) all = all | info.feature;
  const CpuMask no_avx2 = remove_features(all, kAvx2);
  CHECK(no_avx2.has(kAvx | kSse42 | kShaNi | kBmi2));
  CHECK((no_avx2 & (kAvx2 | kAvx512f | kAvx512bw | kAvx512vbmi | kAvx512ifma)) == CpuMask());
  CHECK(remove_features(all, {}) == all);
  CHECK_FALSE(remove_features(all, kAvx512bw).has(kAvx512vbmi));
  CHECK(remove_features(all, kAvx512bw).has(kAvx512ifma));
  CHECK_FALSE(remove_features(all, kSsse3).has(kShaNi));
}

TEST_CASE("detection is stable, consistent and agrees with the kernel's own list") {
  const CpuMask cpu = detect_cpu();
  CHECK(cpu == detect_cpu());
  CHECK(remove_features(cpu, {}) == cpu);
  CHECK_FALSE(cpu_brand().empty());
#if defined(__x86_64__) && defined(__linux__)
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line) && line.rfind("flags", 0) != 0) {
  }
  if (line.empty()) {
    WARN("no flags line in /proc/cpuinfo: the comparison is skipped");
    return;
  }
  std::istringstream words(line);
  CpuMask listed;
  for (std::string word; words >> word;) {
    if (word == "avx512_vbmi2") word = "avx512vbmi2";
    const ParsedCpuMask one = parse_features(word);
    if (one.ok()) listed = listed | one.mask;
  }
  CHECK(feature_names(cpu) == feature_names(remove_features(listed, {})));
#endif
}

}  // namespace
}  // namespace jotmill
