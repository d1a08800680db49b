#include "jotmill/sketches.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "stats/hash.h"
#include "support/catch.h"

namespace jotmill {
namespace {

TEST_CASE("histogram: buckets follow each other without a gap and are narrow") {
  CHECK(Histogram::first_of(0) == 0);
  for (std::uint16_t b = 0; b + 1 < Histogram::kBucketCount; ++b) {
    const auto next = static_cast<std::uint16_t>(b + 1);
    REQUIRE(Histogram::last_of(b) + 1 == Histogram::first_of(next));
    REQUIRE(Histogram::bucket_of(Histogram::first_of(b)) == b);
    REQUIRE(Histogram::bucket_of(Histogram::last_of(b)) == b);
    REQUIRE(Histogram::last_of(b) - Histogram::first_of(b) <= Histogram::first_of(b) / 16);
  }
  CHECK(Histogram::bucket_of(~std::uint64_t{0}) == Histogram::kBucketCount - 1);
  CHECK(Histogram::last_of(Histogram::kBucketCount - 1) == ~std::uint64_t{0});
}

TEST_CASE("histogram: quantiles are exact below 32 and within a sixteenth above") {
  Histogram small;
  for (std::uint64_t v = 1; v <= 20; ++v) small.count(v);
  CHECK(small.quantile(500) == 10);
  CHECK(small.quantile(900) == 18);
  CHECK(small.quantile(1000) == 20);
  CHECK(small.quantile(0) == 1);
  CHECK(Histogram{}.quantile(500) == 0);

  Histogram large;
  for (std::uint64_t v = 1; v <= 100000; ++v) large.count(v);
  for (const unsigned q : {10u, 100u, 500u, 900u, 990u, 999u}) {
    const std::uint64_t exact = 100 * q;
    CHECK(large.quantile(q) >= exact);
    CHECK(large.quantile(q) <= exact + exact / 16 + 1);
  }
  CHECK(large.quantile(1000) == 100000);
  CHECK(large.least == 1);
  CHECK(large.most == 100000);
}

TEST_CASE("histogram: ranges between powers of two are exact") {
  Histogram h;
  for (std::uint64_t v = 0; v < 5000; ++v) h.count(v);
  CHECK(h.between(0, 0) == 1);
  CHECK(h.between(1, 1) == 1);
  CHECK(h.between(256, 511) == 256);
  CHECK(h.between(4096, 8191) == 5000 - 4096);
  CHECK(h.between(0, ~std::uint64_t{0}) == 5000);
}

TEST_CASE("distinct: exact up to its limit, repeats change nothing") {
  DistinctSketch sketch;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < DistinctSketch::kExactHashes; ++i) sketch.add_hash(mix64(i));
  }
  CHECK(sketch.exact());
  CHECK(sketch.estimate() == DistinctSketch::kExactHashes);
  sketch.add_hash(mix64(1u << 20));
  CHECK_FALSE(sketch.exact());
  CHECK(sketch.hashes.empty());
}

TEST_CASE("distinct: errors have the promised size over the whole range") {
  std::mt19937_64 random(20261123);
  for (const std::size_t size : {4097u, 10000u, 50000u, 100000u, 300000u, 1000000u}) {
    double squares = 0;
    constexpr int kRuns = 8;
    for (int run = 0; run < kRuns; ++run) {
      DistinctSketch sketch;
      for (std::size_t i = 0; i < size; ++i) sketch.add_hash(random());
      const double error = (static_cast<double>(sketch.estimate()) - static_cast<double>(size)) /
                           static_cast<double>(size);
      INFO("size " << size << " run " << run << " error " << error);
      CHECK(std::abs(error) < 0.017);  // four standard errors
      squares += error * error;
    }
    CHECK(std::sqrt(squares / kRuns) < 0.01);
  }
}

TEST_CASE("distinct: a full and an empty register are no special case") {
  DistinctSketch sketch;
  sketch.registers.assign(DistinctSketch::kRegisters, 0);
  CHECK(sketch.estimate() == 0);
  sketch.add_hash(0);
  CHECK(sketch.registers[0] == DistinctSketch::kMostRank);
  CHECK(sketch.estimate() == 1);
  sketch.add_hash(~std::uint64_t{0});
  CHECK(sketch.registers.back() == 1);
  CHECK(sketch.estimate() == 2);
}

TopList::Count one(bool accepted, std::uint64_t draw) {
  return {accepted ? 1u : 0u, accepted ? 0u : 1u, draw};
}

