// README.md against the program: the verdict table, the options and the example are the real ones.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
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

/// What stands between backticks, once each.
std::set<std::string> quoted_words(const std::string& text) {
  std::set<std::string> found;
  std::size_t begin = text.find('`');
  while (begin != std::string::npos) {
    const std::size_t end = text.find('`', begin + 1);
    if (end == std::string::npos) break;
    found.insert(text.substr(begin + 1, end - begin - 1));
    begin = text.find('`', end + 1);
  }
  return found;
}

/// Words that begin with two hyphens and a letter.
std::set<std::string> long_options(const std::string& text) {
  constexpr std::string_view kCharacters = "-abcdefghijklmnopqrstuvwxyz0123456789";
  std::set<std::string> found;
  for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at)) {
    const std::size_t end = std::min(text.find_first_not_of(kCharacters, at), text.size());
    if (end > at + 2 && text[at + 2] != '-') found.insert(text.substr(at, end - at));
    at = end;
  }
  return found;
}

TEST_CASE("the README names every verdict, and no other") {
  const std::set<std::string> named =
      quoted_words(table_rows(section(text_of("README.md"), "## Verdicts")));
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
  // Options of cmake, pkg-config and tools/setup, in the sections about building and the library.
  const std::set<std::string> foreign = {"--build",  "--preset", "--dry-run", "--install",
                                         "--prefix", "--cflags", "--libs"};
  const std::set<std::string> named = long_options(text_of("README.md"));
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
