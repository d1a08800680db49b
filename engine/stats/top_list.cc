#include <algorithm>
#include <limits>
#include <tuple>

#include "jotmill/sketches.h"
#include "stats/hash.h"

namespace jotmill {
namespace {

/// The cell of each row that counts a text: 16 bits of its hash for each of the four rows.
struct Cells {
  explicit Cells(std::string_view text) : hash(hash64(text)) {}
  std::size_t operator[](std::size_t row) const {
    return row * TopList::kCellsPerRow + (hash >> (16 * row) & 0xFFFF);
  }
  std::uint64_t hash;
};
static_assert(TopList::kCellsPerRow == 65536 && TopList::kRows == 4);

std::uint64_t least_cell(const std::vector<std::uint64_t>& cells, const Cells& at) {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t row = 0; row < TopList::kRows; ++row) least = std::min(least, cells[at[row]]);
  return least;
}

void raise_cells(std::vector<std::uint64_t>& cells, const Cells& at, std::uint64_t by) {
  if (by == 0) return;  // saves four cache misses: a text is rarely on accepted and rejected tokens
  for (std::size_t row = 0; row < TopList::kRows; ++row) cells[at[row]] += by;
}

}  // namespace

void TopList::count(std::string_view text, const Count& counts) {
  accepted += counts.accepted;
  rejected += counts.rejected;
  if (!exact()) {
    const Cells at(text);
    raise_cells(accepted_cells, at, counts.accepted);
    raise_cells(rejected_cells, at, counts.rejected);
    return keep_name(text, counts.draw);
  }
  auto found = values.find(text);
  if (found == values.end()) found = values.emplace(text, Count{}).first;
  found->second.accepted += counts.accepted;
  found->second.rejected += counts.rejected;
  found->second.draw = std::min(found->second.draw, counts.draw);
  if (values.size() > kExactValues) pour_out();
}

/// From exact to approximate. The state afterwards is the one that an approximate list would have
/// that had counted the same from the start, so it does not matter when this happens.
void TopList::pour_out() {
  accepted_cells.assign(kRows * kCellsPerRow, 0);
  rejected_cells.assign(kRows * kCellsPerRow, 0);
  for (auto& [text, counts] : values) {
    const Cells at(text);
    raise_cells(accepted_cells, at, counts.accepted);
    raise_cells(rejected_cells, at, counts.rejected);
    counts.accepted = counts.rejected = 0;
  }
  settle();
}

void TopList::keep_name(std::string_view text, std::uint64_t draw) {
  if (draw > draw_limit) return;
  auto found = values.find(text);
  if (found == values.end()) found = values.emplace(text, Count{}).first;
  found->second.draw = std::min(found->second.draw, draw);
  if (values.size() >= 2 * kKeptValues) settle();
}

void TopList::settle() {
  if (exact() || values.size() <= kKeptValues) return;
  std::vector<std::pair<std::uint64_t, std::string_view>> order;
  order.reserve(values.size());
  for (const auto& [text, counts] : values) order.emplace_back(counts.draw, text);
  const auto last_kept = order.begin() + (kKeptValues - 1);
  std::nth_element(order.begin(), last_kept, order.end());
  const auto limit = std::pair(last_kept->first, std::string(last_kept->second));
  std::erase_if(values, [&](const auto& value) {
    return std::tie(value.second.draw, value.first) > std::tie(limit.first, limit.second);
  });
  draw_limit = limit.first;
}

void TopList::add(const TopList& other) {
  if (other.exact()) {
    for (const auto& [text, counts] : other.values) count(text, counts);
  } else {
    if (exact()) pour_out();
    accepted += other.accepted;
    rejected += other.rejected;
    for (std::size_t i = 0; i < kRows * kCellsPerRow; ++i) {
      accepted_cells[i] += other.accepted_cells[i];
      rejected_cells[i] += other.rejected_cells[i];
    }
    for (const auto& [text, counts] : other.values) keep_name(text, counts.draw);
  }
  settle();
}

std::uint64_t TopList::error_at_most() const {
  // A row is off by more than 8 times its mean cell with probability 1/8 at most (Markov), all four
  // with 1/4096; accepted and rejected are two such sketches.
  return exact() ? 0 : total() / (kCellsPerRow / 8) + 1;
}

std::uint64_t TopList::complete_from() const {
  return exact() ? 1 : std::max<std::uint64_t>(1, total() / (kKeptValues / 16));
}

TopList::Row TopList::row_of(const std::string& text, const Count& counts) const {
  if (exact()) return {text, counts.accepted, counts.rejected};
  const Cells at(text);
  return {text, least_cell(accepted_cells, at), least_cell(rejected_cells, at)};
}

std::vector<TopList::Row> TopList::top(std::size_t most, By by) const {
  const auto size = [by](const Row& row) {
    return by == By::kTokens ? row.tokens() : row.rejected;
  };
  const std::uint64_t least = complete_from();
  std::vector<Row> rows;
  for (const auto& [text, counts] : values) {
    Row row = row_of(text, counts);
    if (size(row) >= least) rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return size(a) != size(b) ? size(a) > size(b) : a.text < b.text;
  });
  if (rows.size() > most) rows.resize(most);
  return rows;
}

}  // namespace jotmill
