#ifndef JOTMILL_PIPELINE_EXPLAIN_H_
#define JOTMILL_PIPELINE_EXPLAIN_H_

#include <vector>

#include "core/batch.h"
#include "jotmill/jotmill.hpp"
#include "keys/key_ring.h"

namespace jotmill {

/// Every check of the verdict table for token i of a judged batch, in order: passed before the one
/// that decided, not run after it. Both JWE checks have a row: the shape, and a header with enc.
std::vector<CheckRow> explain_checks(const TokenBatch& batch, std::size_t i, const Policy& policy,
                                     const KeyRing& ring);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_EXPLAIN_H_
