#include "doors/scan.h"

#include "input/extract.h"

namespace jotmill::doors {
Scan::Scan(Audit& audit, ByteReader& bytes, const ScanPlan& plan)
    : audit_(audit),
      source_(bytes),
      format_(plan.format),
      packed_(plan.packed),
      name_(audit.source()),
      first_line_(audit.line()),
      first_offset_bytes_(audit.offset_bytes()),
      bytes_(&bytes),
      fingerprint_(audit.shop().fingerprint_key),
      chunker_({.chunk_bytes = plan.chunk_bytes,
                .max_record_bytes = audit.options().policy.max_token_bytes,
                .scan = audit.shop().kernels.scan}),
      finder_(find_options(audit.options(), audit.shop().kernels.scan)) {}

void Scan::begin() {
  begun_ = true;
  if (packed_) {
    decompressor_.begin(source_);
    bytes_ = &decompressor_;
  }
  chunker_.begin(*bytes_, 0, &fingerprint_);
  bool known = true;
  if (format_ == InputFormat::kAuto || format_ == InputFormat::kHar) {
    format_ = settle_format(format_, chunker_.head(), !audit_.options().fields.empty());
    // Nothing could be read at all: as a file that cannot be opened, it has no format.
    known = !chunker_.failed() || source_.bytes_read() > 0;
  }
  if (first_offset_bytes_ == 0 && audit_.begin_source() && known) audit_.count_input(format_);
  cut_records(chunker_, format_, audit_.options());
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
  audit_.judge_chunk(chunk_, format_, finder_, with_token_ids, take);
  return true;
}

void Scan::end(const Error* failure) {
  ended_ = true;
  audit_.count_bytes(bytes_->bytes_read());
  if (!failure) return;
  audit_.count_event({decompressor_.event(), name_,
                      first_offset_bytes_ + failure->offset_bytes.value_or(0), 0, failure->reason});
}

}  // namespace jotmill::doors
