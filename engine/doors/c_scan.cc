// Records in and the verdicts of their tokens out: columns of records, and streams of bytes.

#include <optional>
#include <system_error>

#include "doors/arrow_out.h"
#include "doors/c_arrow.h"
#include "doors/record_rows.h"
#include "doors/scan.h"
#include "input/extract.h"

using namespace jotmill;         // NOLINT: the names of this file are C's
using namespace jotmill::doors;  // NOLINT

namespace {

/// A batch of a stream has so many rows at least, or is of so many bytes; but for the last.
constexpr std::int64_t kStreamRows = 32'768;
constexpr std::uint64_t kStreamBytes = std::uint64_t{64} << 20;

/// The caller's function as an input.
class CallbackReader final : public ByteReader {
 public:
  CallbackReader(jotmill_read function, void* context) : read_(function), context_(context) {}

  Result<std::size_t> read(std::uint8_t* to, std::size_t wanted) override {
    const std::int64_t got = read_(context_, to, wanted);
    if (got < 0) return failed(static_cast<int>(-std::max<std::int64_t>(got, -4095)));
    if (static_cast<std::uint64_t>(got) > wanted) return failed(EOVERFLOW);
    bytes_read_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  std::uint64_t bytes_read() const override { return bytes_read_; }

 private:
  static Error failed(int errno_value) {
    return {ErrorKind::kUnreadable, "", std::generic_category().message(errno_value)};
  }

  jotmill_read read_;
  void* context_;
  std::uint64_t bytes_read_ = 0;
};

std::optional<InputEventKind> event_kind(std::string_view name) {
  for (std::size_t i = 0; i < kInputEventKinds; ++i) {
    const auto kind = static_cast<InputEventKind>(i);
    if (code(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

struct jotmill_scan {
  jotmill_scan(Audit& the_audit, jotmill_read read, void* context, InputFormat format, bool packed)
      : audit(the_audit),
        bytes(read, context),
        scan(audit, bytes, {.format = format, .packed = packed}) {}

  Audit& audit;
  CallbackReader bytes;
  Scan scan;
};

int32_t jotmill_scan_arrow(jotmill_engine* engine, const struct ArrowSchema* schema,
                           const struct ArrowArray* array, const char* column, uint32_t columns,
                           struct ArrowSchema* out_schema, struct ArrowArray* out_array,
                           jotmill_error* error) {
  const bool there = engine && schema && array && out_schema && out_array;
  if (const std::int32_t bad = check_arguments(there, columns, error)) return bad;
  Audit& audit = *engine->audit;
  const InputFormat wanted = audit.options().format;
  if (wanted == InputFormat::kHar)
    return fail(error, JOTMILL_E_ARGUMENT, "format", "har is no format of rows");
  return over_column(*schema, *array, column, error, [&](const TextColumn& rows) -> std::int32_t {
    const std::uint64_t first_offset = audit.offset_bytes(), first_line = audit.line();
    RecordRows bytes(rows, audit.shop().kernels.scan);
    RowCursor cursor(rows);
    VerdictColumns verdicts(possible(columns, audit, /*in_column=*/true));
    Scan scan(audit, bytes,
              {.format = wanted == InputFormat::kAuto ? InputFormat::kText : wanted,
               .chunk_bytes = cursor.bytes_or(ScanPlan{}.chunk_bytes)});
    const auto place = [&](std::uint64_t offset) {
      cursor.seek(offset - first_offset);
      return VerdictColumns::InColumn{static_cast<std::uint64_t>(cursor.row()),
                                      offset - first_offset - cursor.begin_bytes()};
    };
    const auto take = [&](const TokenBatch& batch) {
      verdicts.add_found(batch, audit.source(), place);
    };
    while (scan.next(verdicts.wants(JOTMILL_COLUMN_TOKEN_ID), take)) {
    }
    if (verdicts.rows() > kMostRows)
      return fail(error, JOTMILL_E_ARGUMENT, "array", "has more than 2^31 - 1 tokens");
    // At the place where it is a source would begin anew.
    if (bytes.bytes_read() > 0)
      audit.place(audit.source(), first_line + bytes.lines_read(),
                  first_offset + bytes.bytes_read());
    verdicts.finish(out_schema, out_array);
    return JOTMILL_OK;
  });
}

int32_t jotmill_scan_new(jotmill_engine* engine, jotmill_read read, void* context,
                         jotmill_scan** out, jotmill_error* error) {
  if (!engine || !read || !out) return fail(error, JOTMILL_E_ARGUMENT, "an argument", "is NULL");
  Audit& audit = *engine->audit;
  const InputFormat format = audit.options().format;
  const bool whole = audit.offset_bytes() == 0;
  if (!whole && (format == InputFormat::kAuto || format == InputFormat::kHar))
    return fail(error, JOTMILL_E_ARGUMENT, "format",
                "must be lines, jsonl or text where a stream begins within an input");
  return guarded(error, [&] {
    *out = new jotmill_scan(audit, read, context, format, /*packed=*/whole);
    return JOTMILL_OK;
  });
}

int32_t jotmill_scan_next(jotmill_scan* scan, uint32_t columns, struct ArrowSchema* out_schema,
                          struct ArrowArray* out_array, int32_t* more, jotmill_error* error) {
  const bool there = scan && out_schema && out_array && more;
  if (const std::int32_t bad = check_arguments(there, columns, error)) return bad;
  return guarded(error, [&] {
    VerdictColumns verdicts(possible(columns, scan->audit, /*in_column=*/false));
    const auto take = [&](const TokenBatch& batch) {
      verdicts.add_found(batch, scan->audit.source(), {});
    };
    const std::uint64_t begin_bytes = scan->bytes.bytes_read();
    bool ended = false;
    while (!ended && verdicts.rows() < kStreamRows &&
           scan->bytes.bytes_read() - begin_bytes < kStreamBytes) {
      ended = !scan->scan.next(verdicts.wants(JOTMILL_COLUMN_TOKEN_ID), take);
    }
    *more = verdicts.rows() > 0 || !ended ? 1 : 0;
    verdicts.finish(out_schema, out_array);
    return JOTMILL_OK;
  });
}

void jotmill_scan_free(jotmill_scan* scan) { delete scan; }

int32_t jotmill_engine_event(jotmill_engine* engine, const char* kind, uint64_t offset,
                             const char* reason, jotmill_error* error) {
  if (!engine || !kind || !reason) return fail(error, JOTMILL_E_ARGUMENT, "an argument", "is NULL");
  const std::optional<InputEventKind> known = event_kind(kind);
  if (!known) return fail(error, JOTMILL_E_ARGUMENT, "kind", "is the name of no event");
  return guarded(error, [&] {
    engine->audit->count_event({*known, engine->audit->source(), offset, 0, reason});
    return JOTMILL_OK;
  });
}

const char* jotmill_format_of(jotmill_text begin, int32_t whole, int32_t with_fields) {
  if (!is_sound(begin)) return nullptr;
  try {
    const Bytes bytes = as_bytes(view_of(begin));
    if (Decompressor::is_packed(bytes)) return nullptr;
    switch (sniff_format({bytes, whole != 0}, with_fields != 0)) {
      case InputFormat::kLines: return "lines";
      case InputFormat::kJsonl: return "jsonl";
      case InputFormat::kHar: return "har";
      case InputFormat::kText:
      case InputFormat::kAuto: break;
    }
    return "text";
  } catch (const std::exception&) {
    return nullptr;
  }
}
