// The memo of headers, also where memory runs out.

#include "claims/header_memo.h"

#include <new>
#include <string>

#include "support/catch.h"
#include "support/failing_memory.h"

using namespace jotmill;

namespace {

PassedHeader passed(Alg alg, const std::string& kid) {
  return {.alg = alg, .has_kid = true, .cty_is_jwt = false, .kid = kid};
}

/// Whether what the memo has for `header`, if it has anything, is `expected`.
bool knows_nothing_else(const HeaderMemo& memo, const std::string& header,
                        const PassedHeader& expected) {
  const PassedHeader* found = memo.find(header);
  return found == nullptr || (found->alg == expected.alg && found->kid == expected.kid);
}

TEST_CASE("headers: found byte for byte, or not at all", "[claims]") {
  HeaderMemo memo;
  CHECK(memo.find("") == nullptr);
  memo.add("abc", passed(Alg::kHS256, "k"));
  REQUIRE(memo.find("abc") != nullptr);
  CHECK(memo.find("abc")->kid == "k");
  CHECK(memo.find("abd") == nullptr);
  CHECK(memo.find("ab") == nullptr);
  memo.add(std::string(513, 'a'), passed(Alg::kHS256, "k"));
  CHECK(memo.find(std::string(513, 'a')) == nullptr);
}

TEST_CASE("headers: without memory for a new one the old one's place is empty", "[claims]") {
  // Longer than what a string has room for in itself, the second of each longer than the first.
  const std::string old_header(40, 'o'), old_kid(40, 'k');
  const PassedHeader old_passed = passed(Alg::kHS256, old_kid);
  const PassedHeader new_passed = passed(Alg::kRS512, std::string(400, 'n'));
  std::string new_header;  // one that takes the place of the old one
  for (int i = 0; new_header.empty(); ++i) {
    const std::string header = std::string(400, 'n') + std::to_string(i);
    HeaderMemo memo;
    memo.add(old_header, old_passed);
    memo.add(header, new_passed);
    if (memo.find(old_header) == nullptr) new_header = header;
  }
  int failures = 0;
  for (std::size_t met = 0;; ++met) {
    HeaderMemo memo;
    memo.add(old_header, old_passed);
    bool failed = false;
    testing::fail_allocation(met, false);
    try {
      memo.add(new_header, new_passed);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    testing::allow_allocations();
    CHECK(knows_nothing_else(memo, old_header, old_passed));
    CHECK(knows_nothing_else(memo, new_header, new_passed));
    if (!failed) break;
    ++failures;
  }
  CHECK(failures == 2);
}

}  // namespace
