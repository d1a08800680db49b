#ifndef JOTMILL_DOORS_ARROW_OUT_H_
#define JOTMILL_DOORS_ARROW_OUT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/batch.h"
#include "jotmill/jotmill_arrow.h"

namespace jotmill::doors {

/// Texts back to back, and where each ends.
struct TextPile {
  std::vector<std::int64_t> ends;
  std::vector<char> bytes;
  void close() { ends.push_back(static_cast<std::int64_t>(bytes.size())); }
  void add(std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    close();
  }
};

/// Which rows of a column are there: one bit each, and how many are not.
struct Presence {
  std::vector<std::uint8_t> bits;
  std::int64_t rows = 0, nulls = 0;
  void add(bool present);
};

/// A column of texts that repeat: each text once, and an index for each row.
class RepeatedTexts {
 public:
  void add(std::string_view text);
  void add_null();

  Presence presence;
  std::vector<std::int32_t> indices;
  TextPile texts;

 private:
  std::unordered_map<std::string, std::int32_t> known_;
  std::string key_;  ///< working memory
  std::int32_t last_ = -1;
};

/// The columns of a batch of verdicts while it grows, and its end as an Arrow array.
class VerdictColumns {
 public:
  /// `columns`: JOTMILL_COLUMN_ flags.
  explicit VerdictColumns(std::uint32_t columns) : columns_(columns) {}

  bool wants(jotmill_column column) const { return (columns_ & column) != 0; }
  /// Appends `rows` rows, of which the batch answers those that TokenBatch::line names; the others
  /// are null. Throws std::bad_alloc.
  void add(const TokenBatch& batch, const std::vector<std::string_view>& rows,
           std::string_view source);

  /// Where a token stands in a column of records.
  struct InColumn {
    std::uint64_t row = 0, offset_bytes = 0;
  };
  /// Appends a row for each token of a batch that was found in records; `place` tells of a token by
  /// the offset of its first byte in the stream, and is asked only for the columns that need it.
  void add_found(const TokenBatch& batch, std::string_view source,
                 const std::function<InColumn(std::uint64_t)>& place);
  std::int64_t rows() const { return rows_; }

  /// Fills both, or throws std::bad_alloc and leaves nothing behind.
  void finish(ArrowSchema* schema, ArrowArray* array) const;

 private:
  void add_row(const TokenBatch& batch, std::size_t i);
  void add_null_row();
  void add_safe(RepeatedTexts& column, const TokenBatch& batch, TextRef ref);

  std::uint32_t columns_;
  std::int64_t rows_ = 0;
  RepeatedTexts source_, channel_, layers_, verdict_, alg_, kid_;
  std::vector<std::uint64_t> line_, offset_, row_, row_offset_;
  struct PlainTexts {
    Presence presence;
    TextPile texts;
  } detail_, token_id_, claims_;
  std::string words_;  ///< working memory
};

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_ARROW_OUT_H_
