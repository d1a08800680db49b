// Shards: every byte of every source in exactly one of them, cut between records, with its place.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "input/memory_reader_test.h"
#include "input/part_reader.h"
#include "input/shard.h"
#include "kernels/scan/scan.h"
#include "support/catch.h"

using namespace jotmill;
using jotmill::testing::MemoryReader;

namespace {

struct Piece {
  RecordPlace place;
  std::string bytes;
};

Piece read_part(const std::string& text, const SourcePart& part, std::size_t step, bool with_head) {
  MemoryReader source(text, step);
  PartReader reader(kernels::scan_scalar);
  reader.begin(source, part);
  if (with_head) {
    const SourceHead head = reader.head();
    CHECK(as_text(head.bytes) == text);
    CHECK(head.whole);
  }
  Piece piece{reader.to_first_record({}), ""};
  std::uint8_t some[7];
  for (;;) {
    const Result<std::size_t> got = reader.read(some, sizeof some);
    REQUIRE(got.ok());
    if (got.value() == 0) break;
    piece.bytes.append(reinterpret_cast<const char*>(some), got.value());
  }
  CHECK(reader.bytes_read() == piece.bytes.size());
  return piece;
}

/// What the design says, in the plainest way: the records that begin within the part.
std::string records_within(const std::string& text, const SourcePart& part) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t lf = text.find('\n', begin);
    const std::size_t end = lf == text.npos ? text.size() : lf + 1;
    if (begin >= part.begin_bytes && begin < part.end_bytes) out.append(text, begin, end - begin);
    begin = end;
  }
  return out;
}

SourceList list_of(const std::vector<std::string>& texts) {
  SourceList list;
  for (std::size_t i = 0; i < texts.size(); ++i)
    list.sources.push_back({"/no/such/" + std::to_string(i), texts[i].size()});
  list.unreadable.push_back({ErrorKind::kUnreadable, "folder", "closed"});
  return list;
}

}  // namespace

TEST_CASE("every way of cutting some texts gives each byte once, at its place") {
  const std::vector<std::vector<std::string>> inputs = {
      {"one\ntwo\n\nthree\r\n\n", "", "no end"},
      {"", "\n\n\n", "a long line without its end"},
      {"x"},
      {"", ""},
      {"first\n", "second\n", "third\nfourth"},
  };
  for (const std::vector<std::string>& texts : inputs) {
    std::size_t total = 0;
    for (const std::string& text : texts) total += text.size();
    for (std::uint64_t of = 1; of <= total + 3; ++of) {
      std::vector<std::string> sums(texts.size());
      std::vector<int> firsts(texts.size());
      std::size_t unreadable = 0;
      for (std::uint64_t index = 1; index <= of; ++index) {
        const Result<ShardPlan> plan = plan_shard(list_of(texts), {index, of});
        REQUIRE(plan.ok());
        CHECK(plan.value().input_bytes == total);
        unreadable += plan.value().list.unreadable.size();
        for (std::size_t i = 0; i < plan.value().parts.size(); ++i) {
          const std::size_t source = std::stoul(plan.value().list.sources[i].name.substr(9));
          const SourcePart& part = plan.value().parts[i];
          const std::string& text = texts[source];
          INFO("shard " << index << " of " << of << ", source " << source);
          firsts[source] += part.first;
          for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
            const Piece piece = read_part(text, part, step, step == 1);
            CHECK(piece.bytes == records_within(text, part));
            if (piece.bytes.empty()) continue;
            CHECK(piece.place.offset_bytes == sums[source].size());
            CHECK(piece.place.line ==
                  1 + static_cast<std::uint64_t>(std::count(
                          text.begin(),
                          text.begin() + static_cast<std::ptrdiff_t>(piece.place.offset_bytes),
                          '\n')));
          }
          sums[source] += records_within(text, part);
        }
      }
      CHECK(sums == texts);
      CHECK(std::ranges::all_of(firsts, [](int count) { return count == 1; }));
      CHECK(unreadable == 1);
    }
  }
}

TEST_CASE("what grew after it was listed belongs to the shard that has its end") {
  const SourcePart part = {
      .begin_bytes = 4, .end_bytes = 8, .listed_bytes = 8, .first = false, .to_end = true};
  CHECK(read_part("one\ntwo\nthree\n", part, 3, false).bytes == "two\nthree\n");
}

TEST_CASE("sizes near 2^64 are cut without an overflow") {
  SourceList list;
  list.sources.push_back({"/no/such/file", ~std::uint64_t{0}});
  const Result<ShardPlan> plan = plan_shard(list, {kMostShards, kMostShards});
  REQUIRE(plan.ok());
  REQUIRE(plan.value().parts.size() == 1);
  CHECK(plan.value().parts[0].begin_bytes == 18446725626965477905U);
  CHECK(plan.value().parts[0].to_end);
}

TEST_CASE("standard input and devices cannot be cut, but one shard is the whole") {
  for (const char* name : {"-", "/dev/null"}) {
    SourceList list;
    list.sources.push_back({name, 0});
    const Result<ShardPlan> cut = plan_shard(list, {1, 2});
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().kind == ErrorKind::kUsage);
    CHECK(cut.error().reason.find("cannot be cut by bytes") != std::string::npos);
    CHECK(plan_shard(list, {1, 1}).ok());
  }
}
