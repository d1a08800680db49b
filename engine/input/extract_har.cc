// A HAR document is scanned as text like any other; the map of its strings says where in an entry a
// token stands, and which strings are base64. So a document that is broken loses parts, not tokens.

#include <algorithm>

#include "input/extract_text.h"

namespace jotmill {
namespace {

/// Decodes base64 of either alphabet up to what is none, bits left over dropped. Returns where that
/// is; text.size() when nothing or padding alone is left.
std::size_t decode_base64(std::string_view text, std::vector<std::uint8_t>& out) {
  std::string part(text);
  std::ranges::replace(part, '+', '-');
  std::ranges::replace(part, '/', '_');
  std::size_t end = 0;
  while (end < part.size() && is_base64url(part[end])) ++end;
  std::string bytes;
  decode_leniently(std::string_view(part).substr(0, end), bytes);
  out.assign(bytes.begin(), bytes.end());
  return text.find_first_not_of('=', end) == std::string_view::npos ? text.size() : end;
}

/// The base64 character that holds the first bits of decoded byte `at`.
constexpr std::size_t character_of(std::size_t at) { return at / 3 * 4 + at % 3; }

}  // namespace

void TextExtractor::begin_har(const Chunk& chunk) {
  begin(chunk);
  har_ = true;
  map_har(raw(), chunk.har_inside, map_);
  span_at_ = base64_at_ = entry_at_ = 0;
  entry_has_tokens_.assign(map_.entries.size(), false);
  entry_timed_.assign(map_.entries.size(), false);
}

/// The string that stands at `at`; the places that are asked for ascend.
const HarMap::Span* TextExtractor::span_of(std::size_t at) {
  while (span_at_ < map_.spans.size() && map_.spans[span_at_].end <= at) ++span_at_;
  const bool inside = span_at_ < map_.spans.size() && map_.spans[span_at_].begin <= at;
  return inside ? &map_.spans[span_at_] : nullptr;
}

void TextExtractor::note_entry(std::size_t at) {
  while (entry_at_ < map_.entries.size() && map_.entries[entry_at_].end <= at) ++entry_at_;
  if (entry_at_ < map_.entries.size() && map_.entries[entry_at_].begin <= at)
    entry_has_tokens_[entry_at_] = true;
}

/// Where the next string begins that is to be decoded; the end of the chunk when there is none.
std::size_t TextExtractor::next_base64() {
  while (base64_at_ < map_.spans.size() &&
         (!map_.spans[base64_at_].base64 || map_.spans[base64_at_].begin < at_))
    ++base64_at_;
  return base64_at_ < map_.spans.size() ? map_.spans[base64_at_].begin : chunk_->size_bytes;
}

/// Scans what a string is base64 of. Its tokens stand where their first bits do. Where it stops to
/// be base64 the rest is text; all of it when no token stood before: some write what is no base64.
void TextExtractor::take_base64(const HarMap::Span& span, TokenBatch& batch, RecordCounts& counts) {
  const std::string_view shown = raw().substr(span.begin, span.end - span.begin);
  before_.assign(shown);  // \/ is the one escape that base64 in JSON has
  const std::size_t stop = decode_base64(before_.text(), inner_chunk_.bytes);
  const bool whole = stop == before_.text().size();
  inner_chunk_.size_bytes = inner_chunk_.bytes.size();
  inner_chunk_.bytes.resize(inner_chunk_.size_bytes + kSlackBytes);
  inner_chunk_.piece = Chunk::Piece::kMiddle;  // the end of a layer is the end of no record
  std::vector<std::size_t> origins;
  for (std::size_t i = 0; i < before_.text().size(); ++i) origins.push_back(before_.origin(i));
  if (!inner_extractor_)
    inner_extractor_ = std::make_unique<TextExtractor>(scan_, max_token_bytes_);
  inner_extractor_->begin_body(inner_chunk_);
  RecordCounts found;
  for (bool more = true; more;) {
    inner_batch_.clear();
    more = inner_extractor_->extract(inner_batch_, found);
    for (std::size_t i = 0; i < inner_batch_.size; ++i) {
      const std::size_t at = span.begin + origins[character_of(inner_batch_.origin_off[i])];
      Place place = {at, span.end, inner_batch_.token(i), false, {}};
      place.layers.push(Layer::kBase64url);
      for (const Layer layer : inner_batch_.layers[i]) place.layers.push(layer);
      take(Candidate::Kind::kToken, place, batch, counts);
    }
  }
  at_ = whole ? span.end : span.begin + (found.tokens > 0 ? origins[stop] : 0);
  ++base64_at_;
  if (!whole && found.tokens == 0) return;
  found.candidates -= found.tokens;  // take() counted those
  found.tokens = 0;
  counts.add(found);
}

void TextExtractor::count_entries(RecordCounts& counts) const {
  const auto with_tokens = static_cast<std::uint64_t>(
      std::count(entry_has_tokens_.begin(), entry_has_tokens_.end(), true));
  counts.records += map_.entries.size();
  counts.with_tokens += with_tokens;
  counts.without_token += map_.entries.size() - with_tokens;
}

std::uint64_t TextExtractor::read_entry_times(TokenBatch& batch) {
  std::uint64_t without = 0;
  std::size_t entry = 0;
  for (std::size_t i = 0; i < batch.size; ++i) {
    const std::size_t at = batch.origin_off[i];
    while (entry < map_.entries.size() && map_.entries[entry].end <= at) ++entry;
    if (entry == map_.entries.size() || map_.entries[entry].begin > at) continue;
    const std::optional<TimePoint>& started = map_.entries[entry].started;
    batch.has_record_time[i] = started.has_value();
    if (started) batch.record_time[i] = *started;
    if (!started && !entry_timed_[entry]) ++without;
    entry_timed_[entry] = true;
  }
  return without;
}

}  // namespace jotmill
