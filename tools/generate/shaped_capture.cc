#include "tools/generate/shaped_capture.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

#include "tools/generate/plan.h"
#include "tools/generate/shapes.h"

namespace jotmill::tools {
namespace {

bool taken_at(std::uint64_t index, std::uint32_t share) {
  return taken_before(index + 1, share) > taken_before(index, share);
}

std::vector<std::string_view> parts_of(std::string_view token) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= token.size();) {
    const std::size_t dot = std::min(token.find('.', start), token.size());
    parts.push_back(token.substr(start, dot - start));
    start = dot + 1;
  }
  return parts;
}

std::string_view without_padding(std::string_view part) {
  for (int i = 0; i < 2 && part.ends_with('='); ++i) part.remove_suffix(1);
  return part;
}

bool has_text(const simdjson::dom::object& object, const char* name) {
  return object[name].is_string();
}

bool placeholder(std::string_view signature) {
  std::string lower(signature);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower == "redacted" || (!lower.empty() && lower.find_first_not_of('x') == lower.npos);
}

/// One record of token `index`: noise, a finding or the token itself.
class RecordWriter {
 public:
  RecordWriter(const World& world, Rng& rng, const ForgedToken& token, CaptureBlock& block)
      : world_(world),
        shape_(*world.recipe().output.shape),
        output_(world.recipe().output),
        rng_(rng),
        token_(token),
        block_(block) {}

  void blank() {
    add(Piece(""));
    ++block_.tally.blank;
  }
  void noise() {
    add(shape_.noise(parts({}, draw_time())));
    ++block_.tally.without_token;
  }
  void lookalike() {
    const Lookalike drawn = draw_lookalike(rng_);
    const RecordParts p = parts({}, draw_time());
    if (shape_.format == "har") {
      add(har_entry_with(p, Piece(drawn.text)));
    } else if (shape_.format == "jsonl") {
      add(Piece("{\"timestamp\":\"" + iso_time(p.time_s, rng_) +
                "\",\"cookie\":\"session=" + drawn.text + "\"}"));
    } else {
      add(shape_.noise(p) + " session=" + drawn.text + ";");
    }
    ++block_.tally.without_token;
    block_.tally.lookalike += drawn.findings;
  }
  void truncated();
  void redacted();
  void token();

