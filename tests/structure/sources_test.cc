// Every source file is named in a CMakeLists.txt: one that is not would never be built, and a test
// never run.

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "structure/tree.h"
#include "support/catch.h"

namespace jotmill::structure {
namespace {

namespace fs = std::filesystem;

bool is_compiled(std::string_view path) {
  return path.ends_with(".cc") || path.ends_with(".cpp") || path.ends_with(".c") ||
         path.ends_with(".S");
}

/// Adds the sources that a CMake text in `folder` (relative to the root) names, relative to the
/// root. Comments do not count.
void add_named(std::string_view text, const fs::path& folder, std::set<std::string>* named) {
  std::string token;
  bool comment = false;
  const auto finish = [&] {
    if (is_compiled(token)) {
      fs::path path = folder / token;
      for (const std::string_view base : {"${PROJECT_SOURCE_DIR}/", "${CMAKE_SOURCE_DIR}/"}) {
        if (token.starts_with(base)) path = token.substr(base.size());
      }
      constexpr std::string_view kHere = "${CMAKE_CURRENT_SOURCE_DIR}/";
      if (token.starts_with(kHere)) path = folder / token.substr(kHere.size());
      named->insert(path.lexically_normal().generic_string());
    }
    token.clear();
  };
  for (const char c : text) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    const bool separator = std::string_view(" \t\r\n()\";<>").find(c) != std::string_view::npos;
    if (comment || separator) {
      finish();
    } else {
      token += c;
    }
  }
  finish();
}

std::set<std::string> all_named() {
  std::set<std::string> named;
  for (const std::string_view folder : {"engine", "tools", "tests", "bench"}) {
    if (!fs::exists(root() / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
      if (entry.path().filename() != "CMakeLists.txt") continue;
      const fs::path path = fs::relative(entry.path(), root());
      add_named(text_of(path.generic_string()), path.parent_path(), &named);
    }
  }
  add_named(text_of("CMakeLists.txt"), "", &named);
  add_named(text_of("cmake/rooms.cmake"), "cmake", &named);
  return named;
}

TEST_CASE("names are read from CMake text") {
  std::set<std::string> named;
  add_named(
      "jm_room(x SOURCES a.cc sub/b.cc) # c.cc\n\"${PROJECT_SOURCE_DIR}/tests/d.cc\" ${VAR}.txt\n"
      "${CMAKE_CURRENT_SOURCE_DIR}/e.c ../y/f.cc",
      "engine/x", &named);
  CHECK(named == std::set<std::string>{"engine/x/a.cc", "engine/x/sub/b.cc", "tests/d.cc",
                                       "engine/x/e.c", "engine/y/f.cc"});
}

TEST_CASE("every source file is named in a CMakeLists.txt") {
  const std::set<std::string> named = all_named();
  REQUIRE(named.size() >= 10);
  for (const std::string_view folder : {"engine", "tools", "tests", "bench"}) {
    std::size_t compiled = 0;
    for (const std::string& path : sources_under(folder)) {
      if (!is_compiled(path)) continue;
      ++compiled;
      if (named.count(path) == 0) FAIL_CHECK(path << " is in no CMakeLists.txt");
    }
    CAPTURE(std::string(folder));
    if (folder == "engine") CHECK(compiled >= 10);
  }
}

}  // namespace
}  // namespace jotmill::structure
