#ifndef JOTMILL_SINKS_RECORDS_H_
#define JOTMILL_SINKS_RECORDS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/batch.h"
#include "jotmill/options.h"

namespace jotmill {

enum class RecordFormat : std::uint8_t { kNdjson, kCsv };

struct RecordContext {
  std::span<const std::string> source_names = {};
  RecordFormat format = RecordFormat::kNdjson;
  RecordFilter only = RecordFilter::kAll;
  bool with_claims = false;   ///< --show was given: one more column
  bool with_verdicts = true;  ///< false: source, line, offset, channel, layers and token_id alone
};

/// By the name that --verdicts was given, without .gz or .zst: .csv is CSV, `-` and every other
/// name NDJSON.
RecordFormat record_format(std::string_view path);

/// Whether token i becomes a record.
bool is_wanted(Verdict verdict, RecordFilter only);

/// The first line of a CSV file; empty for NDJSON.
std::string record_header(const RecordContext& context);

/// format_records: reads provenance, verdict, detail, alg_text, kid, token_id, shown_claims;
/// appends one record a wanted token to `out`, in batch order. The token and its signature are in
/// none of them; text from tokens is made harmless (text.h).
void format_records(const TokenBatch& batch, const RecordContext& context, std::string& out);

/// format_raw_tokens: appends the tokens themselves, one a line. A token that holds a line feed,
/// ends in a carriage return or was too long to be kept would not come back from its line as it
/// was: those are left out and counted in the result.
std::uint64_t format_raw_tokens(const TokenBatch& batch, std::string& out);

}  // namespace jotmill

#endif  // JOTMILL_SINKS_RECORDS_H_
