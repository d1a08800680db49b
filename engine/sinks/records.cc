#include "sinks/records.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "core/hex.h"
#include "jotmill/text.h"
#include "sinks/compress.h"

namespace jotmill {
namespace {

/// kid, alg and detail are cut here: whoever writes tokens must not decide how long a record gets.
constexpr std::size_t kMostTextBytes = 256;

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

/// Where the token stood: "bare", "field:/access_token", "query:token".
void append_channel(std::string& out, const TokenBatch& batch, std::size_t i, SafeText mode) {
  out += words(batch.channel[i]);
  if (has_name(batch.channel[i])) append_shown(out, batch.text_of(batch.channel_name[i]), mode);
}

/// What was undone to read the token, outermost first, with `between` between two.
void append_layers(std::string& out, const LayerList& layers, std::string_view quote,
                   char between) {
  for (const Layer& layer : layers) {
    if (&layer != layers.begin()) out += between;
    out.append(quote).append(words(layer)).append(quote);
  }
}

void append_json_string(std::string& out, const TokenBatch& batch, TextRef ref) {
  if (!ref.present()) {
    out += "null";
    return;
  }
  out += '"';
  append_shown(out, cut_at(batch.text_of(ref), kMostTextBytes), SafeText::kJson);
  out += '"';
}

void append_ndjson(std::string& out, const TokenBatch& batch, const RecordContext& context,
                   std::size_t i) {
  const Chunk& chunk = *batch.chunk;
  out += R"({"source":")";
  append_shown(out, context.source_names[chunk.source], SafeText::kJson);
  out += R"(","line":)";
  append_number(out, chunk.first_line + batch.line[i]);
  out += R"(,"offset":)";
  append_number(out, chunk.offset_bytes + batch.origin_off[i]);
  out += R"(,"channel":")";
  append_channel(out, batch, i, SafeText::kJson);
  out += R"(","layers":[)";
  append_layers(out, batch.layers[i], "\"", ',');
  out += ']';
  if (context.with_verdicts) {
    out += R"(,"verdict":")";
    out += code(batch.verdict[i]);
    out += R"(","detail":)";
    append_json_string(out, batch, batch.detail[i]);
    out += R"(,"alg":)";
    append_json_string(out, batch, batch.alg_text[i]);
    out += R"(,"kid":)";
    append_json_string(out, batch, batch.kid[i]);
  }
  out += R"(,"token_id":")";
  append_hex(out, batch.token_id[i]);
  out += '"';
  if (context.with_claims) {
    out += R"(,"claims":)";
    if (batch.shown_claims[i].present()) {
      out += batch.text_of(batch.shown_claims[i]);
    } else {
      out += "null";
    }
  }
  out += "}\n";
}

/// A spreadsheet takes a cell that begins with one of these for a formula, full-width ones too.
bool begins_as_formula(std::string_view text) {
  for (const std::string_view sign :
       {"=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

/// One CSV cell (RFC 4180 s2); a quote in front stops a formula. Some spreadsheets part cells at
/// semicolons or tabs: quotes keep what is between them together.
void append_cell(std::string& out, std::string_view harmless_text) {
  const bool formula = begins_as_formula(harmless_text);
  const bool quoted = harmless_text.find_first_of(",;\t\"\r\n") != std::string_view::npos;
  if (quoted) out += '"';
  if (formula) out += '\'';
  for (const char c : harmless_text) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

void append_text_cell(std::string& out, std::string_view text) {
  std::string harmless;
  append_shown(harmless, text, SafeText::kEscape);
  append_cell(out, harmless);
}

void append_csv(std::string& out, const TokenBatch& batch, const RecordContext& context,
                std::size_t i) {
  const Chunk& chunk = *batch.chunk;
  append_text_cell(out, context.source_names[chunk.source]);
  out += ',';
  append_number(out, chunk.first_line + batch.line[i]);
  out += ',';
  append_number(out, chunk.offset_bytes + batch.origin_off[i]);
  out += ',';
  std::string channel;
  append_channel(channel, batch, i, SafeText::kEscape);
  append_cell(out, channel);
  out += ',';
  append_layers(out, batch.layers[i], "", ';');
  if (context.with_verdicts) {
    out += ',';
    out += code(batch.verdict[i]);
    for (const TextRef ref : {batch.detail[i], batch.alg_text[i], batch.kid[i]}) {
      out += ',';
      append_text_cell(out, cut_at(batch.text_of(ref), kMostTextBytes));
    }
  }
  out += ',';
  append_hex(out, batch.token_id[i]);
  if (context.with_claims) {
    out += ',';
    append_cell(out, batch.text_of(batch.shown_claims[i]));
  }
  out += '\n';
}

}  // namespace

RecordFormat record_format(std::string_view path) {
  path.remove_suffix(compression_suffix(path).size());
  return path.ends_with(".csv") ? RecordFormat::kCsv : RecordFormat::kNdjson;
}

bool is_wanted(Verdict verdict, RecordFilter only) {
  if (only == RecordFilter::kAll) return true;
  return (verdict == Verdict::kAccepted) == (only == RecordFilter::kAccepted);
}

std::string record_header(const RecordContext& context) {
  if (context.format == RecordFormat::kNdjson) return {};
  std::string header = "source,line,offset,channel,layers,";
  if (context.with_verdicts) header += "verdict,detail,alg,kid,";
  header += "token_id";
  if (context.with_claims) header += ",claims";
  return header + "\n";
}

void format_records(const TokenBatch& batch, const RecordContext& context, std::string& out) {
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (!is_wanted(batch.verdict[i], context.only)) continue;
    if (context.format == RecordFormat::kCsv) {
      append_csv(out, batch, context, i);
    } else {
      append_ndjson(out, batch, context, i);
    }
  }
}

std::uint64_t format_raw_tokens(const TokenBatch& batch, std::string& out) {
  std::uint64_t left_out = 0;
  for (std::size_t i = 0; i < batch.size; ++i) {
    const std::string_view token = batch.token(i);
    if (batch.chunk->oversize.present || token.find('\n') != std::string_view::npos ||
        token.ends_with('\r')) {
      ++left_out;
      continue;
    }
    out.append(token).append("\n");
  }
  return left_out;
}

}  // namespace jotmill
