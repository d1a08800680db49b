#include "doors/scan.h"

#include "input/extract.h"

namespace jotmill::doors {
namespace {

constexpr std::size_t kSniffBytes = 64 * 1024;  // inputs.md, `auto`

InputEventKind event_of(Decompressor::Damage damage) {
  if (damage == Decompressor::Damage::kCut) return InputEventKind::kInputTruncated;
  if (damage == Decompressor::Damage::kDamaged) return InputEventKind::kDecompressError;
  return InputEventKind::kInputUnreadable;
}

}  // namespace

Scan::Scan(Audit& audit, ByteReader& bytes, const ScanPlan& plan)
    : audit_(audit),
      source_(bytes),
      format_(plan.format),
      packed_(plan.packed),
      name_(audit.source()),
      first_line_(audit.line()),
      first_offset_bytes_(audit.offset_bytes()),
      find_{.fields = audit.options().fields,
            .max_record_bytes = audit.options().max_record_bytes,
            .max_token_bytes = audit.shop().policy.max_token_bytes,
            .scan = audit.shop().kernels.scan},
      bytes_(&bytes),
      fingerprint_(audit.shop().fingerprint_key),
      chunker_({.chunk_bytes = plan.chunk_bytes,
                .max_record_bytes = find_.max_token_bytes,
                .scan = find_.scan}),
      finder_(find_) {}

void Scan::begin() {
  begun_ = true;
  if (packed_) {
    decompressor_.begin(source_);
    bytes_ = &decompressor_;
  }
  chunker_.begin(*bytes_, 0, &fingerprint_);
  bool known = true;
  if (format_ == InputFormat::kAuto) {
    const Bytes first = chunker_.peek(kSniffBytes);
    const bool whole = first.size() < kSniffBytes && !chunker_.failed();
    format_ = sniff_format(first, whole, !find_.fields.empty());
    // Nothing could be read at all: as a file that cannot be opened, it has no format.
    known = !chunker_.failed() || source_.bytes_read() > 0;
  }
  if (first_offset_bytes_ == 0 && audit_.begin_source() && known) audit_.count_input(format_);
  cut_records(chunker_, format_, find_);
}

bool Scan::next(bool with_token_ids, const std::function<void(const TokenBatch&)>& take) {
  if (!begun_) begin();
  if (ended_) return false;
  const Result<bool> got = chunker_.next(chunk_);
  if (!got || !got.value()) {
    end(got ? nullptr : &got.error());
    return false;
  }
  chunk_.offset_bytes += first_offset_bytes_;
  chunk_.first_line += first_line_ - 1;
  const LinePiece piece = audit_.judge_chunk(chunk_, format_, finder_, with_token_ids, take);
  if (piece.present) count_piece(piece);
  return true;
}

void Scan::end(const Error* failure) {
  ended_ = true;
  audit_.count_bytes(bytes_->bytes_read());
  if (!failure) return;
  std::string reason = failure->reason;
  if (chunker_.lost_bytes() > 0) {
    reason += "; an unfinished record of " + std::to_string(chunker_.lost_bytes()) +
              " bytes before it was not judged";
  }
  audit_.count_event({event_of(decompressor_.damage()), name_,
                      first_offset_bytes_ + failure->offset_bytes.value_or(0), 0, reason});
}

/// What became of a line that came in pieces is known at its last one.
void Scan::count_piece(const LinePiece& piece) {
  if (chunk_.lead_bytes == 0) {
    line_ = {};
    line_offset_bytes_ = chunk_.offset_bytes;
    line_number_ = chunk_.first_line;
  }
  line_.blank &= piece.blank;
  line_.with_tokens |= piece.with_tokens;
  line_.without_time |= piece.without_time;
  if (!piece.last) return;
  const bool too_long = !line_.blank && format_ != InputFormat::kText;
  const bool sound = !line_.blank && !too_long;
  if (too_long) {
    audit_.count_event(
        {InputEventKind::kRecordTooLong, name_, line_offset_bytes_, line_number_,
         "longer than " + std::to_string(find_.max_record_bytes) + " bytes: scanned as text"});
  }
  audit_.count_records({.records = 1,
                        .blank = line_.blank ? 1u : 0u,
                        .with_tokens = sound && line_.with_tokens ? 1u : 0u,
                        .without_token = sound && !line_.with_tokens ? 1u : 0u,
                        .too_long = too_long ? 1u : 0u,
                        .without_time = sound && line_.without_time ? 1u : 0u});
}

}  // namespace jotmill::doors
