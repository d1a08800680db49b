// What the linker could mix up: an object compiled for AVX2 or AVX-512 that defines a weak symbol
// (an inline function, a template, a vague constant) offers its copy to the whole program, and the
// linker may take it for portable code.

#include <string>
#include <string_view>
#include <vector>

#include "structure/include_rules.h"
#include "structure/tree.h"
#include "support/catch.h"

namespace jotmill::structure {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

struct Symbols {
  std::vector<std::string>
      weak;  ///< nm types W, V and u: definitions that the linker may pick from any object
  std::size_t defined = 0;  ///< of every kind
};

/// Reads the output of nm -P: name, type, value, size.
Symbols read_symbols(std::string_view output) {
  Symbols symbols;
  for (const std::string& line : split(output, '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() < 2 || words[1].size() != 1) continue;
    const char type = words[1][0];
    // Lower-case w and v are references, not definitions.
    if (type != 'U' && type != 'w' && type != 'v') ++symbols.defined;
    if (type == 'W' || type == 'V' || type == 'u') symbols.weak.push_back(words[0]);
  }
  return symbols;
}

/// Runs nm on an object file; fails the test when that does not work.
Symbols symbols_of(const std::string& object) { return read_symbols(told_by("nm -P", object)); }

/// The object that was compiled from `source`, by the names that CMake gives.
std::string object_of(const std::string& source) {
  const std::string name = source.substr(source.rfind('/') + 1);
  for (const std::string& object : split(JOTMILL_KERNEL_OBJECTS, '|')) {
    if (object.ends_with("/" + name + ".o")) return object;
  }
  return {};
}

TEST_CASE("the reader of nm tells weak definitions from others") {
  const Symbols symbols = read_symbols(
      "_ZN7jotmill6decodeEv T 0 10\n_ZNSt6vectorIiE W 0 8\n_ZTV3Foo V 0 8\n_ZGVunique u 0 8\n"
      "memcpy U\n__gmon_start__ w\nlocal t 20 4\n");
  CHECK(symbols.weak == std::vector<std::string>{"_ZNSt6vectorIiE", "_ZTV3Foo", "_ZGVunique"});
  CHECK(symbols.defined == 5);
}

TEST_CASE("ISA objects define no weak symbol") {
#if defined(__x86_64__)
  // The check itself must be able to fail: a portable file full of templates has weak symbols.
  const std::string portable = object_of("engine/kernels/kernels.cc");
  REQUIRE_FALSE(portable.empty());
  CHECK_FALSE(symbols_of(portable).weak.empty());
  int checked = 0;
  for (const std::string& source : sources_under("engine/kernels")) {
    if (!is_isa_file(source)) continue;
    CAPTURE(source);
    const std::string object = object_of(source);
    REQUIRE_FALSE(object.empty());
    const Symbols symbols = symbols_of(object);
    CHECK(symbols.defined != 0);
    CHECK(symbols.weak == std::vector<std::string>{});
    ++checked;
  }
  CHECK(checked >= 2);
#else
  WARN("no ISA files on this architecture");
#endif
}

}  // namespace
}  // namespace jotmill::structure
