#ifndef JOTMILL_DOORS_ARROW_IN_H_
#define JOTMILL_DOORS_ARROW_IN_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "jotmill/jotmill_arrow.h"
#include "jotmill/result.h"

namespace jotmill::doors {

/// A column of texts in somebody's Arrow array, checked as far as the C data interface lets one,
/// and read where it lies.
class TextColumn {
 public:
  /// Finds and checks the column. Errors: kUsage, with the path of what is wrong as subject. Linear
  /// in the rows. `schema` and `array` must outlive the column.
  static Result<TextColumn> open(const ArrowSchema& schema, const ArrowArray& array,
                                 const char* column);

  std::int64_t size() const { return size_; }
  /// Writes rows [begin, begin + count) to out; a null row has a null data(), an empty one has not.
  void read(std::int64_t begin, std::size_t count, std::string_view* out) const;

 private:
  enum class Layout : std::uint8_t { kOffsets32, kOffsets64, kView, kFixed, kNone };

  /// An array of texts without a dictionary.
  struct Texts {
    Layout layout = Layout::kOffsets32;
    std::int64_t first = 0;  ///< offset of row 0
    std::int64_t size = 0;
    const std::uint8_t* valid = nullptr;  ///< bits; nullptr: all rows are there
    const void* offsets = nullptr;        ///< offsets or views
    const char* data = nullptr;
    const void* const* view_buffers = nullptr;
    const std::int64_t* view_sizes = nullptr;
    std::int64_t view_count = 0;
    std::int64_t width = 0;  ///< kFixed: bytes a row

    std::string_view at(std::int64_t row) const;
    bool is_null(std::int64_t row) const;
    std::string_view fault_at(std::int64_t row) const;
  };

  Status open_column(const ArrowSchema& schema, const ArrowArray& array);
  static Result<Texts> open_texts(const ArrowSchema& schema, const ArrowArray& array);
  Status open_indices(const ArrowSchema& schema, const ArrowArray& array);
  Status check_rows(const ArrowSchema& schema) const;
  std::int64_t index_at(std::int64_t row) const;
  bool is_null(std::int64_t row) const;

  std::int64_t size_ = 0;
  Texts texts_;
  // A dictionary's column: rows are indices into texts_.
  char index_format_ = 0;  ///< 0: no dictionary
  const void* indices_ = nullptr;
  std::int64_t first_index_ = 0;
  const std::uint8_t* index_valid_ = nullptr;
  // A record batch's own offset and nulls.
  std::int64_t batch_first_ = 0;
  const std::uint8_t* batch_valid_ = nullptr;
};

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_ARROW_IN_H_