TEST_CASE("top list: exact counts, ordered by count and then by text") {
  TopList list;
  for (int i = 0; i < 5; ++i) list.count("b", one(true, 10));
  for (int i = 0; i < 5; ++i) list.count("a", one(i < 2, 20));
  list.count("c", one(false, 30));
  CHECK(list.exact());
  CHECK(list.error_at_most() == 0);
  const auto top = list.top(10);
  REQUIRE(top.size() == 3);
  CHECK(top[0].text == "a");
  CHECK(top[0].accepted == 2);
  CHECK(top[0].rejected == 3);
  CHECK(top[1].text == "b");
  CHECK(top[2].text == "c");
  const auto rejected = list.top(10, TopList::By::kRejected);
  REQUIRE(rejected.size() == 2);
  CHECK(rejected[0].text == "a");
  CHECK(rejected[1].text == "c");
  CHECK(list.top(1).size() == 1);
}

TEST_CASE("top list: exact with 65,536 values, approximate with one more") {
  TopList list;
  for (std::size_t i = 0; i < TopList::kExactValues; ++i)
    list.count(std::to_string(i), one(true, mix64(i) >> 11));
  CHECK(list.exact());
  CHECK(list.top(100000).size() == TopList::kExactValues);
  list.count("one more", one(true, 0));
  CHECK_FALSE(list.exact());
  CHECK(list.values.size() == TopList::kKeptValues);
  CHECK(list.values.contains("one more"));
  CHECK(list.total() == TopList::kExactValues + 1);
}

TEST_CASE("top list: heavy texts are found among a flood, within the error bound") {
  std::mt19937_64 random(7);
  TopList list;
  std::map<std::string, std::uint64_t> truth;
  constexpr std::uint64_t kTokens = 600000;
  for (std::uint64_t i = 0; i < kTokens; ++i) {
    // Half of all tokens carry one of 100 texts with falling shares, the others each their own.
    const std::uint64_t r = random();
    const std::string text = r % 2 == 0
                                 ? "heavy" + std::to_string(std::min(r >> 8 & 127, r >> 20 & 127))
                                 : "light" + std::to_string(i);
    list.count(text, one(r % 3 == 0, random() >> 11));
    if (r % 2 == 0) ++truth[text];
  }
  list.settle();
  REQUIRE_FALSE(list.exact());
  CHECK(list.complete_from() == kTokens / 512);
  const auto top = list.top(1000);
  std::size_t expected = 0;
  for (const auto& entry : truth) {
    const std::uint64_t count = entry.second;
    if (count < list.complete_from()) continue;
    ++expected;
    const auto found = std::find_if(top.begin(), top.end(),
                                    [&](const auto& row) { return row.text == entry.first; });
    REQUIRE(found != top.end());
    CHECK(found->tokens() >= count);
    CHECK(found->tokens() <= count + list.error_at_most());
  }
  CHECK(expected > 50);
  for (const auto& row : top) CHECK(row.text.starts_with("heavy"));
}

TEST_CASE(
    "top list: the state is that of the multiset, whatever the parts, their order, or equal "
    "draws") {
  std::mt19937_64 random(11);
  struct Item {
    std::string text;
    TopList::Count counts;
  };
  std::vector<Item> items;
  for (int i = 0; i < 320000; ++i) {
    // Few different draws, so that many texts share one.
    items.push_back(
        {"t" + std::to_string(random() % 250000), one(random() % 2 == 0, random() % 9000)});
  }
  const auto state_of = [](const TopList& list) {
    std::vector<std::pair<std::string, std::uint64_t>> names;
    for (const auto& [text, counts] : list.values) names.emplace_back(text, counts.draw);
    return std::tuple(names, list.accepted_cells, list.rejected_cells, list.accepted,
                      list.rejected);
  };
  TopList whole;
  for (const Item& item : items) whole.count(item.text, item.counts);
  whole.settle();
  REQUIRE_FALSE(whole.exact());

  // A newcomer with the greatest kept draw and the least text takes the place of another.
  TopList late = whole;
  std::uint64_t greatest = 0;
  for (const auto& value : late.values) greatest = std::max(greatest, value.second.draw);
  late.count("", {1, 0, greatest});
  late.settle();
  CHECK(late.values.contains(""));
  CHECK(late.values.size() == TopList::kKeptValues);

  for (const std::size_t cut : {160000u, 310000u}) {  // both parts approximate; one exact
    std::shuffle(items.begin(), items.end(), random);
    TopList left, right;
    for (std::size_t i = 0; i < items.size(); ++i) {
      (i < cut ? left : right).count(items[i].text, items[i].counts);
    }
    CHECK(right.exact() == (cut == 310000));
    left.settle();
    right.settle();
    TopList sum = right;
    sum.add(left);
    left.add(right);
    const bool same = state_of(left) == state_of(whole);
    const bool same_the_other_way = state_of(sum) == state_of(whole);
    CHECK(same);
    CHECK(same_the_other_way);
  }
}

