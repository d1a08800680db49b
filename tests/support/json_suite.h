#ifndef JOTMILL_TESTS_SUPPORT_JSON_SUITE_H_
#define JOTMILL_TESTS_SUPPORT_JSON_SUITE_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "support/catch.h"

namespace jotmill::testing {

/// JSONTestSuite's texts by file name, from the folder of vectors (tests/README.md). Without it
/// none, and one line that says so; with CI=true that is a failure.
inline std::map<std::string, std::string> json_test_suite() {
  const char* const given = std::getenv("JOTMILL_VECTORS");
  const char* const source = std::getenv("JOTMILL_SOURCE_DIR");
  const std::filesystem::path folder =
      (given != nullptr
           ? std::filesystem::path(given)
           : std::filesystem::path(source != nullptr ? source : ".") / "../shared/vectors") /
      "json/test_parsing";
  std::map<std::string, std::string> texts;
  if (!std::filesystem::is_directory(folder)) {
    std::cout << "SKIPPED: JSONTestSuite is not in " << folder << "\n";
    const char* const ci = std::getenv("CI");
    CHECK((ci == nullptr || std::string_view(ci) != "true"));
    return texts;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    texts.emplace(entry.path().filename().string(), std::string{std::istreambuf_iterator<char>(in),
                                                                std::istreambuf_iterator<char>()});
  }
  return texts;
}

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_JSON_SUITE_H_
