#include "pipeline/record_tally.h"

namespace jotmill {

void RecordTally::add(const Chunk& chunk, InputFormat format, const FoundRecords& found,
                      const std::string& source) {
  if (!found.piece.present || chunk.lead_bytes == 0) finish();
  totals_.add_records(found.counts);
  for (const TokenBatch::LongRecord& record : found.long_records) {
    totals_.add_event({InputEventKind::kRecordTooLong, source,
                       chunk.offset_bytes + record.off_bytes, chunk.first_line + record.line,
                       over_limit(", or with too many tokens of one name: passed over")});
  }
  if (!found.piece.present) return;
  if (chunk.lead_bytes == 0)
    open_line_ = OpenLine{{}, format, source, chunk.offset_bytes, chunk.first_line};
  if (!open_line_) return;  // its first piece was lost
  LinePiece& line = open_line_->so_far;
  line.blank = line.blank && found.piece.blank;
  line.with_tokens = line.with_tokens || found.piece.with_tokens;
  line.without_time = line.without_time || found.piece.without_time;
  if (found.piece.last) finish();
}

void RecordTally::finish() {
  add_open_line(totals_);
  open_line_.reset();
}

/// What is known of the line, which is all when its last piece has come.
void RecordTally::add_open_line(RunTotals& totals) const {
  if (!open_line_) return;
  const LinePiece& line = open_line_->so_far;
  RecordCounts record{.records = 1};
  record.without_time = line.without_time ? 1 : 0;
  if (line.blank) {
    record.blank = 1;
  } else if (open_line_->format != InputFormat::kText) {
    record.too_long = 1;
    totals.add_event({InputEventKind::kRecordTooLong, open_line_->source, open_line_->offset_bytes,
                      open_line_->line, over_limit(", scanned as text")});
  } else {
    (line.with_tokens ? record.with_tokens : record.without_token) = 1;
  }
  totals.add_records(record);
}

std::string RecordTally::over_limit(const char* rest) const {
  return "longer than " + std::to_string(max_record_bytes_) + " bytes" + rest;
}

}  // namespace jotmill
