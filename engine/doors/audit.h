#ifndef JOTMILL_DOORS_AUDIT_H_
#define JOTMILL_DOORS_AUDIT_H_

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jotmill/keys.h"
#include "jotmill/options.h"
#include "jotmill/result.h"
#include "jotmill/stats.h"
#include "pipeline/process.h"
#include "pipeline/record_tally.h"
#include "pipeline/shop.h"

namespace jotmill::doors {

/// Tokens in memory, judged and counted like those of a run, for callers in other languages.
///
/// What is handed in is taken for a stream of lines, each ended by one LF: so a token has a line
/// and an offset, and the report over tokens in memory is that of `jotmill verify` over a file with
/// these lines. Nothing is copied: a batch speaks of the caller's bytes (TokenBatch::borrowed).
class Audit {
 public:
  /// Tokens judged at a time: as many as a chunk of a run holds, so that a batch stays in its
  /// cache.
  static constexpr std::size_t kGroupRows = 2048;
  static constexpr std::size_t kGroupBytes = 1 << 20;

  /// `options`: keys, policy, show, fields, max_record_bytes, format, fingerprint key and kernels
  /// count; inputs, outputs and threads do not. Errors as open_shop().
  static Result<std::unique_ptr<Audit>> open(const RunOptions& options, std::string source);
  /// The same keys and policy, and no counts. Throws std::bad_alloc.
  std::unique_ptr<Audit> clone() const;

  const std::vector<std::string>& warnings() const { return shop_->warnings; }
  bool shows_claims() const { return !shop_->show.empty(); }

  /// Where the next row stands.
  void place(std::string_view source, std::uint64_t line, std::uint64_t offset_bytes);
  const std::string& source() const { return names_[0]; }

  /// A row that holds no token at all: counted as record_without_token.
  static constexpr std::string_view kNoToken = {};

  /// How many of `rows`, from the first on, make one group: at least one of them.
  static std::size_t group_size(std::span<const std::string_view> rows);
  /// Judges one group; TokenBatch::line is a token's index among `rows`. Each row is a token
  /// whatever it looks like, but for null rows. What it returns is good until the next call. Throws
  /// std::bad_alloc; the audit has no report after that.
  const TokenBatch& judge_tokens(std::span<const std::string_view> rows, bool with_token_ids);

  // --- For streams of records (scan.h).
  const Shop& shop() const { return *shop_; }
  const RunOptions& options() const { return options_; }
  std::uint64_t line() const { return line_; }
  std::uint64_t offset_bytes() const { return offset_bytes_; }
  /// Judges the tokens of a chunk that was cut from a stream and counts them and its records;
  /// `take` sees each batch of them. Throws std::bad_alloc; the audit has no report after that.
  void judge_chunk(const Chunk& chunk, InputFormat format, TokenFinder& finder, bool with_token_ids,
                   const std::function<void(const TokenBatch&)>& take);
  void count_event(const InputEvent& event) { totals_.add_event(event); }
  /// One more input, of this format.
  void count_input(InputFormat format) { formats_.push_back(format); }
  void count_bytes(std::uint64_t bytes) { input_bytes_ += bytes; }
  /// Whether nothing has come from the source yet; asks once.
  bool begin_source() { return std::exchange(source_is_new_, false); }

  /// Everything so far. Error (kInternal): memory ran out in the middle of counting.
  Result<RunReport> report() const;

 private:
  Audit(std::shared_ptr<const Shop> shop, const RunOptions& options, std::string source);
  void judge_and_count(bool with_token_ids);

  std::shared_ptr<const Shop> shop_;
  ReportOptions report_options_;
  std::vector<std::string> names_;  ///< one: the source of the next row
  RunPlan plan_;
  Worker worker_;
  Item item_;
  RunTotals totals_;
  RecordTally records_;
  std::vector<InputFormat> formats_;  ///< one for each source that something came from
  bool counted_ = true;               ///< what was judged is in totals_
  bool source_is_new_ = true;
  std::uint64_t line_ = 1, offset_bytes_ = 0, input_bytes_ = 0, ns_ = 0;
  StageTimes stage_ns_{};
  BatchWork work_;
  RunOptions options_;  ///< without keys
};

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_AUDIT_H_
