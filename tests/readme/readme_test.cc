// README.md against the program: the verdict table, the options and the example are the real ones.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "jotmill/verdict.h"
#include "support/catch.h"

namespace jotmill {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(std::string(JOTMILL_README_ROOT) + "/" + path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// From the line `heading` to the next heading.
std::string section(const std::string& text, const std::string& heading) {
  const std::size_t begin = text.find("\n" + heading + "\n");
  REQUIRE(begin != std::string::npos);
  const std::size_t end = text.find("\n## ", begin + heading.size());
  return text.substr(begin, end == std::string::npos ? end : end - begin);
}

/// The rows of the tables in `text`.
std::string table_rows(const std::string& text) {
  std::istringstream lines(text);
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("|")) rows += line + "\n";
  }
  return rows;
}

std::set<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), expression);
       at != std::sregex_iterator(); ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

TEST_CASE("the README names every verdict, and no other") {
  const std::set<std::string> named =
      matches(table_rows(section(text_of("README.md"), "## Verdicts")), "`([a-z0-9_]+)`");
  std::set<std::string> real;
  for (const VerdictInfo& row : verdict_table()) real.insert(std::string(row.code));
  CHECK(named == real);
}

TEST_CASE("the README names only options that exist") {
  std::string sources;
  const std::filesystem::path tools = std::filesystem::path(JOTMILL_README_ROOT) / "tools";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tools)) {
    if (entry.path().extension() != ".cc" || entry.path().stem().string().ends_with("_test"))
      continue;
    sources += text_of(std::filesystem::relative(entry.path(), JOTMILL_README_ROOT).string());
  }
  // Options of cmake and of tools/setup, in the section about building.
  const std::set<std::string> foreign = {"--build", "--preset", "--dry-run"};
  const std::set<std::string> named = matches(text_of("README.md"), "(--[a-z][a-z-]+)");
  CHECK(named.size() > 15);
  for (const std::string& option : named) {
    CAPTURE(option);
    const bool ours = sources.find("\"" + option + "\"") != std::string::npos ||
                      sources.find("\"" + option + " ") != std::string::npos ||
                      sources.find("," + option + "\"") != std::string::npos;
    CHECK((ours || foreign.count(option) == 1));
  }
}

TEST_CASE("the code in the README is the example that is built and run") {
  const std::string example = text_of("engine/examples/verify_tokens.cc");
  std::istringstream lines(section(text_of("README.md"), "## The library"));
  bool inside = false;
  std::size_t shown = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = line == "```cpp";
    } else if (inside && !line.empty()) {
      CAPTURE(line);
      CHECK(example.find(line + "\n") != std::string::npos);
      ++shown;
    }
  }
  CHECK(shown > 8);
}

}  // namespace
}  // namespace jotmill
