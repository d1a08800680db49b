#ifndef JOTMILL_DOORS_RECORD_ROWS_H_
#define JOTMILL_DOORS_RECORD_ROWS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "doors/arrow_in.h"
#include "doors/arrow_out.h"
#include "input/source.h"
#include "kernels/scan/scan.h"

namespace jotmill::doors {

/// The rows of a column one after the other, and where each begins in the stream that they make:
/// every row and a LF. Views of some thousand rows at a time; nothing of the rows is copied.
class RowCursor {
 public:
  explicit RowCursor(const TextColumn& column) : column_(column) {}

  bool at_end() const { return row_ == column_.size(); }
  std::int64_t row() const { return row_; }
  std::uint64_t begin_bytes() const { return begin_bytes_; }  ///< of the row, in the stream
  std::string_view text();                                    ///< of the row
  /// Bytes of the whole stream if these are less than `most`, else `most`; looks at some thousand
  /// rows at most.
  std::size_t bytes_or(std::size_t most);
  void advance();
  /// To the row that holds the byte at `offset_bytes` of the stream. Linear from where it stands to
  /// there, for offsets that grow.
  void seek(std::uint64_t offset_bytes);

 private:
  const TextColumn& column_;
  std::vector<std::string_view> group_;
  std::int64_t row_ = 0, group_begin_ = 0;
  std::uint64_t begin_bytes_ = 0;
};

/// That stream as an input.
class RecordRows final : public ByteReader {
 public:
  RecordRows(const TextColumn& column, kernels::ScanFn* count_lines)
      : rows_(column), count_lines_(count_lines) {}

  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override;
  std::uint64_t bytes_read() const override { return bytes_read_; }
  std::uint64_t lines_read() const { return lines_read_; }

 private:
  RowCursor rows_;
  kernels::ScanFn* count_lines_;
  std::size_t taken_bytes_ = 0;  ///< of the row that the cursor stands on
  std::uint64_t bytes_read_ = 0, lines_read_ = 0;
};

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_RECORD_ROWS_H_
