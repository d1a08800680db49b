#ifndef JOTMILL_PIPELINE_FROM_OPTIONS_H_
#define JOTMILL_PIPELINE_FROM_OPTIONS_H_

#include <string>
#include <vector>

#include "jotmill/options.h"
#include "jotmill/result.h"
#include "pipeline/process.h"
#include "pipeline/shop.h"
#include "stats/count.h"

namespace jotmill {

// What options mean for the rooms, to a run over inputs and to an audit of tokens in memory alike.

/// kUsage: a length in bytes is 0 or over 1 GiB, beyond which places in a chunk would not fit their
/// columns.
Status check_limits(const RunOptions& options);

/// kUsage: one of --field is no JSON Pointer.
Status check_fields(const RunOptions& options);

/// Of options that outlive it.
ShopOrder shop_order(const RunOptions& options);

/// Without records.
RunPlan run_plan(const RunOptions& options, const Shop& shop,
                 std::vector<std::string> source_names);

/// What shop, machine and build have to say in a report: the rest is the caller's.
RunEnd end_of(const Shop& shop);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_FROM_OPTIONS_H_