 private:
  RecordParts parts(std::string_view text, std::int64_t time_s) {
    return {.rng = rng_, .token = text, .time_s = time_s, .output = output_};
  }
  const RecordForm& draw_form(bool finding) {
    for (;;) {
      const RecordForm& form = shape_.forms[rng_.below(shape_.forms.size())];
      if (!finding || form.shows_findings) return form;
    }
  }
  /// The time around which claims are made; with --as-of record anything around it.
  std::int64_t draw_time() {
    const std::int64_t base = world_.base_time_s();
    if (!world_.policy().as_of_record) return base - static_cast<std::int64_t>(rng_.below(3600));
    if (rng_.below(4) != 0) return base + static_cast<std::int64_t>(rng_.below(300));
    return base - 7200 + static_cast<std::int64_t>(rng_.below(180'000));
  }
  Verdict verdict_at(std::int64_t time_s, bool timed) const;
  void add(const Piece& piece);
  void label(const Place& place, std::size_t at, Verdict verdict);

  const World& world_;
  const Shape& shape_;
  const RecipeOutput& output_;
  Rng& rng_;
  const ForgedToken& token_;
  CaptureBlock& block_;
  Verdict verdict_ = Verdict::kAccepted;  ///< of the tokens that add() labels
};

void RecordWriter::add(const Piece& piece) {
  block_.capture += shape_.between;
  block_.lines += static_cast<std::uint64_t>(std::ranges::count(shape_.between, '\n'));
  const std::size_t start = block_.capture.size();
  const std::uint64_t first_line = block_.lines;
  block_.capture += piece.text;
  std::size_t counted = 0;
  for (const Place& place : piece.places) {
    const auto begin = piece.text.begin();
    block_.lines += static_cast<std::uint64_t>(
        std::count(begin + static_cast<std::ptrdiff_t>(counted),
                   begin + static_cast<std::ptrdiff_t>(place.offset), '\n'));
    counted = place.offset;
    label(place, start, verdict_);
  }
  block_.lines = first_line + static_cast<std::uint64_t>(std::ranges::count(piece.text, '\n'));
  if (shape_.format != "har" && rng_.chance(output_.crlf)) block_.capture += '\r';
}

void RecordWriter::label(const Place& place, std::size_t at, Verdict verdict) {
  std::string layers;
  for (const std::string_view layer : place.layers) {
    layers += fmt::format("{}\"{}\"", layers.empty() ? "" : ",", layer);
  }
  block_.labels.push_back(
      {.line = block_.lines,
       .offset = at + place.offset,
       .rest = fmt::format(R"("channel":{},"layers":[{}],{})", json_quote(place.channel), layers,
                           label_members(token_, verdict))});
  ++block_.tally.by_verdict[static_cast<std::size_t>(verdict)];
}

void RecordWriter::truncated() {
  const std::vector<std::string_view> of = parts_of(token_.bytes);
  const std::size_t whole = least_signature_characters(token_.alg.value_or(""));
  if (token_.verdict != Verdict::kAccepted || of.size() != 3 || of[2].size() < whole || whole == 0)
    return;
  const std::size_t kept = 1 + rng_.below(whole - 1);
  std::string cut = token_.bytes.substr(0, token_.bytes.size() - of[2].size() + kept);
  if (placeholder(of[2].substr(0, kept))) return;
  const bool goes_on = shape_.format == "har" || rng_.below(2) == 0;
  if (goes_on) cut += draw_ellipsis(rng_);
  Piece piece = draw_form(true).write(parts(cut, draw_time()));
  // The logger's line ends where its room did.
  if (!goes_on) piece.text.resize(piece.places.front().offset + piece.places.front().bytes);
  block_.tally.truncated += goes_on ? piece.places.size() : 1;
  piece.places.clear();
  add(piece);
  ++block_.tally.without_token;
}

void RecordWriter::redacted() {
  const std::vector<std::string_view> of = parts_of(token_.bytes);
  if (token_.verdict != Verdict::kAccepted || of.size() != 3) return;
  const std::string text =
      token_.bytes.substr(0, token_.bytes.size() - of[2].size()) + draw_placeholder(rng_);
  Piece piece = draw_form(true).write(parts(text, draw_time()));
  block_.tally.redacted += piece.places.size();
  piece.places.clear();
  add(piece);
  ++block_.tally.without_token;
}

/// A plain token is good from nbf to exp; what else a token is does not depend on the time that its
/// record is given.
Verdict RecordWriter::verdict_at(std::int64_t time_s, bool timed) const {
  const RecipePolicy& policy = world_.policy();
  if (!policy.as_of_record || !timed || token_.verdict != Verdict::kAccepted) return token_.verdict;
  if (token_.exp_s && time_s >= *token_.exp_s + policy.leeway_exp_s) return Verdict::kExpired;
  if (token_.nbf_s && time_s < *token_.nbf_s - policy.leeway_nbf_s) return Verdict::kNotYetValid;
  return token_.verdict;
}

void RecordWriter::token() {
  const RecordForm& form = draw_form(false);
  // Other variants are made for one moment.
  const bool plain = token_.exp_s.has_value();
  const std::int64_t time_s = plain ? draw_time() : world_.base_time_s();
  verdict_ = verdict_at(time_s, form.timed);
  const Piece piece = form.write(parts(token_.bytes, time_s));
  if (!form.timed) block_.tally.without_time += piece.places.size();
  add(piece);
}

}  // namespace

std::size_t least_signature_characters(std::string_view alg) {
  if (alg == "EdDSA" || alg == "Ed25519") return 86;
  if (alg == "Ed448") return 152;
  if (alg == "ES512") return 176;
  if (alg == "ES384") return 128;
  if (alg.starts_with("ES")) return 86;
  if (alg.starts_with("RS") || alg.starts_with("PS")) return 342;
  if (alg == "HS256") return 43;
  if (alg == "HS384") return 64;
  return alg == "HS512" ? 86 : 0;
}

bool extractable(std::string_view token) {
  const std::vector<std::string_view> of = parts_of(token);
  for (const std::string_view part : of) {
    if (!std::ranges::all_of(without_padding(part),
                             [](char c) { return base64url_value(c) >= 0; })) {
      return false;
    }
  }
  const std::optional<std::string> header = from_base64url(without_padding(of.front()));
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  // White space before the brace is JSON, but no candidate begins with it.
  if (!header || !header->starts_with('{') ||
      parser.parse(*header).get(object) != simdjson::SUCCESS)
    return false;
  const bool encrypted = has_text(object, "enc");
  if (!encrypted && !has_text(object, "alg")) return false;
  if (of.size() != (encrypted ? 5U : 3U)) return false;
  std::string_view alg;
  if (object["alg"].get(alg) != simdjson::SUCCESS) alg = {};
  const std::string_view signature = without_padding(of.back());
  return encrypted || signature.empty() ||
         (!placeholder(signature) && signature.size() >= least_signature_characters(alg));
}

void append_shaped_record(const World& world, std::uint64_t seed, std::uint64_t index,
                          const ForgedToken& token, CaptureBlock& block) {
  const RecipeOutput& output = world.recipe().output;
  Rng rng(seed, Stream::kRecord, index);
  RecordWriter writer(world, rng, token, block);
  if (taken_at(index, output.blank) && output.shape->format != "har") writer.blank();
  if (taken_at(index, output.without_token)) writer.noise();
  if (taken_at(index, output.lookalike)) writer.lookalike();
  if (taken_at(index, output.truncated)) writer.truncated();
  if (taken_at(index, output.redacted)) writer.redacted();
  writer.token();
}

}  // namespace jotmill::tools
