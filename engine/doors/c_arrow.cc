// Tokens in and verdicts out as Arrow arrays.

#include <limits>

#include "doors/arrow_in.h"
#include "doors/arrow_out.h"
#include "doors/c_objects.h"

using namespace jotmill;         // NOLINT: the names of this file are C's
using namespace jotmill::doors;  // NOLINT

int32_t jotmill_verify_arrow(jotmill_engine* engine, const struct ArrowSchema* schema,
                             const struct ArrowArray* array, const char* column, uint32_t columns,
                             struct ArrowSchema* out_schema, struct ArrowArray* out_array,
                             jotmill_error* error) {
  if (!engine || !schema || !array || !out_schema || !out_array)
    return fail(error, JOTMILL_E_ARGUMENT, "an argument", "is NULL");
  if ((columns & ~JOTMILL_ALL_COLUMNS) != 0)
    return fail(error, JOTMILL_E_ARGUMENT, "columns", "names a column that does not exist");
  return guarded(error, [&]() -> std::int32_t {
    const Result<TextColumn> opened = TextColumn::open(*schema, *array, column);
    if (!opened)
      return fail(error, JOTMILL_E_ARGUMENT, opened.error().subject + ":", opened.error().reason);
    const TextColumn& tokens = opened.value();
    if (tokens.size() > std::numeric_limits<std::int32_t>::max())
      return fail(error, JOTMILL_E_ARGUMENT, "array", "has more than 2^31 - 1 rows");
    Audit& audit = *engine->audit;
    columns &= ~std::uint32_t{JOTMILL_COLUMN_ROW | JOTMILL_COLUMN_ROW_OFFSET};  // of a scan alone
    if (!audit.shows_claims()) columns &= ~static_cast<std::uint32_t>(JOTMILL_COLUMN_CLAIMS);
    VerdictColumns verdicts(columns);
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
