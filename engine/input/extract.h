#ifndef JOTMILL_INPUT_EXTRACT_H_
#define JOTMILL_INPUT_EXTRACT_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/record_counts.h"
#include "input/source.h"
#include "jotmill/options.h"

namespace jotmill {

/// Finds the tokens of a chunk: fills the extract columns of `batch` (token_off, token_len,
/// token_unwrapped, origin_off, line, channel, channel_name) and says what became of every record.
/// Sets no verdict.

/// lines: every non-blank line is a token, whatever it looks like. One LF or CRLF is removed,
/// nothing else; a lone CR or a BOM stays.
RecordCounts extract_lines(const Chunk& chunk, TokenBatch& batch);

/// jsonl: each line is a JSON text; tokens are the strings that JSON Pointers (RFC 6901) name,
/// after an optional `Bearer ` or `DPoP `. Keeps its working memory between chunks; one object a
/// worker.
///
///   extractor.begin(chunk);
///   while (extractor.extract(batch, counts)) ...;    // a batch at a time
class JsonlExtractor {
 public:
  JsonlExtractor(std::vector<std::string> fields, std::size_t max_record_bytes);
  ~JsonlExtractor();
  JsonlExtractor(JsonlExtractor&&) noexcept;

  void begin(const Chunk& chunk);
  /// Adds the next records' tokens to the batch, which is empty, and what became of these records
  /// to `counts`; true when there may be more. The tokens of a record are all in one batch.
  bool extract(TokenBatch& batch, RecordCounts& counts);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether `pointer` is a JSON Pointer (RFC 6901 s3): empty, or parts that begin with '/', with ~0
/// and ~1 the only escapes.
bool is_json_pointer(std::string_view pointer);

/// Whether all of `text` is one JSON text in UTF-8; of what is nested deeper than a pointer reaches
/// only strings and brackets are looked at.
bool is_json_text(std::string_view text);

/// The format of a source by its first bytes (inputs.md, `auto`): kHar for a JSON object whose
/// `log` has `entries`; kJsonl when every complete non-blank line begins with { or [ and parses;
/// kLines when none has white space, a quote or `=` and at least half are dot-separated base64url;
/// else kText. With fields (--field was given) kJsonl when any line begins so. Where no line is
/// complete the beginning of the first one decides.
InputFormat sniff_format(const SourceHead& head, bool with_fields);

/// What a source is read as when `asked` was: kAuto is sniffed, and a document that does not begin
/// as an object is no HAR archive, whatever was asked, but text.
InputFormat settle_format(InputFormat asked, const SourceHead& head, bool with_fields);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_EXTRACT_H_
