// A HAR document is scanned as text like any other; the map of its strings says where in an entry a
// token stands, and which strings are base64. So a document that is broken loses parts, not tokens.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "input/extract_text.h"
#include "input/record_time.h"

namespace jotmill {
namespace {

bool is_base64(char c) { return is_base64url(c) || c == '+' || c == '/'; }

/// The base64 character that holds the first bits of decoded byte `at`; the next one has the
/// others.
constexpr std::size_t character_of(std::size_t at) { return at / 3 * 4 + at % 3; }

/// What a text is base64 of: either alphabet, bits left over dropped, in lines as MIME writes it
/// (RFC 2045 s6.8), and one padded piece behind the other.
class Base64Text {
 public:
  /// `undone`: what the text is of; null when nothing was escaped.
  Base64Text(std::string_view text, const Undone* undone) : text_(text), undone_(undone) {
    stop_ = read();
  }

  /// Where it stops to be base64: at a character that is none, or, before that, at the word with
  /// such a character, when it is not the first. The end of the text when all of it is.
  std::size_t stop() const { return stop_; }
  const std::string& bytes() const { return bytes_; }
  /// Where in the text the first bits of a byte stand.
  std::size_t place(std::size_t at) const { return places_[at]; }
  /// Of each byte, the passes of `undone` that its characters were escaped in.
  std::vector<std::uint8_t> take_passes() { return std::move(passes_); }

 private:
  static constexpr std::string_view kBlanks = " \t\r\n";

  std::size_t read() {
    std::size_t stop = text_.size();
    for (std::size_t at = 0; stop == text_.size();) {
      const std::size_t begin = text_.find_first_not_of(kBlanks, at);
      if (begin == text_.npos) break;
      at = std::min(text_.find_first_of(kBlanks, begin), text_.size());
      std::size_t good = begin;
      while (good < at && (is_base64(text_[good]) || text_[good] == '=')) ++good;
      const bool first = piece_.empty() && bytes_.empty();
      if (good < at && !first) {
        stop = begin;
      } else if (const std::size_t end = take_word(begin, good); end < at) {
        stop = end;
      }
    }
    end_piece();
    return stop;
  }

  /// Returns where it stopped: padding ends a piece, and a piece that is not whole groups of four
  /// the base64.
  std::size_t take_word(std::size_t at, std::size_t end) {
    for (; at < end; ++at) {
      if (text_[at] == '=') {
        ++padding_;
        continue;
      }
      if (padding_ > 0) {
        if ((piece_.size() + padding_) % 4 != 0) return at;
        end_piece();
      }
      piece_ += text_[at] == '+' ? '-' : text_[at] == '/' ? '_' : text_[at];
      piece_places_.push_back(static_cast<std::uint32_t>(at));
    }
    return at;
  }

  void end_piece() {
    std::string bytes;
    decode_leniently(piece_, bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::uint32_t* const of_byte = &piece_places_[character_of(i)];
      places_.push_back(of_byte[0]);
      if (undone_) passes_.push_back(undone_->passes(of_byte[0]) | undone_->passes(of_byte[1]));
    }
    bytes_ += bytes;
    piece_.clear();
    piece_places_.clear();
    padding_ = 0;
  }

