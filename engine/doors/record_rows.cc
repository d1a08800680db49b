#include "doors/record_rows.h"

#include <algorithm>
#include <cstring>

namespace jotmill::doors {
namespace {

constexpr std::int64_t kGroupRows = 2048;

}  // namespace

std::string_view RowCursor::text() {
  const auto have = static_cast<std::int64_t>(group_.size());
  if (row_ < group_begin_ || row_ >= group_begin_ + have) {
    group_begin_ = row_;
    group_.resize(static_cast<std::size_t>(std::min(kGroupRows, column_.size() - row_)));
    column_.read(row_, group_.size(), group_.data());
  }
  return group_[static_cast<std::size_t>(row_ - group_begin_)];
}

std::size_t RowCursor::bytes_or(std::size_t most) {
  if (column_.size() > kGroupRows || at_end()) return at_end() ? 1 : most;
  text();
  std::size_t bytes = 0;
  for (const std::string_view row : group_) bytes += std::min(most, row.size() + 1);
  return std::min(bytes, most);
}

void RowCursor::advance() {
  begin_bytes_ += text().size() + 1;
  ++row_;
}

void RowCursor::seek(std::uint64_t offset_bytes) {
  if (offset_bytes < begin_bytes_) {
    row_ = 0;
    begin_bytes_ = 0;
  }
  while (!at_end() && offset_bytes > begin_bytes_ + text().size()) advance();
}

Result<std::size_t> RecordRows::read(std::uint8_t* to, std::size_t wanted) {
  std::size_t have = 0;
  while (have < wanted && !rows_.at_end()) {
    const std::string_view rest = rows_.text().substr(taken_bytes_);
    const std::size_t part = std::min(rest.size(), wanted - have);
    if (part > 0) std::memcpy(to + have, rest.data(), part);
    have += part;
    taken_bytes_ += part;
    if (part < rest.size() || have == wanted) break;
    to[have++] = '\n';
    taken_bytes_ = 0;
    rows_.advance();
  }
  bytes_read_ += have;
  lines_read_ += count_lines_(to, 0, have, kernels::ScanFor::kCountLines);
  return have;
}

}  // namespace jotmill::doors
