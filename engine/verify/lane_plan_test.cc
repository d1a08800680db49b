#include "verify/lane_plan.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "support/catch.h"

using namespace jotmill;

namespace {

std::vector<std::uint32_t> order_of(const LanePlan& plan) {
  return {plan.order().begin(), plan.order().end()};
}

}  // namespace

TEST_CASE("pieces are grouped by family and size, and ordered by length") {
  LanePlan plan;
  plan.add({.family = 1, .size = 32, .length = 5, .index = 0});
  plan.add({.family = 0, .size = 48, .length = 9, .index = 1});
  plan.add({.family = 1, .size = 32, .length = 4, .index = 2});
  plan.add({.family = 0, .size = 32, .length = 7, .index = 3});
  plan.add({.family = 1, .size = 32, .length = 5, .index = 4});
  plan.make();
  CHECK(order_of(plan) == std::vector<std::uint32_t>{3, 1, 2, 0, 4});
  REQUIRE(plan.groups().size() == 3);
  const LanePlan::Group& last = plan.groups()[2];
  CHECK(std::tuple(last.family, last.size, last.begin, last.count) == std::tuple(1u, 32u, 2u, 3u));
  plan.clear();
  plan.make();
  CHECK(plan.order().empty());
  CHECK(plan.groups().empty());
}

TEST_CASE("every piece is planned once, and a group holds what it says") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    LanePlan plan;
    std::vector<LanePlan::Piece> pieces(random() % 300);
    for (std::uint32_t i = 0; i < pieces.size(); ++i) {
      pieces[i] = {.family = static_cast<std::uint32_t>(random() % 4),
                   .size = static_cast<std::uint32_t>(random() % 3 * 32),
                   .length = static_cast<std::uint32_t>(random()),
                   .index = i};
      plan.add(pieces[i]);
    }
    plan.make();
    std::vector<std::uint32_t> all = order_of(plan);
    std::uint32_t end = 0;
    for (const LanePlan::Group& group : plan.groups()) {
      REQUIRE(group.begin == end);
      REQUIRE(group.count > 0);
      end += group.count;
      for (std::uint32_t i = group.begin; i < end; ++i) {
        REQUIRE(pieces[all[i]].family == group.family);
        REQUIRE(pieces[all[i]].size == group.size);
      }
    }
    REQUIRE(end == pieces.size());
    std::sort(all.begin(), all.end());
    for (std::uint32_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == i);
  }
}

TEST_CASE("the order is that of comparisons, whatever the order of coming") {
  std::mt19937 random(11);
  for (int round = 0; round < 100; ++round) {
    LanePlan plan;
    std::vector<LanePlan::Piece> pieces(random() % 600);
    const std::uint32_t lengths = 1u << random() % 21, families = 1 + random() % 16;
    for (std::uint32_t i = 0; i < pieces.size(); ++i) {
      pieces[i] = {.family = static_cast<std::uint32_t>(random() % families),
                   .size = static_cast<std::uint32_t>(random() % 4096),
                   .length = static_cast<std::uint32_t>(random() % lengths),
                   .index = i};
    }
    if (round % 2 == 1) std::shuffle(pieces.begin(), pieces.end(), random);
    for (const LanePlan::Piece& piece : pieces) plan.add(piece);
    plan.make();
    std::sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.family, a.size, a.length, a.index) <
             std::tuple(b.family, b.size, b.length, b.index);
    });
    const std::vector<std::uint32_t> order = order_of(plan);
    REQUIRE(order.size() == pieces.size());
    for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] == pieces[i].index);
  }
}

TEST_CASE("lane use: a step takes as long as its longest piece") {
  const std::vector<std::uint32_t> lengths = {5, 5, 6, 5, 7};
  const LaneUse one = lane_use(lengths, 1), two = lane_use(lengths, 2),
                eight = lane_use(lengths, 8);
  CHECK((one.used == 28 && one.total == 28));
  CHECK((two.used == 28 && two.total == 2 * (5 + 6 + 7)));
  CHECK((eight.used == 28 && eight.total == 8 * 7));
  CHECK(lane_use({}, 8).total == 0);
}
