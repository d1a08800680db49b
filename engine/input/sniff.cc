#include "core/json.h"
#include "input/extract.h"
#include "input/line_reader.h"
#include "input/undo.h"

namespace jotmill {
namespace {

using json::Event;

/// The next member's name is `name`; its value is the next event. Others are skipped.
bool find_member(json::Reader& reader, std::string_view name) {
  for (Event event = reader.next(); event == Event::kName; event = reader.next()) {
    if (reader.raw() == name) return true;
    event = reader.next();
    if (event == Event::kError) return false;
    if ((event == Event::kBeginObject || event == Event::kBeginArray) && !reader.skip())
      return false;
  }
  return false;
}

/// An object whose `log` has `entries`, as far as the first bytes tell.
bool looks_like_har(std::string_view text) {
  json::Reader reader(text, json::kMostLevels);
  return reader.next() == Event::kBeginObject && find_member(reader, "log") &&
         reader.next() == Event::kBeginObject && find_member(reader, "entries") &&
         reader.next() == Event::kBeginArray;
}

bool looks_like_json(std::string_view line) {
  const char first = line[line.find_first_not_of(" \t")];
  return first == '{' || first == '[';
}

bool is_token_line(std::string_view line) {
  bool dot = false;
  for (const char c : line) {
    if (c == '.') dot = true;
    if (c != '.' && !is_base64url(c)) return false;
  }
  return dot;
}

/// What the complete lines that are not blank have in common.
struct Census {
  std::size_t lines = 0, json_begin = 0, json = 0, spaced = 0, tokens = 0;
  void count(std::string_view line, bool may_be_cut) {
    ++lines;
    spaced += line.find_first_of(" \t\r\v\f\"'=") != std::string_view::npos;
    tokens += is_token_line(line);
    if (!looks_like_json(line)) return;
    ++json_begin;
    json += json == lines - 1 && (may_be_cut || is_json_text(line));
  }
};

}  // namespace

bool is_json_text(std::string_view text) {
  if (!json::validate_utf8(text)) return false;
  json::Reader reader(text, json::kMostLevels);
  for (;;) {
    const Event event = reader.next();
    if (event == Event::kEnd) return true;
    if (event == Event::kError && !reader.skip_too_deep()) return false;
  }
}

InputFormat sniff_format(const SourceHead& head, bool with_fields) {
  std::string_view text = as_text(head.bytes);
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  if (!with_fields && looks_like_har(text.starts_with(kBom) ? text.substr(kBom.size()) : text))
    return InputFormat::kHar;
  Census census;
  LineReader lines(head.bytes);
  for (std::string_view line; lines.next(line);) {
    if (is_blank_line(line)) continue;
    const bool complete = lines.complete() || head.whole;
    if (complete || census.lines == 0) census.count(line, !complete);
  }
  // Whoever names fields means JSON lines: one broken line must not turn the others into tokens.
  if (with_fields && census.json_begin > 0) return InputFormat::kJsonl;
  // Nothing but blanks so far tells nothing of what follows.
  if (census.lines == 0) return head.whole ? InputFormat::kLines : InputFormat::kText;
  if (census.json == census.lines) return InputFormat::kJsonl;
  if (census.spaced == 0 && 2 * census.tokens >= census.lines) return InputFormat::kLines;
  return InputFormat::kText;
}

InputFormat settle_format(InputFormat asked, const SourceHead& head, bool with_fields) {
  if (asked == InputFormat::kAuto) return sniff_format(head, with_fields);
  if (asked != InputFormat::kHar) return asked;
  std::string_view text = as_text(head.bytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == text.npos || text[first] == '{' ? asked : InputFormat::kText;
}

}  // namespace jotmill
