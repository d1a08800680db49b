// Problem: tokens stand anywhere, behind any number of escapes, in logs of terabytes of which most
// lines hold none; whoever writes the log may be hostile.
//
// Idea: a kernel finds the few places where a token, or an escape that may hide the start of one,
// can begin. At a plain start the token is read as it stands. Only where an escape stands inside a
// token, or hides its start, the whole stretch of characters that can belong to one token is undone
// once, and searched again in its undone form. Nothing else of the log is ever undone.
//
// Rejected: undoing every line first (1 GB/s at best, and every byte twice); a regular expression
// for each layer (misses what was encoded twice, and finds one token in several).
//
// Invariants:
//  1. `at_` never goes back, and no candidate begins before it: each occurrence is found once.
//  2. A stretch is never larger than the run of token characters around its trigger and never
//     begins before `at_`; behind it `at_` is its end. So each byte is undone at most once.
//  3. A candidate looks at five parts at most, and its successor begins one part further on or
//     behind it. So time is linear whatever the dots.
//  4. What decides about a candidate lies in its own record, at most kUrlLookBack bytes before
//     it and a few behind it. So a line may be cut into pieces where no token can be, with that
//     much of context, and the answers stay the same.
//  5. Offsets are those of the bytes in the chunk, never of undone text: `origin` maps back.

#include "input/extract_text.h"

#include <algorithm>
#include <cstring>

#include "input/extract.h"
#include "input/line_reader.h"
#include "input/marks.h"

namespace jotmill {
namespace {

using kernels::ScanFor;

/// Bytes that a token can consist of in any layer.
bool in_stretch(char c) { return is_base64url(c) || c == '.' || c == '=' || c == '%' || c == '\\'; }

/// One past the characters that encode the first `bytes` bytes of the wrapped part from `begin` to
/// `end`: the run of base64url may go on behind the token.
std::size_t wrapped_end(std::size_t begin, std::size_t bytes, std::size_t end) {
  return std::min(begin + (bytes * 8 + 5) / 6, end);
}

}  // namespace

void TextExtractor::begin(const Chunk& chunk) {
  chunk_ = &chunk;
  har_ = false;
  of_lines_ = true;
  base64_.reset();
  at_ = chunk.lead_bytes;
  counted_ = line_ = 0;
  token_lines_.clear();
}

void TextExtractor::begin_body(const Chunk& chunk) {
  begin(chunk);
  of_lines_ = false;
}

std::size_t TextExtractor::line_of(std::size_t at) {
  line_ += scan_(chunk_->bytes.data(), counted_, at, ScanFor::kCountLines);
  counted_ = at;
  return line_;
}

/// Whether a part can begin at `at`: no character of one stands before it. `escaped`: what stands
/// there is an escape that may be a piece of a token, so that only undoing it tells.
bool TextExtractor::boundary(std::size_t at, bool& escaped) const {
  const std::string_view text = raw();
  escaped = false;
  if (at == 0) return true;
  // %e3 is a byte of UTF-8 and no start, whatever follows; the scan does not stop at such escapes.
  if (text[at - 1] == '%' && escape_at(text, at - 1).len != 0) return false;
  if (!is_base64url(text[at - 1]) || is_behind_mark(at)) return true;
  const Escape escape = escape_before(text, at);
  if (escape.len == 0) return false;
  escaped = may_belong_to_token(escape.code) && escape.code != '.' && escape.code != '=';
  return true;
}

/// Records have such marks, a layer of base64 has not.
bool TextExtractor::is_behind_mark(std::size_t at) const {
  return of_lines_ && mark_ends_at(raw(), at);
}

Channel TextExtractor::channel_of(const Place& place) {
  const std::string_view text = raw();
  const std::size_t reach = std::min(place.raw_begin, kUrlLookBack);
  std::string_view record = text.substr(place.raw_begin - reach, reach);
  if (const void* lf = memrchr(record.data(), '\n', record.size()))
    record.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(lf) - record.data()) +
                         1);
  const std::size_t near = std::min(record.size(), kChannelLookBack);
  constexpr std::size_t kOverlap = 16;  // a sign of a URL may stand across the border
  const std::size_t further = record.size() == near ? 0 : record.size() - near + kOverlap;
  TextBefore before = {.text = record.substr(record.size() - near),
                       .further = record.substr(0, further),
                       .further_is_all = record.size() < kUrlLookBack || place.raw_begin == reach ||
                                         text[place.raw_begin - reach - 1] == '\n'};
  if (has_escapes(before.text)) {
    before_.assign(before.text);
    before.text = before_.text();
    before.undone = &before_;
  }
  char behind = place.raw_end < text.size() ? text[place.raw_end] : '\0';
  if (behind == '%' || behind == '\\') {
    const Escape escape = escape_at(text, place.raw_end);
    behind = escape.len != 0 && escape.code < 0x80 ? static_cast<char>(escape.code) : '\0';
  }
  return find_channel(before, behind);
}

