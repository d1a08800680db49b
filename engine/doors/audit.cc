#include "doors/audit.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "keys/load.h"
#include "pipeline/from_options.h"

namespace jotmill::doors {
namespace {

/// A row that is there, but empty, must not look like kNoToken.
constexpr bool is_null(std::string_view row) { return row.data() == nullptr; }

using Clock = std::chrono::steady_clock;
std::uint64_t nanoseconds_since(Clock::time_point start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

}  // namespace

Result<std::unique_ptr<Audit>> Audit::open(const RunOptions& options, std::string source) {
  if (Status sound = check_limits(options); !sound) return sound.error();
  if (Status fields = check_fields(options); !fields) return fields.error();
  Result<std::shared_ptr<const Shop>> shop = open_shop(shop_order(options));
  if (!shop) return shop.error();
  RunOptions kept = options;
  wipe_contents(kept.keys);  // secrets stay in the key ring alone
  kept.keys.clear();
  return std::unique_ptr<Audit>(new Audit(std::move(shop).value(), kept, std::move(source)));
}

std::unique_ptr<Audit> Audit::clone() const {
  return std::unique_ptr<Audit>(new Audit(shop_, options_, names_[0]));
}

Audit::Audit(std::shared_ptr<const Shop> shop, const RunOptions& options, std::string source)
    : shop_(std::move(shop)),
      report_options_(report_options(options)),
      names_{std::move(source)},
      plan_(run_plan(options, *shop_, names_)),
      worker_(*shop_, &plan_),
      totals_(report_options_, key_labels(list_keys(shop_->ring))),
      records_(totals_, options.max_record_bytes),
      options_(options) {}

void Audit::place(std::string_view source, std::uint64_t line, std::uint64_t offset_bytes) {
  if (source != names_[0]) {
    std::vector<std::string> names = {std::string(source)};
    plan_.count.source_names = names;
    names_ = std::move(names);
    source_is_new_ = true;
  }
  // The same name from its beginning: an input that was given twice.
  if (offset_bytes == 0) source_is_new_ = true;
  line_ = line;
  offset_bytes_ = offset_bytes;
}

std::size_t Audit::group_size(std::span<const std::string_view> rows) {
  std::size_t count = 0, bytes = 0;
  while (count < std::min(rows.size(), kGroupRows) && bytes < kGroupBytes)
    bytes += rows[count++].size() + 1;
  return count;
}

const TokenBatch& Audit::judge_tokens(std::span<const std::string_view> rows, bool with_token_ids) {
  const Clock::time_point start = Clock::now();
  const bool counted_before = std::exchange(counted_, false);
  TokenBatch& batch = item_.batch;
  batch.clear();
  batch.chunk = &item_.chunk;
  item_.chunk.first_line = line_;
  item_.chunk.offset_bytes = offset_bytes_;

  RecordCounts counts;
  std::uint64_t bytes = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    ++counts.records;
    if (is_null(rows[row])) {
      ++counts.without_token;
    } else {
      ++counts.with_tokens;
      ++counts.candidates;
      ++counts.tokens;
      if (shop_->policy.as_of_record) ++counts.without_time;
      batch.add_borrowed(rows[row], static_cast<std::uint32_t>(bytes),
                         static_cast<std::uint32_t>(row));
    }
    bytes += rows[row].size() + 1;
  }
  judge_and_count(with_token_ids);
  totals_.add_records(counts);
  if (begin_source()) count_input(InputFormat::kLines);
  counted_ = counted_before;
  line_ += rows.size();
  offset_bytes_ += bytes;
  input_bytes_ += bytes;
  ns_ += nanoseconds_since(start);
  return batch;
}

/// The batch of item_ from its tokens to its counts.
void Audit::judge_and_count(bool with_token_ids) {
  worker_.judge(item_.batch, stage_ns_, work_);
  if (with_token_ids) worker_.fingerprint(item_.batch, RecordFilter::kAll);
  item_.stats.clear();
  item_.stats.count(item_.batch, plan_.count);
  totals_.add(item_.stats);
}

void Audit::judge_chunk(const Chunk& chunk, InputFormat format, TokenFinder& finder,
                        bool with_token_ids, const std::function<void(const TokenBatch&)>& take) {
  const Clock::time_point start = Clock::now();
  const bool counted_before = std::exchange(counted_, false);
  finder.begin(chunk, format);
  for (bool more = true; more;) {
    item_.batch.clear();
    more = finder.next(item_.batch);
    judge_and_count(with_token_ids);
    take(item_.batch);
  }
  records_.add(chunk, format, finder.found(), names_[0]);
  counted_ = counted_before;
  ns_ += nanoseconds_since(start);
}

Result<RunReport> Audit::report() const {
  if (!counted_) return Error{ErrorKind::kInternal, "report", "memory ran out while counting"};
  RunEnd end = end_of(*shop_);
  end.input_bytes = input_bytes_;
  end.formats = formats_;
  end.stage_ns = stage_ns_;
  end.work = work_;
  end.wall_ns = ns_;
  RunTotals totals = totals_;
  records_.add_open_line(totals);
  RunReport report = totals.finish(end);
  if (const auto broken = check_conservation(report)) {
    return Error{ErrorKind::kInternal, "report", *broken};
  }
  return report;
}

}  // namespace jotmill::doors
