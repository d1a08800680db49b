#ifndef JOTMILL_STATS_COUNT_H_
#define JOTMILL_STATS_COUNT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/batch_work.h"
#include "core/record_counts.h"
#include "core/stage.h"
#include "jotmill/stats.h"
#include "stats/small_counts.h"

namespace jotmill {

/// What counting needs to know of a run.
struct CountContext {
  std::vector<std::string> source_names;  ///< as given, by Chunk::source
  std::optional<TimePoint> as_of;         ///< nothing: ages are not counted
  bool subjects = false;                  ///< --show sub was given
  bool as_of_record = false;              ///< each token's own time is its as_of
};

/// The statistics of the batches of a chunk, made by its worker. Reused; nothing is allocated when
/// warm.
class BatchStats {
 public:
  void clear();
  /// Reads all columns of a batch in which every token has its verdict; once for each. One
  /// pass, some 75 ns for a token of 400 bytes, of which the hash of its bytes is a third.
  void count(const TokenBatch& batch, const CountContext& context);

 private:
  friend class RunTotals;
  void count_key(const TokenBatch& batch, std::size_t i, bool accepted);
  void count_claims(const TokenBatch& batch, const CountContext& context, std::size_t i,
                    SmallCounts::Occurrence occurrence);

  std::uint64_t tokens_ = 0, token_bytes_ = 0, not_compared_ = 0, without_key_ = 0;
  std::array<std::uint64_t, kVerdictCount> verdicts_{};
  std::array<AlgCount, kReportAlgs> algs_{};
  ClaimSums claims_;
  SmallCounts issuers_, subjects_, channels_, layers_, sources_, rejected_kids_;
  SmallKeyCounts keys_;
  SmallHistogram sizes_, ages_, ages_ahead_;
  RecordTimes times_;
  std::vector<std::uint64_t> hashes_;  ///< of the tokens that are compared
  std::string words_;                  ///< working memory
};

/// How a run ended, and what only the one who ran it knows.
struct RunEnd {
  bool interrupted = false;
  std::uint64_t input_bytes = 0;
  std::vector<InputFormat> formats = {};  ///< one for each input that was opened
  StageTimes stage_ns{};                  ///< thread-nanoseconds
  std::uint64_t wall_ns = 0;
  std::uint64_t threads = 1;
  std::uint64_t peak_rss_bytes = 0;
  BatchWork work = {};
  std::vector<TableUse> tables = {};
  std::string cpu = {};                   ///< model
  std::string build = {};                 ///< version, commit, compiler
  std::vector<std::string> kernels = {};  ///< "base64url=avx2"
};

/// The statistics of a run: the ordered writer adds every batch. Memory is bounded whatever the
/// input: see sketches.h. The order of the additions does not show in the report.
class RunTotals {
 public:
  /// `labels`: of the keys by index (key_labels()).
  RunTotals(ReportOptions options, std::vector<std::string> labels);

  /// In the place of everything that was counted before: `report` is what finish() returned for a
  /// run of the same options and keys, with neither formats nor input_bytes.
  void resume(RunReport report);

  void add(const BatchStats& batch);
  void add_records(const RecordCounts& counts);
  void add_event(const InputEvent& event);

  std::uint64_t tokens() const { return report_.tokens; }
  std::uint64_t accepted() const { return report_.accepted(); }

  /// To be called once, at the end.
  RunReport finish(const RunEnd& end);

 private:
  RunReport report_;
  std::vector<std::string> key_labels_;
  std::vector<KeyCount> keys_;  ///< by index
};

}  // namespace jotmill

#endif  // JOTMILL_STATS_COUNT_H_