/// Counts what was found; a token becomes a row.
void TextExtractor::take(Candidate::Kind kind, const Place& place, TokenBatch& batch,
                         RecordCounts& counts) {
  using Kind = Candidate::Kind;
  if (place.raw_begin < chunk_->lead_bytes || place.raw_begin >= body_end()) return;
  if (kind == Kind::kNone || kind == Kind::kEscaped) return;
  ++counts.candidates;
  const HarMap::Span* span = har_ ? span_of(place.raw_begin) : nullptr;
  const auto where = [&] {
    return span ? Channel{ChannelKind::kHar, map_.parts[span->part]} : channel_of(place);
  };
  // The chunks of a cookie that was too long are not joined: the first of them was cut.
  if (kind == Kind::kUnfinished) {
    const bool cut = is_cookie_chunk(where()) || (span && is_cookie_chunk_of_har(*span, place));
    kind = cut ? Kind::kTruncated : Kind::kToken;
  }
  counts.truncated += kind == Kind::kTruncated;
  counts.redacted += kind == Kind::kRedacted;
  counts.lookalike += kind == Kind::kLookalike;
  if (kind != Kind::kToken) return;
  ++counts.tokens;
  const auto line = static_cast<std::uint32_t>(line_of(place.raw_begin));
  if (token_lines_.empty() || token_lines_.back() != line) token_lines_.push_back(line);
  std::size_t off = place.raw_begin;
  if (!place.in_chunk) {
    off = batch.unwrapped.size();
    batch.unwrapped.insert(batch.unwrapped.end(), place.text.begin(), place.text.end());
  }
  const std::size_t i =
      batch.add(static_cast<std::uint32_t>(off), static_cast<std::uint32_t>(place.text.size()),
                !place.in_chunk, static_cast<std::uint32_t>(place.raw_begin), line);
  batch.layers[i] = place.layers;
  if (!of_lines_) text_ends_.push_back(static_cast<std::uint32_t>(place.text_end));
  const Channel channel = where();
  batch.channel[i] = channel.kind;
  if (has_name(channel.kind)) batch.channel_name[i] = batch.add_text(channel.name);
  if (har_) note_entry(place.raw_begin);
}

/// A start that stands there as it is.
void TextExtractor::look_at(std::size_t at, TokenBatch& batch, RecordCounts& counts) {
  const std::string_view text = raw();
  bool escaped;
  if (!boundary(at, escaped)) {
    at_ = at + 1;
    return;
  }
  const bool last = chunk_->piece == Chunk::Piece::kWhole || chunk_->piece == Chunk::Piece::kLast;
  const CandidateView view = {
      .text = text, .behind = {}, .ends_record = last, .raw = true, .of_lines = of_lines_};
  const bool wrapped = text[at] == 'Z';
  std::size_t inner_end = 0;
  Candidate found;
  if (!escaped)
    found = wrapped ? judge_.judge_wrapped(view, at, inner_, inner_end) : judge_.judge(view, at);
  if (escaped || found.kind == Candidate::Kind::kEscaped) return undo_stretch(at, batch, counts);
  Place place = {at, found.end, text.substr(at, found.end - at), true, {}, found.end};
  if (wrapped) {
    place.text_end = wrapped_end(at, inner_end, found.end);
    place.text = std::string_view(inner_).substr(0, inner_end);
    place.in_chunk = false;
    place.layers.push(Layer::kBase64url);
  }
  take(found.kind, place, batch, counts);
  at_ = std::max(found.next, at + 1);
}

