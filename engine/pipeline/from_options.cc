#include "pipeline/from_options.h"

#include <algorithm>
#include <utility>

#include "cpu/features.h"
#include "input/extract.h"
#include "jotmill/build.h"

namespace jotmill {

Status check_limits(const RunOptions& options) {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  for (const auto& [name, bytes] : {std::pair("max-token-bytes", options.policy.max_token_bytes),
                                    std::pair("max-record-bytes", options.max_record_bytes),
                                    std::pair("chunk-bytes", options.chunk_bytes)}) {
    if (bytes == 0 || bytes > kMost)
      return Error{ErrorKind::kUsage, name, "is not from 1 byte to 1 GiB"};
  }
  return Unit{};
}

Status check_fields(const RunOptions& options) {
  for (const std::string& field : options.fields) {
    if (!is_json_pointer(field))
      return Error{ErrorKind::kUsage, "field", "\"" + field + "\" is no JSON Pointer (RFC 6901)"};
  }
  return Unit{};
}

ShopOrder shop_order(const RunOptions& options) {
  return {.keys = options.keys,
          .policy = options.policy,
          .kernels = options.kernels,
          .cpu_mask = options.cpu_mask,
          .show = options.show,
          .fingerprint_key_path = options.fingerprint_key_path,
          .memo_entries = options.memo_entries,
          .cross_check = options.cross_check,
          .table_memory_bytes = options.table_memory_bytes,
          .without_keys = options.task != RunTask::kVerify};
}

RunPlan run_plan(const RunOptions& options, const Shop& shop,
                 std::vector<std::string> source_names) {
  return {.task = options.task,
          .find = find_options(options, shop.kernels.scan),
          .records = {},
          .count = {.source_names = std::move(source_names),
                    .as_of = options.policy.as_of,
                    .subjects = std::ranges::find(options.show, "sub") != options.show.end(),
                    .as_of_record = options.policy.as_of_record}};
}

RunEnd end_of(const Shop& shop) {
  const BuildInfo& build = build_info();
  RunEnd end{.tables = tables_in_use(shop),
             .cpu = cpu_brand(),
             .build = "jotmill " + build.version + " " + build.commit + ", " + build.compiler};
  for (const kernels::Choice& choice : shop.kernels.choices)
    end.kernels.push_back(std::string(choice.kernel) + "=" + std::string(choice.variant));
  return end;
}

}  // namespace jotmill
