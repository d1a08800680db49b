#ifndef JOTMILL_DOORS_C_ARROW_H_
#define JOTMILL_DOORS_C_ARROW_H_

#include <cstdint>
#include <limits>

#include "doors/arrow_in.h"
#include "doors/c_objects.h"
#include "jotmill/jotmill_arrow.h"

/// What the functions of jotmill_arrow.h have in common.

namespace jotmill::doors {

/// An array's rows are counted in 31 bits.
inline constexpr std::int64_t kMostRows = std::numeric_limits<std::int32_t>::max();

/// What they check first: JOTMILL_OK, or JOTMILL_E_ARGUMENT where an argument is NULL (not all
/// are `there`) or `columns` names a column that does not exist.
std::int32_t check_arguments(bool there, std::uint32_t columns, jotmill_error* error);

/// Those of `columns` that can be filled; `in_column`: the tokens are found within a column's rows.
std::uint32_t possible(std::uint32_t columns, const Audit& audit, bool in_column);

/// Opens the column and runs the body over it, guarded().
template <typename Body>
std::int32_t over_column(const ArrowSchema& schema, const ArrowArray& array, const char* column,
                         jotmill_error* error, Body body) {
  return guarded(error, [&]() -> std::int32_t {
    const Result<TextColumn> opened = TextColumn::open(schema, array, column);
    if (!opened)
      return fail(error, JOTMILL_E_ARGUMENT, opened.error().subject + ":", opened.error().reason);
    return body(opened.value());
  });
}

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_C_ARROW_H_
