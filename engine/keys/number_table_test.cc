#include "keys/number_table.h"

#include <cstdint>

#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

auto is(std::uint32_t wanted) {
  return [wanted](std::uint32_t number) { return number == wanted; };
}

TEST_CASE("things of one hash stay apart, and a table takes as many as it promised") {
  // The worst that hashes can do: all equal, with the place at the end of the slots.
  constexpr std::uint64_t kHash = 0xFFFFFFFFFFFFFFFF;
  constexpr std::uint32_t kMost = 1000;
  NumberTable table(kMost);
  for (std::uint32_t i = 0; i < kMost; ++i) CHECK(table.find_or_add(kHash, i, is(i)) == i);
  for (std::uint32_t i = 0; i < kMost; ++i) {
    CHECK(table.find(kHash, is(i)) == i);
    CHECK(table.find_or_add(kHash, kMost + i, is(i)) == i);
  }
  CHECK(table.find(kHash, is(kMost)) == NumberTable::kNone);
}

TEST_CASE("a thing is asked for only where the hash agrees") {
  NumberTable table(2);
  const auto yes = [](std::uint32_t) { return true; };
  CHECK(table.find(1, yes) == NumberTable::kNone);
  CHECK(table.find_or_add(1, 7, yes) == 7);
  CHECK(table.find_or_add(std::uint64_t{1} << 32 | 1, 8, yes) == 8);
  CHECK(table.find(1, yes) == 7);
  CHECK(table.find(std::uint64_t{1} << 32 | 1, yes) == 8);
  CHECK(table.find(std::uint64_t{2} << 32 | 1, yes) == NumberTable::kNone);
}

TEST_CASE("a table of nothing finds nothing") {
  CHECK(NumberTable(0).find(5, [](std::uint32_t) { return true; }) == NumberTable::kNone);
}

}  // namespace
}  // namespace jotmill::keys_test
