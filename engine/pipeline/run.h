#ifndef JOTMILL_PIPELINE_RUN_H_
#define JOTMILL_PIPELINE_RUN_H_

#include <memory>
#include <optional>

#include "jotmill/jotmill.hpp"
#include "pipeline/shop.h"
#include "reports/checkpoint.h"

namespace jotmill {

/// run() with a shop that is open already; what `options` say of keys, policy and kernels is taken
/// from the shop. `stopped`: what was found at checkpoint_path, if anything. Also how a test puts a
/// broken kernel into a run.
Result<RunOutcome> run_in(std::shared_ptr<const Shop> shop, const RunOptions& options,
                          const RunHooks& hooks, std::optional<Checkpoint> stopped = std::nullopt);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_RUN_H_
