// Tokens in and verdicts out as Arrow arrays.

#include "doors/c_arrow.h"

#include <algorithm>

#include "doors/arrow_out.h"

namespace jotmill::doors {

std::int32_t check_arguments(bool there, std::uint32_t columns, jotmill_error* error) {
  if (!there) return fail(error, JOTMILL_E_ARGUMENT, "an argument", "is NULL");
  if ((columns & ~JOTMILL_ALL_COLUMNS) != 0)
    return fail(error, JOTMILL_E_ARGUMENT, "columns", "names a column that does not exist");
  return JOTMILL_OK;
}

std::uint32_t possible(std::uint32_t columns, const Audit& audit, bool in_column) {
  if (!audit.shows_claims()) columns &= ~std::uint32_t{JOTMILL_COLUMN_CLAIMS};
  if (!in_column) columns &= ~std::uint32_t{JOTMILL_COLUMN_ROW | JOTMILL_COLUMN_ROW_OFFSET};
  return columns;
}

}  // namespace jotmill::doors

using namespace jotmill;         // NOLINT: the names of this file are C's
using namespace jotmill::doors;  // NOLINT

int32_t jotmill_verify_arrow(jotmill_engine* engine, const struct ArrowSchema* schema,
                             const struct ArrowArray* array, const char* column, uint32_t columns,
                             struct ArrowSchema* out_schema, struct ArrowArray* out_array,
                             jotmill_error* error) {
  const bool there = engine && schema && array && out_schema && out_array;
  if (const std::int32_t bad = check_arguments(there, columns, error)) return bad;
  return over_column(*schema, *array, column, error, [&](const TextColumn& tokens) -> std::int32_t {
    if (tokens.size() > kMostRows)
      return fail(error, JOTMILL_E_ARGUMENT, "array", "has more than 2^31 - 1 rows");
    Audit& audit = *engine->audit;
    VerdictColumns verdicts(possible(columns, audit, /*in_column=*/false));
    std::vector<std::string_view> rows;
    for (std::int64_t at = 0; at < tokens.size();) {
      const auto left = static_cast<std::size_t>(tokens.size() - at);
      rows.resize(std::min(left, Audit::kGroupRows));
      tokens.read(at, rows.size(), rows.data());
      rows.resize(Audit::group_size(rows));
      const TokenBatch& batch = audit.judge_tokens(rows, verdicts.wants(JOTMILL_COLUMN_TOKEN_ID));
      verdicts.add(batch, rows, audit.source());
      at += static_cast<std::int64_t>(rows.size());
    }
    verdicts.finish(out_schema, out_array);
    return JOTMILL_OK;
  });
}
