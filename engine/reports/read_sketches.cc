#include "reports/read_sketches.h"

#include <numeric>

#include "reports/packed.h"

namespace jotmill {
namespace {

/// ["text", accepted, rejected, draw] of an exact list, ["text", draw] of another.
void read_value(JsonIn::Element element, const std::string& path, bool exact, TopList& list,
                ReadProblem& problem) {
  simdjson::dom::array row;
  const std::size_t wanted = exact ? 4 : 2;
  if (element.get(row) != simdjson::SUCCESS || row.size() != wanted) {
    return problem.found(path + " is not an array of " + std::to_string(wanted) + " members");
  }
  auto at = row.begin();
  const std::string text = make_label(string_of(*at, path, problem));
  TopList::Count counts;
  if (exact) {
    counts.accepted = number_of(*++at, path, problem);
    counts.rejected = number_of(*++at, path, problem);
  }
  counts.draw = number_of(*++at, path, problem, TopList::kMostDraw);
  if (exact && counts.accepted + counts.rejected == 0) problem.found(path + " counts nothing");
  if (list.values.size() >= (exact ? TopList::kExactValues : TopList::kKeptValues)) {
    return problem.found(path + " is one value too many");
  }
  if (!list.values.emplace(text, counts).second) problem.found(path + " was there before");
  list.accepted += counts.accepted;
  list.rejected += counts.rejected;
  if (list.total() > kMostCount) problem.found(path + ": the sum is too large");
}

/// Every row of the cells counts everything once.
bool rows_add_up(const std::vector<std::uint64_t>& cells, std::uint64_t sum) {
  for (std::size_t row = 0; row < TopList::kRows; ++row) {
    std::uint64_t rest = sum;
    for (std::size_t i = 0; i < TopList::kCellsPerRow; ++i) {
      const std::uint64_t cell = cells[row * TopList::kCellsPerRow + i];
      if (cell > rest) return false;
      rest -= cell;
    }
    if (rest != 0) return false;
  }
  return true;
}

std::vector<std::uint64_t> read_cells(const JsonIn& in, const char* name, std::uint64_t sum) {
  constexpr std::size_t kCells = TopList::kRows * TopList::kCellsPerRow;
  auto cells = unpack_numbers(in.string(name), kCells);
  if (cells && rows_add_up(*cells, sum)) return std::move(*cells);
  in.problem().found(in.path(name) + " is not a sketch with that sum");
  return std::vector<std::uint64_t>(kCells);
}

}  // namespace

TopList read_top_list(const JsonIn& state, const char* name) {
  const JsonIn in = state.object(name);
  TopList list;
  const bool exact = in.boolean("exact");
  in.each("values", [&](JsonIn::Element element, const std::string& path) {
    read_value(element, path, exact, list, in.problem());
  });
  if (exact || in.problem().any()) return list;
  list.accepted = in.number("accepted");
  list.rejected = in.number("rejected");
  list.accepted_cells = read_cells(in, "accepted_cells", list.accepted);
  list.rejected_cells = read_cells(in, "rejected_cells", list.rejected);
  return list;
}

DistinctSketch read_distinct(const JsonIn& state, const char* name) {
  const JsonIn in = state.object(name);
  DistinctSketch sketch;
  if (!in.boolean("exact")) {
    auto ranks =
        unpack_ranks(in.string("registers"), DistinctSketch::kRegisters, DistinctSketch::kMostRank);
    if (ranks) {
      sketch.registers = std::move(*ranks);
    } else {
      in.problem().found(in.path("registers") + " is no such sketch");
    }
    return sketch;
  }
  const std::uint64_t count = in.number("count", DistinctSketch::kExactHashes);
  const auto hashes = unpack_numbers(in.string("hashes"), count);
  if (hashes) sketch.hashes.insert(hashes->begin(), hashes->end());
  if (sketch.hashes.size() != count) in.problem().found(in.path("hashes") + " is no such list");
  return sketch;
}

Histogram read_histogram(const JsonIn& report, const char* name) {
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
  const JsonIn in = report.object(name);
  Histogram histogram;
  in.each("buckets", [&](JsonIn::Element element, const std::string& path) {
    ReadProblem& problem = in.problem();
    simdjson::dom::array row;
    if (element.get(row) != simdjson::SUCCESS || row.size() != 3) {
      return problem.found(path + " is not [first, last, count]");
    }
    const std::uint64_t first = number_of(row.at(0).value_unsafe(), path, problem, kAny);
    const std::uint64_t last = number_of(row.at(1).value_unsafe(), path, problem, kAny);
    const std::uint64_t count = number_of(row.at(2).value_unsafe(), path, problem);
    const std::uint16_t bucket = Histogram::bucket_of(first);
    if (Histogram::first_of(bucket) != first || Histogram::last_of(bucket) != last || count == 0 ||
        !histogram.buckets.emplace(bucket, count).second) {
      return problem.found(path + " is no bucket of such a histogram");
    }
    histogram.total += count;
    if (histogram.total > kMostCount) problem.found(path + ": the sum is too large");
  });
  if (histogram.total == 0) return histogram;
  histogram.least = in.number("min", kAny);
  histogram.most = in.number("max", kAny);
  if (Histogram::bucket_of(histogram.least) != histogram.buckets.begin()->first ||
      Histogram::bucket_of(histogram.most) != histogram.buckets.rbegin()->first) {
    in.problem().found(in.path("buckets") + " does not fit min and max");
  }
  return histogram;
}

}  // namespace jotmill
