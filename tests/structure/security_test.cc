// SECURITY.md says which test covers which attack. A name that no test has would be a promise that
// nobody keeps.

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "structure/tree.h"
#include "support/catch.h"

namespace jotmill::structure {
namespace {

/// The names of the test cases in a source text.
void add_names(std::string_view text, std::set<std::string>& names) {
  constexpr std::string_view kBegin = "TEST_CASE(";
  for (std::size_t at; (at = text.find(kBegin)) != std::string_view::npos;) {
    text.remove_prefix(at + kBegin.size());
    const std::size_t open = text.find('"');
    if (open == std::string_view::npos) return;
    text.remove_prefix(open + 1);
    names.emplace(text.substr(0, text.find('"')));
  }
}

/// What stands in backquotes in the last cell of each row of the table under `heading`.
std::vector<std::string> quoted_in_last_cells(std::string_view document, std::string_view heading) {
  std::vector<std::string> quoted;
  document.remove_prefix(std::min(document.find(heading), document.size()));
  document = document.substr(0, document.find("\n## ", 1));
  while (!document.empty()) {
    const std::size_t end = std::min(document.find('\n'), document.size());
    const std::string_view row = document.substr(0, end);
    document.remove_prefix(std::min(end + 1, document.size()));
    if (!row.starts_with("| ") || !row.ends_with(" |")) continue;
    std::string_view cell = row.substr(0, row.size() - 2);
    cell.remove_prefix(cell.rfind(" | ") + 3);
    for (std::size_t open; (open = cell.find('`')) != std::string_view::npos;) {
      cell.remove_prefix(open + 1);
      const std::size_t close = cell.find('`');
      quoted.emplace_back(cell.substr(0, close));
      cell.remove_prefix(std::min(close, cell.size() - 1) + 1);
    }
  }
  return quoted;
}

}  // namespace

TEST_CASE("every test that SECURITY.md names exists") {
  std::set<std::string> names;
  for (const std::string_view folder : {"engine", "tests", "tools"}) {
    for (const std::string& source : sources_under(folder)) add_names(text_of(source), names);
  }
  REQUIRE(names.size() > 300);
  const std::string document = text_of("SECURITY.md");
  const std::vector<std::string> promised =
      quoted_in_last_cells(document, "## Attacks, and the test that covers each");
  CHECK(promised.size() >= 30);
  for (const std::string& name : promised) {
    INFO("\"" << name << "\"");
    CHECK(names.contains(name));
  }
}

TEST_CASE("rows of a document are read as they are meant") {
  const std::string document =
      "## Other\n| a | `x` |\n## Here\n| b | `c` | `one` and `two` |\n\n## Next\n| d | `y` |\n";
  CHECK(quoted_in_last_cells(document, "## Here") == std::vector<std::string>{"one", "two"});
}

}  // namespace jotmill::structure
