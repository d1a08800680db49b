#ifndef JOTMILL_PIPELINE_RECORD_TALLY_H_
#define JOTMILL_PIPELINE_RECORD_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/batch.h"
#include "jotmill/options.h"
#include "pipeline/finder.h"
#include "stats/count.h"

namespace jotmill {

/// The records of chunks on their way into the report, in input order: a line that comes in pieces
/// goes through several chunks and is counted at its last one; a record that is too long is an
/// event as well.
class RecordTally {
 public:
  /// `totals` outlives it.
  RecordTally(RunTotals& totals, std::size_t max_record_bytes)
      : totals_(totals), max_record_bytes_(max_record_bytes) {}

  /// What was found in a chunk of `source`.
  void add(const Chunk& chunk, InputFormat format, const FoundRecords& found,
           const std::string& source);

  /// No more pieces come of a line that is open: damage or the end of the run cut it off. What was
  /// found in it was judged, so it counts.
  void finish();
  /// Likewise, for a report in between: only `totals` has it.
  void add_open_line(RunTotals& totals) const;

 private:
  /// The line that comes in pieces now, and where it began.
  struct OpenLine {
    LinePiece so_far;
    InputFormat format = InputFormat::kText;
    std::string source;
    std::uint64_t offset_bytes = 0, line = 0;
  };
  std::string over_limit(const char* rest) const;

  RunTotals& totals_;
  std::size_t max_record_bytes_;
  std::optional<OpenLine> open_line_;
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_RECORD_TALLY_H_
