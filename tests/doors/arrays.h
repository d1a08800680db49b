#ifndef JOTMILL_TESTS_DOORS_ARRAYS_H_
#define JOTMILL_TESTS_DOORS_ARRAYS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jotmill/jotmill_arrow.h"

/// Arrow arrays of texts as any producer may make them, written from the format's specification and
/// with nothing of the engine; and a reader of the columns that come back.
namespace jotmill::doors_test {

using Rows = std::vector<std::optional<std::string>>;

/// How a column is laid out.
struct Shape {
  std::string format = "u";       ///< u z U Z vu vz w:N
  std::string index_format = {};  ///< c C s S i I l L: a dictionary of them
  std::int64_t offset = 0;        ///< rows of rubbish in front, which the array's offset skips
  bool in_batch = false;          ///< the middle one of three columns of a record batch
  std::int64_t batch_offset = 0;  ///< the batch's own offset
};

/// An array and all that it points to. Members are open so that a test may damage them.
struct Made {
  ArrowSchema schema = {};
  ArrowArray array = {};
  ArrowSchema* text_schema = nullptr;  ///< of the texts, wherever they are
  ArrowArray* text_array = nullptr;
  ArrowArray* column = nullptr;  ///< the column of tokens: texts or indices
  std::vector<std::unique_ptr<std::vector<char>>> buffers;
  std::vector<std::unique_ptr<std::vector<const void*>>> lists;
  std::vector<std::unique_ptr<ArrowSchema>> schemas;
  std::vector<std::unique_ptr<ArrowArray>> arrays;
  std::vector<std::unique_ptr<std::vector<ArrowSchema*>>> schema_lists;
  std::vector<std::unique_ptr<std::vector<ArrowArray*>>> array_lists;
  std::string format, index_format;
};
std::unique_ptr<Made> make_array(const Rows& rows, const Shape& shape);

/// A batch of verdicts that has come back; released with its owner.
struct Verdicts {
  ArrowSchema schema = {};
  ArrowArray array = {};
  ~Verdicts();
  /// Every row of a column as text; numbers in decimal.
  Rows column(const std::string& name) const;
  std::vector<std::string> names() const;
};

}  // namespace jotmill::doors_test

#endif  // JOTMILL_TESTS_DOORS_ARRAYS_H_