  std::string_view text_;
  const Undone* undone_;
  std::string bytes_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint8_t> passes_;
  std::string piece_;  ///< in the alphabet of base64url
  std::vector<std::uint32_t> piece_places_;
  std::size_t padding_ = 0;
  std::size_t stop_ = 0;
};

}  // namespace

void TextExtractor::begin_har(const Chunk& chunk) {
  begin(chunk);
  har_ = true;
  map_har(raw(), chunk.har_inside, map_);
  span_at_ = base64_at_ = entry_at_ = 0;
  har_has_tokens_.assign(2 * map_.entries.size() + 1, false);
  har_timed_.assign(har_has_tokens_.size(), false);
}

/// The string that stands at `at`; the places that are asked for ascend.
const HarMap::Span* TextExtractor::span_of(std::size_t at) {
  while (span_at_ < map_.spans.size() && map_.spans[span_at_].end <= at) ++span_at_;
  const bool inside = span_at_ < map_.spans.size() && map_.spans[span_at_].begin <= at;
  return inside ? &map_.spans[span_at_] : nullptr;
}

/// Likewise in HAR: the value of a cookie NAME.0, or NAME.0=T in the header that has the cookies.
bool TextExtractor::is_cookie_chunk_of_har(const HarMap::Span& span, const Place& place) {
  if (span.name == HarMap::kNoName) return false;
  const std::string& part = map_.parts[span.part];
  const HarMap::Span& named = map_.spans[span.name];
  const std::string_view name = raw().substr(named.begin, named.end - named.begin);
  if (part.ends_with("cookies")) return is_cookie_chunk_name(name);
  const bool cookies =
      equal_ignoring_case(name, "cookie") || equal_ignoring_case(name, "set-cookie");
  if (!part.ends_with("headers") || !cookies) return false;
  // No more than for a channel: one header may hold any number of cookies.
  const std::size_t back = std::min(place.raw_begin - span.begin, kChannelLookBack);
  before_.assign(raw().substr(place.raw_begin - back, back));
  std::string_view pair = before_.text();
  if (!pair.ends_with('=')) return false;
  pair.remove_suffix(1);
  return is_cookie_chunk_name(pair.substr(pair.find_last_of("; ") + 1));
}

/// The record that `at` stands in: odd numbers are entries, even ones what stands in front of each
/// and behind the last. `entry` is the one that the place before stood in or in front of; places
/// ascend.
std::size_t TextExtractor::har_record(std::size_t at, std::size_t& entry) const {
  while (entry < map_.entries.size() && map_.entries[entry].end <= at) ++entry;
  const bool inside = entry < map_.entries.size() && map_.entries[entry].begin <= at;
  return 2 * entry + (inside ? 1 : 0);
}

/// Where the next string begins that is to be decoded; the end of the chunk when there is none.
std::size_t TextExtractor::next_base64() {
  while (base64_at_ < map_.spans.size() &&
         (!map_.spans[base64_at_].base64 || map_.spans[base64_at_].begin < at_))
    ++base64_at_;
  return base64_at_ < map_.spans.size() ? map_.spans[base64_at_].begin : chunk_->size_bytes;
}

/// Begins to scan what a string is base64 of; go_on_in_base64() goes on until it is done.
void TextExtractor::begin_base64(const HarMap::Span& span) {
  const std::string_view shown = raw().substr(span.begin, span.end - span.begin);
  Base64Body& body = *(base64_ = std::make_unique<Base64Body>());
  body.span_begin = span.begin;
  body.span_end = span.end;
  const bool escaped = has_escapes(shown);  // \/ and \n are those that base64 in JSON has
  if (escaped) before_.assign(shown);
  const std::string_view text = escaped ? before_.text() : shown;
  const auto origin = [&](std::size_t at) { return escaped ? before_.origin(at) : at; };
  Base64Text decoded(text, escaped ? &before_ : nullptr);
  body.whole = decoded.stop() == text.size();
  body.stop = static_cast<std::uint32_t>(origin(decoded.stop()));
  const std::string& bytes = decoded.bytes();
  body.places.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    body.places.push_back(static_cast<std::uint32_t>(origin(decoded.place(i))));
  if (escaped) {
    body.passes = decoded.take_passes();
    body.undone = before_.passes();
  }
  body.chunk.bytes.assign(bytes.begin(), bytes.end());
  body.chunk.size_bytes = bytes.size();
  body.chunk.bytes.resize(bytes.size() + kSlackBytes);
  body.chunk.piece = Chunk::Piece::kMiddle;  // the end of a layer is the end of no record
  if (!inner_extractor_)
    inner_extractor_ = std::make_unique<TextExtractor>(scan_, max_token_bytes_);
  inner_extractor_->begin_body(body.chunk);
}

/// The next tokens of what was base64. They stand where their first bits do. Where it stops to be
/// base64 the rest is text; all of it when no token stood before: some write what is no base64.
void TextExtractor::go_on_in_base64(TokenBatch& batch, RecordCounts& counts) {
  Base64Body& body = *base64_;
  inner_batch_.clear();
  const bool more = inner_extractor_->extract(inner_batch_, body.found);
  for (std::size_t i = 0; i < inner_batch_.size; ++i) {
    const std::size_t at = body.span_begin + body.places[inner_batch_.origin_off[i]];
    Place place = {at, body.span_end, inner_batch_.token(i), false, {}, body.span_end};
    if (!body.passes.empty()) {
      std::uint8_t passes = 0;
      for (std::size_t k = inner_batch_.origin_off[i]; k < inner_extractor_->text_ends_[i]; ++k)
        passes |= body.passes[k];
      place.layers = pick_layers(body.undone, passes);
    }
    place.layers.push(Layer::kBase64url);
    for (const Layer layer : inner_batch_.layers[i]) place.layers.push(layer);
    take(Candidate::Kind::kToken, place, batch, counts);
  }
  if (more) return;
  const bool rest_is_text = !body.whole && body.found.tokens == 0;
  at_ = body.whole ? body.span_end : body.span_begin + (rest_is_text ? 0 : body.stop);
  ++base64_at_;
  if (!rest_is_text) {
    body.found.candidates -= body.found.tokens;  // take() counted those
    body.found.tokens = 0;
    counts.add(body.found);
  }
  base64_.reset();
}

/// What stands around entries is a record where it has a token: it must not be judged and not be
/// counted.
void TextExtractor::count_entries(RecordCounts& counts) const {
  const auto with_tokens =
      static_cast<std::uint64_t>(std::count(har_has_tokens_.begin(), har_has_tokens_.end(), true));
  std::uint64_t without_token = map_.entries.size();
  for (std::size_t record = 1; record < har_has_tokens_.size(); record += 2)
    without_token -= har_has_tokens_[record] ? 1 : 0;
  counts.records += with_tokens + without_token;
  counts.with_tokens += with_tokens;
  counts.without_token += without_token;
}

std::uint64_t TextExtractor::read_entry_times(TokenBatch& batch) {
  std::uint64_t without = 0;
  std::size_t entry = 0;
  for (std::size_t i = 0; i < batch.size; ++i) {
    const std::size_t record = har_record(batch.origin_off[i], entry);
    std::optional<TimePoint> started;
    if (record % 2 == 1) started = map_.entries[entry].started;
    batch.has_record_time[i] = started.has_value();
    if (started) batch.record_time[i] = *started;
    if (!started && !har_timed_[record]) ++without;
    har_timed_[record] = true;
  }
  return without;
}

std::uint64_t TextExtractor::read_time_of_cut_entry(TokenBatch& batch) {
  HarMap head;
  map_har(as_text(batch.chunk->line_head), batch.chunk->har_inside, head);
  return set_record_time(batch, head.entries.empty() ? std::nullopt : head.entries.front().started);
}

}  // namespace jotmill