/// Undoes the escapes of the stretch around `at` and takes every candidate in it.
void TextExtractor::undo_stretch(std::size_t at, TokenBatch& batch, RecordCounts& counts) {
  const std::string_view text = raw();
  std::size_t begin = at, end = at;
  while (begin > at_ && in_stretch(text[begin - 1])) --begin;
  while (end < text.size() && in_stretch(text[end])) ++end;
  stretch_.assign(text.substr(begin, end - begin));
  const std::string_view plain = stretch_.text();
  const bool last = chunk_->piece == Chunk::Piece::kWhole || chunk_->piece == Chunk::Piece::kLast;
  const CandidateView view = {
      .text = plain,
      .behind = text.substr(end, kLookAheadBytes),
      .ends_record = line_ends_at({.text = text, .ends_record = last, .of_lines = of_lines_}, end),
      .ends_docker_piece = docker_piece_ends_at(text, end)};
  bool escaped = false;
  const bool opens = boundary(begin, escaped) && !escaped;
  const auto* data = reinterpret_cast<const std::uint8_t*>(plain.data());
  for (std::size_t p = 0;;) {
    p = scan_(data, p, plain.size(), ScanFor::kTokenStart);
    if (p == plain.size()) break;
    const bool starts = plain[p] == 'e' || plain[p] == 'Z';
    const bool inside = p > 0 ? is_base64url(plain[p - 1]) : !opens;
    if (!starts || (inside && !is_behind_mark(begin + stretch_.origin(p)))) {
      ++p;
      continue;
    }
    const bool wrapped = plain[p] == 'Z';
    std::size_t inner_end = 0;
    const Candidate found =
        wrapped ? judge_.judge_wrapped(view, p, inner_, inner_end) : judge_.judge(view, p);
    const std::size_t used = wrapped ? wrapped_end(p, inner_end, found.end) : found.end;
    Place place = {begin + stretch_.origin(p),     begin + stretch_.origin(found.end),
                   plain.substr(p, found.end - p), false,
                   stretch_.layers(p, used),       begin + stretch_.origin(used)};
    place.in_chunk = !wrapped && place.layers.count == 0;
    if (wrapped) {
      place.text = std::string_view(inner_).substr(0, inner_end);
      place.layers.push(Layer::kBase64url);
    }
    take(found.kind, place, batch, counts);
    p = std::max(found.next, p + 1);
  }
  at_ = std::max(end, at + 1);
}

bool TextExtractor::extract(TokenBatch& batch, RecordCounts& counts) {
  batch.chunk = chunk_;
  text_ends_.clear();
  const std::string_view text = raw();
  while (batch.size < TokenBatch::kMostRows) {
    if (base64_) {
      go_on_in_base64(batch, counts);
      continue;
    }
    const std::size_t until = har_ ? next_base64() : text.size();
    const std::size_t at = scan_(chunk_->bytes.data(), at_, until, ScanFor::kTokenStart);
    if (at == until && until < text.size()) {
      begin_base64(map_.spans[base64_at_]);
      continue;
    }
    if (at >= body_end()) {
      at_ = text.size();
      return false;
    }
    if (text[at] == 'e' || text[at] == 'Z') {
      look_at(at, batch, counts);
      continue;
    }
    const Escape escape = escape_at(text, at);
    // An escaped dot or padding hides no start: what follows it is found by itself.
    const bool hides = escape.len != 0 && may_belong_to_token(escape.code) && escape.code != '.' &&
                       escape.code != '=';
    if (hides) {
      undo_stretch(at, batch, counts);
    } else {
      at_ = at + std::max(escape.len, 1u);  // never into an escape: what is undone begins at at_
    }
  }
  return true;
}

bool TextExtractor::piece_is_blank() const {
  std::string_view body = raw().substr(0, body_end()).substr(chunk_->lead_bytes);
  if (body.ends_with('\n')) body.remove_suffix(body.ends_with("\r\n") ? 2 : 1);
  return is_blank_line(body);
}

void TextExtractor::count_records(RecordCounts& counts, bool as_json) const {
  const std::string_view text = raw();
  const std::uint8_t* data = chunk_->bytes.data();
  std::size_t records = chunk_->line_ends.value_or(0);
  if (!chunk_->line_ends)
    records = line_ + scan_(data, counted_, text.size(), ScanFor::kCountLines);
  if (!text.empty() && text.back() != '\n') ++records;
  std::size_t blank = 0, not_json = 0;
  if (as_json) {
    LineReader lines(chunk_->view());
    auto token_line = token_lines_.begin();
    for (std::string_view line; lines.next(line);) {
      if (token_line != token_lines_.end() && *token_line == lines.line_index()) {
        ++token_line;
      } else if (is_blank_line(line)) {
        ++blank;
      } else if (!is_json_text(line)) {
        ++not_json;
      }
    }
  } else {
    const auto count_if_blank = [&](std::size_t at) {
      const std::size_t end = text.find_first_not_of(" \t", at);
      blank += end == std::string_view::npos ? at < text.size()
                                             : text[end] == '\n' || text.substr(end, 2) == "\r\n";
    };
    count_if_blank(0);
    for (std::size_t at = 0;; ++at) {
      at = scan_(data, at, text.size(), ScanFor::kThinLine);
      if (at == text.size()) break;
      count_if_blank(at + 1);
    }
  }
  counts.records += records;
  counts.blank += blank;
  counts.not_json += not_json;
  counts.with_tokens += token_lines_.size();
  counts.without_token += records - blank - not_json - token_lines_.size();
}

}  // namespace jotmill