TEST_CASE("labels: short UTF-8 stays, everything else is cut and told apart") {
  CHECK(make_label("") == "");
  CHECK(make_label("https://issuer.example/") == "https://issuer.example/");
  CHECK(make_label(std::string(256, 'x')) == std::string(256, 'x'));
  const std::string a = make_label(std::string(300, 'x') + "a");
  const std::string b = make_label(std::string(300, 'x') + "b");
  CHECK(a != b);
  CHECK(a.size() == kMostLabelBytes);
  CHECK(a.substr(0, 239) == std::string(239, 'x'));
  CHECK(a[239] == '~');
  CHECK(make_label(a) == a);
  // A sequence is never cut in two: 238 bytes and a two-byte letter.
  const std::string cut = make_label(std::string(238, 'x') + "\xC3\xA4" + std::string(100, 'y'));
  CHECK(cut.substr(0, 239) == std::string(238, 'x') + "~");
  const std::string broken = make_label("a\xFF");
  CHECK(broken.starts_with("a\xEF\xBF\xBD~"));
  CHECK(broken != make_label("a\xFE"));
  CHECK(make_label(std::string(1000, '\xFF')).size() <= kMostLabelBytes);
}

TEST_CASE("time buckets: the least width at which they fit, whatever the order and grouping") {
  std::mt19937_64 random(11);
  for (const std::int64_t span : {1'000, 100'000, 5'000'000, 400'000'000}) {
    std::vector<std::int64_t> times;
    for (int i = 0; i < 5000; ++i) {
      times.push_back(1'700'000'000 - 200'000'000 +
                      static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span)));
    }
    const auto sum_of = [&](std::size_t parts) {
      std::vector<TimeBuckets> shares(parts);
      for (const std::int64_t s : times) shares[random() % parts].count(s, {1, random() % 2 == 0});
      while (shares.size() > 1) {
        std::shuffle(shares.begin(), shares.end(), random);
        shares.front().add(shares.back());
        shares.pop_back();
      }
      return shares.front();
    };
    const TimeBuckets whole = sum_of(1);
    CHECK(whole.total() == times.size());
    CHECK(whole.buckets.size() <= TimeBuckets::kMostBuckets);
    const auto starts = [](const TimeBuckets& all) {
      std::vector<std::pair<std::int64_t, std::uint64_t>> rows;
      for (const auto& [start, count] : all.buckets) rows.emplace_back(start, count.tokens);
      return rows;
    };
    for (int round = 0; round < 5; ++round) {
      std::shuffle(times.begin(), times.end(), random);
      const TimeBuckets other = sum_of(1 + random() % 6);
      REQUIRE(other.level == whole.level);
      REQUIRE(starts(other) == starts(whole));
    }
    if (whole.level > 0) {
      // One width less would have been too many.
      std::set<std::int64_t> finer;
      const std::int64_t width = TimeBuckets::kWidths[static_cast<std::size_t>(whole.level) - 1];
      for (const std::int64_t s : times) finer.insert(s / width);
      CHECK(finer.size() > TimeBuckets::kMostBuckets);
    }
  }
}

TEST_CASE("time buckets: every width divides the next, and the widest hold all of time") {
  for (std::size_t i = 1; i < TimeBuckets::kWidths.size(); ++i) {
    CHECK(TimeBuckets::kWidths[i] % TimeBuckets::kWidths[i - 1] == 0);
  }
  TimeBuckets all;
  for (std::int64_t year = -2000; year < 9999; ++year) all.count(year * 31'556'952, {1, 0});
  CHECK(all.buckets.size() <= TimeBuckets::kMostBuckets);
  CHECK(all.total() == 11'999);
  TimeBuckets before;
  before.count(-1, {1, 1});
  CHECK(before.buckets.begin()->first == -60);
}

}  // namespace
}  // namespace jotmill
