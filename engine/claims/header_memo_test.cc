// The memo of headers where memory runs out: operator new of this program fails when it is told to.

#include "claims/header_memo.h"

#include <cstdlib>
#include <new>
#include <string>

#include "support/catch.h"

namespace {
/// So many allocations are still met, and the one after them fails; negative: all are met.
int allocations_left = -1;
}  // namespace

void* operator new(std::size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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
  for (int met = 0;; ++met) {
    HeaderMemo memo;
    memo.add(old_header, old_passed);
    bool failed = false;
    allocations_left = met;
    try {
      memo.add(new_header, new_passed);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    allocations_left = -1;
    CHECK(knows_nothing_else(memo, old_header, old_passed));
    CHECK(knows_nothing_else(memo, new_header, new_passed));
    if (!failed) break;
    ++failures;
  }
  CHECK(failures == 2);
}

}  // namespace
