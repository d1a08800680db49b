// The program as the linker left it: what makes a memory error hard to exploit is on, in the binary
// and not only in the flags that were meant for it.

#include <cstdlib>
#include <string>

#include "structure/tree.h"
#include "support/catch.h"

namespace jotmill::structure {
namespace {

std::string program() {
  const char* path = std::getenv("JOTMILL_BINARY");
  REQUIRE(path != nullptr);
  return path;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The line of `text` that holds `part`; empty when none does.
std::string line_with(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return {};
  const std::size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

}  // namespace

TEST_CASE("the program is position independent, with a read-only GOT and no executable stack") {
  const std::string headers = told_by("readelf -hldW", program());
  CHECK(has(line_with(headers, "Type:"), "DYN"));
  CHECK(has(line_with(headers, "(FLAGS_1)"), "PIE"));
  CHECK(has(line_with(headers, "(FLAGS_1)"), "NOW"));
  CHECK(has(headers, "GNU_RELRO"));
  const std::string stack = line_with(headers, "GNU_STACK");
  CHECK(has(stack, " RW "));
  CHECK_FALSE(has(stack, " RWE "));
  CHECK_FALSE(has(headers, "(TEXTREL)"));
  CHECK_FALSE(has(headers, "(RUNPATH)"));
  CHECK_FALSE(has(headers, "(RPATH)"));
}

TEST_CASE("stack protector and fortified functions are in use") {
  const std::string symbols = told_by("readelf -W --dyn-syms", program());
  CHECK(has(symbols, "__stack_chk_fail"));
#if defined(JOTMILL_EXPECT_FORTIFY)
  CHECK(has(symbols, "__memcpy_chk"));
#endif
}

}  // namespace jotmill::structure
