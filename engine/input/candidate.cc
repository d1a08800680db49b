#include "input/candidate.h"

#include <algorithm>
#include <initializer_list>

#include "core/bytes.h"
#include "input/undo.h"

namespace jotmill {
namespace {

/// Characters behind a token that can make it a finding.
constexpr std::size_t kLookAhead = 48;
/// 128 bits: no enc of RFC 7518 s5.1 has a shorter authentication tag.
constexpr std::size_t kShortestTagChars = 22;
/// A line of docker's json-file that is this long may be a piece (its buffer's size).
constexpr std::size_t kDockerPiece = 16 * 1024;
constexpr std::string_view kDockerBehind = "\",\"stream\":\"std";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

/// The signature part itself: `redacted`, `REDACTED`, X's.
bool is_placeholder(std::string_view part) {
  if (part.size() >= 2 && part.find_first_not_of("xX") == std::string_view::npos) return true;
  constexpr std::size_t kLongest = 24;
  if (part.empty() || part.size() > kLongest) return false;
  constexpr std::string_view kWhole[] = {"masked",    "hidden",    "removed",
                                         "filtered",  "stripped",  "omitted",
                                         "sanitized", "sanitised", "scrubbed"};
  const std::string word = lower(part);
  if (word.find("redacted") != std::string::npos) return true;
  return std::find(std::begin(kWhole), std::end(kWhole), word) != std::end(kWhole);
}

/// Words that say on their own that something was blanked, and pieces of such.
bool says_blanked(std::string_view words) {
  constexpr std::string_view kPieces[] = {"redact", "mask",   "hidden", "remov", "filter",
                                          "strip",  "omit",   "saniti", "scrub", "censor",
                                          "obfusc", "secret", "private"};
  const std::string word = lower(words);
  return std::ranges::any_of(
      kPieces, [&](std::string_view piece) { return word.find(piece) != std::string::npos; });
}

constexpr std::string_view kEllipsis = "\xE2\x80\xA6", kBullet = "\xE2\x80\xA2";

/// Nothing but stars, X's, dots and the like; (x) could be anything.
bool is_of_signs(std::string_view text) {
  if (text.size() < 3) return false;
  while (!text.empty()) {
    const bool wide = text.starts_with(kEllipsis) || text.starts_with(kBullet);
    if (!wide && std::string_view("*xX.#").find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(wide ? kBullet.size() : 1);
  }
  return true;
}

/// How often one of X and x is repeated at the end.
std::size_t masked_at_end(std::string_view part) {
  if (part.empty() || (part.back() != 'x' && part.back() != 'X')) return 0;
  return part.size() - 1 - part.find_last_not_of(part.back());  // npos + 1 is 0
}

/// A signature of whatever length ends in so many X's by chance once in 2^48; one that is too short
/// does in four of them once in 2^24.
constexpr std::size_t kMaskedChars = 8, kMaskedCharsOfShort = 4;

/// Takes `…` or `...` off the front.
bool take_ellipsis(std::string_view& text) {
  for (const std::string_view dots : {kEllipsis, std::string_view("...")}) {
    if (!text.starts_with(dots)) continue;
    text.remove_prefix(dots.size());
    return true;
  }
  return false;
}

/// `[truncated]` behind dots says the same as the dots.
bool says_cut(std::string_view words) {
  const std::string word = lower(words);
  for (const char* part : {"truncat", "trimm", "snip", "shorten", "clipped"}) {
    if (word.find(part) != std::string::npos) return true;
  }
  return word == "cut" || word == "more" || word == "continued";
}

/// What stands in angle brackets in a page of HTML, behind an attack token with no signature.
bool is_html_tag(std::string_view word) {
  constexpr std::string_view kTags[] = {"span", "div",  "pre",  "code", "strong", "font",
                                        "sup",  "sub",  "mark", "del",  "ins",    "kbd",
                                        "body", "html", "head", "table"};
  return std::find(std::begin(kTags), std::end(kTags), lower(word)) != std::end(kTags);
}

/// What stands between brackets at the front; empty: nothing does.
std::string_view in_brackets(std::string_view text) {
  constexpr std::string_view kOpen = "[<({", kClose = "]>)}";
  const std::size_t which = text.empty() ? std::string_view::npos : kOpen.find(text[0]);
  if (which == std::string_view::npos) return {};
  const std::size_t end = text.find(kClose[which]);
  return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
}

/// Stars (but no end of a comment), or words in brackets: [REDACTED], <masked>. The shortest word
/// that blanks has three letters. `behind_dots`: an ellipsis stands in front.
bool begins_with_blanking(std::string_view text, bool behind_dots) {
  if (text.starts_with('*')) {
    text.remove_prefix(std::min(text.find_first_not_of('*'), text.size()));
    return !text.starts_with('/');
  }
  const std::string_view words = in_brackets(text);
  if (words.size() < 3) return false;
  if ((behind_dots && says_cut(words)) || (text[0] == '<' && is_html_tag(words))) return false;
  return std::all_of(words.begin(), words.end(),
                     [](char c) { return is_letter(c) || c == ' ' || c == '_' || c == '-'; });
}

/// What blanks whatever stands in front of it: brackets with a word that says so, or with nothing
/// but signs; and signs alone.
bool begins_with_blanking_mark(std::string_view text) {
  constexpr std::string_view kStars = "***", kHashes = "###";
  if (text.starts_with(kStars)) return begins_with_blanking(text, false);
  if (text.starts_with(kHashes)) return true;
  if (text.starts_with(kBullet)) return text.substr(kBullet.size()).starts_with(kBullet);
  const std::string_view inside = in_brackets(text);
  // <input type="hidden"> and {"secret": are no words.
  if (inside.find_first_of("=\"'/\\\n") != std::string_view::npos) return false;
  return says_blanked(inside) || is_of_signs(inside);
}

std::size_t exact_padding(std::size_t chars) { return chars % 4 == 2 ? 2 : chars % 4 == 3 ? 1 : 0; }

bool docker_piece_ends(const CandidateView& view, std::size_t end) {
  if (view.raw) return docker_piece_ends_at(view.text, end);
  return view.ends_docker_piece && end == view.text.size();
}

/// The end of the record, or the beginning of an escape that it cut.
bool record_ends_at(const CandidateView& view, std::size_t end) {
  return line_ends_at(view, end + cut_escape_bytes(view.text.substr(end)));
}

/// One past the padding that the part that ends at `end` must have, where it has just that; else
/// `end`.
std::size_t padded_end(const CandidateView& view, std::size_t at, std::size_t end) {
  const std::string_view parts = view.text.substr(at, end - at);
  const std::size_t padding = exact_padding(parts.size() - 1 - parts.rfind('.'));  // npos + 1 is 0
  const std::string_view tail = view.text.substr(end, padding + 1);
  const bool exact = tail.substr(0, padding) == std::string_view("==", padding) &&
                     !tail.substr(padding).starts_with('=');
  return exact ? end + padding : end;
}

/// Whether a payload is there to its end, so that only a signature can be missing behind it.
bool is_whole_object(std::string_view part) {
  std::string bytes;
  return decode_leniently(part, bytes) && bytes.starts_with('{') && bytes.ends_with('}');
}

}  // namespace

bool line_ends_at(const CandidateView& view, std::size_t at) {
  if (at == view.text.size()) return view.ends_record;
  if (!view.of_lines) return false;
  return view.text[at] == '\n' || view.text.substr(at).starts_with("\r\n") ||
         (view.ends_record && view.text.substr(at) == "\r");
}

bool docker_piece_ends_at(std::string_view raw, std::size_t end) {
  if (end < kDockerPiece || !raw.substr(end).starts_with(kDockerBehind)) return false;
  return raw.substr(end - kDockerPiece, kDockerPiece).find('\n') == std::string_view::npos;
}

bool begins_like_header(std::string_view text) {
  if (text.size() < 3 || text[0] != 'e') return false;
  const auto one_of = [&](std::string_view set) { return set.find(text[2]) != set.npos; };
  switch (text[1]) {
    case 'y': return one_of("ABCDIJKL");
    case 'w': return one_of("klmnopqr0123");
    case '3': return one_of("0123");
    default: return false;
  }
}

/// The part from `at` on: characters of base64url, then '=' where a dot follows (AWS load balancers
/// pad inside the signing input).
CandidateJudge::Part CandidateJudge::part(const CandidateView& view, std::size_t at) const {
  const std::string_view text = view.text;
  std::size_t end = scan_(reinterpret_cast<const std::uint8_t*>(text.data()), at, text.size(),
                          kernels::ScanFor::kPartEnd);
  if (end == text.size()) return {end, false, false};
  if (text[end] == '=' && end > at) {
    const std::size_t dot = text.find_first_not_of('=', end);
    if (dot != std::string_view::npos && dot - end <= 2) {
      if (text[dot] == '.') end = dot;
      // The dot behind padding, or the rest of the padding, may be escaped.
      const bool escape = view.raw && (text[dot] == '%' || text[dot] == '\\');
      const std::uint32_t code = escape ? escape_at(text, dot).code : 0;
      if (code == '.' || code == '=') return {end, false, true};
    }
  }
  if (view.raw && (text[end] == '%' || text[end] == '\\')) {
    const Escape escape = escape_at(text, end);
    if (escape.len != 0) return {end, false, may_belong_to_token(escape.code)};
    // Half an escape in front of another, `\x%37`: what the two make shows when both are undone.
    const std::size_t half_end = end + cut_escape_bytes(text.substr(end));
    return {end, false, half_end > end && has_escapes(text.substr(half_end, 1))};
  }
  return {end, text[end] == '.', false};
}

/// A few characters behind the token, escapes undone.
std::string_view CandidateJudge::following(const CandidateView& view, std::size_t end) {
  std::string_view inside = view.text.substr(end, kLookAheadBytes);
  if (inside.size() < kLookAheadBytes && !view.behind.empty()) {
    joined_.assign(inside).append(view.behind.substr(0, kLookAheadBytes - inside.size()));
    inside = joined_;
  }
  if (!has_escapes(inside.substr(0, kLookAhead))) return inside.substr(0, kLookAhead);
  behind_.clear();
  for (std::size_t i = 0; i < inside.size() && behind_.size() < kLookAhead;) {
    const Escape escape = escape_at(inside, i);
    if (escape.len == 0) {
      behind_ += inside[i++];
      continue;
    }
    if (escape.code == 0x2026 || escape.code == 0x2022) {
      behind_ += escape.code == 0x2026 ? kEllipsis : kBullet;
    } else if (escape.byte || escape.code < 0x80) {
      behind_ += static_cast<char>(escape.code);
    } else {
      behind_.append(escape.code < 0x800 ? 2 : 3, '\x7F');  // as long as its UTF-8
    }
    i += escape.len;
  }
  return std::string_view(behind_).substr(0, kLookAhead);
}

/// Fewer than two dots: what is there is the candidate, and where the logger stopped it was cut.
Candidate CandidateJudge::judge_short(const CandidateView& view, std::size_t at, Part last,
                                      const HeaderPeek& header, std::size_t next) {
  using Kind = Candidate::Kind;
  if (last.escaped) return {Kind::kEscaped, at, at};
  std::string_view behind = following(view, last.end);
  if (begins_with_blanking_mark(behind)) return {Kind::kRedacted, last.end, last.end};
  const bool dots = take_ellipsis(behind);
  if ((dots || view.text[last.end - 1] == '.') && begins_with_blanking(behind, dots))
    return {Kind::kRedacted, last.end, last.end};
  if (!header.token()) return {Kind::kLookalike, last.end, next};
  std::size_t end = last.end;
  while (view.text[end - 1] == '.') --end;  // a sentence's
  const bool too_large = end - at > max_token_bytes_;
  if (!too_large && (dots || record_ends_at(view, last.end) || docker_piece_ends(view, last.end)))
    return {Kind::kTruncated, last.end, last.end};
  if (const std::size_t padded = padded_end(view, at, last.end);
      !too_large && padded > last.end && record_ends_at(view, padded))
    return {Kind::kTruncated, padded, padded};
  return {too_large ? Kind::kToken : Kind::kUnfinished, end, last.end};
}

/// A JWE, or what is left of one.
Candidate CandidateJudge::judge_encrypted(const CandidateView& view, std::size_t at,
                                          std::size_t next, const HeaderPeek& header) {
  using Kind = Candidate::Kind;
  std::size_t end = next;
  while (view.text[end - 1] == '.') --end;  // of a sentence, or of too few parts
  const std::string_view text = view.text.substr(at, next - at);
  const auto parts = 1 + std::count(text.begin(), text.end(), '.');
  const std::size_t last_chars = text.size() - text.rfind('.') - 1;
  if ((parts == 5 && last_chars >= kShortestTagChars) || end - at > max_token_bytes_)
    return {Kind::kToken, end, next};
  std::string_view behind = following(view, end);
  // An empty last part may be an attack, and three parts a JWS with an enc: their verdict tells.
  const bool whole_jws =
      parts == 3 && header.least_signature_chars != 0 && last_chars >= header.least_signature_chars;
  const bool stops =
      !whole_jws && last_chars > 0 && (record_ends_at(view, next) || docker_piece_ends(view, next));
  if (stops || take_ellipsis(behind)) return {Kind::kTruncated, next, next};
  return {Kind::kUnfinished, end, next};
}

/// Three parts, the second from `payload` on, the third from `signature` on: a token, unless the
/// logger cut or blanked it.
Candidate CandidateJudge::judge_whole(const CandidateView& view, std::size_t payload,
                                      std::size_t signature, std::size_t end,
                                      const HeaderPeek& header) {
  using Kind = Candidate::Kind;
  const std::size_t chars = end - signature;
  const bool complete =
      header.least_signature_chars == 0 ? chars > 0 : chars >= header.least_signature_chars;
  // The first dot of an ellipsis is no separator where a payload was cut in front of it. Behind a
  // whole one it is: h.p. is an attack, and a sentence may go on with dots.
  const std::size_t payload_end = signature - 1;
  const std::size_t cut_at = payload_end > payload ? payload_end : payload - 1;
  const bool cut = chars == 0 && following(view, cut_at).starts_with("...") &&
                   !is_whole_object(view.text.substr(payload, payload_end - payload));
  std::string_view behind = complete ? std::string_view() : following(view, end);
  const std::string_view part = view.text.substr(signature, chars);
  if (is_placeholder(part) ||
      masked_at_end(part) >= (complete ? kMaskedChars : kMaskedCharsOfShort))
    return {Kind::kRedacted, end, end};
  if (!complete) {
    std::string_view rest = behind;
    const bool dots = take_ellipsis(rest) || cut;
    if (chars == 0) rest.remove_prefix(std::min(rest.find_first_not_of('.'), rest.size()));
    if (begins_with_blanking_mark(behind) ||
        ((chars == 0 || dots) && begins_with_blanking(rest, dots)))
      return {Kind::kRedacted, end, end};
    if (cut) return {Kind::kTruncated, cut_at, end};
  }
  const bool short_signature =
      chars > 0 && header.least_signature_chars != 0 && chars < header.least_signature_chars;
  if (short_signature &&
      (record_ends_at(view, end) || take_ellipsis(behind) || docker_piece_ends(view, end)))
    return {Kind::kTruncated, end, end};
  const std::size_t padding = exact_padding(chars);
  const std::string_view tail = view.text.substr(end, padding + 1);
  if (chars > 0 && padding > 0 && tail.substr(0, padding) == std::string_view("==", padding) &&
      (tail.size() == padding || (!is_base64url(tail.back()) && tail.back() != '=')))
    end += padding;
  return {short_signature ? Kind::kUnfinished : Kind::kToken, end, end};
}

Candidate CandidateJudge::judge(const CandidateView& view, std::size_t at) {
  using Kind = Candidate::Kind;
  const Part first = part(view, at);
  if (first.escaped) return {Kind::kEscaped, at, at};
  const std::size_t next = first.dot ? first.end + 1 : first.end;
  const std::string_view text = view.text.substr(at, first.end - at);
  const HeaderPeek header = headers_.peek(text);
  if (!first.dot) return judge_short(view, at, first, header, next);
  if (view.text.substr(first.end).starts_with("...")) {
    std::string_view behind = following(view, first.end);
    if (take_ellipsis(behind) && begins_with_blanking(behind, true))
      return {Kind::kRedacted, first.end, first.end};
  }
  const Part second = part(view, first.end + 1);
  const auto blanked = [&](std::size_t begin, std::size_t end) {
    return is_placeholder(view.text.substr(begin, end - begin));
  };
  bool redacted = header.token() && blanked(first.end + 1, second.end);
  if (!second.dot) {
    if (redacted && !second.escaped) return {Kind::kRedacted, second.end, second.end};
    return judge_short(view, at, second, header, next);
  }
  if (!header.token()) return {Kind::kLookalike, second.end, next};

  Part last = part(view, second.end + 1);
  std::size_t begin = second.end + 1;
  for (int more = header.enc ? 2 : 0; more > 0 && last.dot; --more) {
    redacted = redacted || blanked(begin, last.end);
    begin = last.end + 1;
    last = part(view, begin);
  }
  if (last.escaped) return {Kind::kEscaped, at, at};
  std::size_t end = last.end;
  if (redacted || (header.enc && blanked(begin, end))) return {Kind::kRedacted, end, end};
  if (header.enc) return judge_encrypted(view, at, last.end, header);
  if (end - at > max_token_bytes_) return {Kind::kToken, end, end};
  // part() took padding for a part's where a dot follows: here that dot ends a sentence.
  while (end > begin && view.text[end - 1] == '=') --end;
  return judge_whole(view, first.end + 1, begin, end, header);
}

Candidate CandidateJudge::judge_wrapped(const CandidateView& view, std::size_t at,
                                        std::string& inner, std::size_t& inner_end) {
  using Kind = Candidate::Kind;
  const Part whole = part(view, at);
  if (whole.escaped) return {Kind::kEscaped, at, at};
  const std::string_view text = view.text.substr(at, whole.end - at);
  // The Z may be the last of a mark, ESC[Z, behind which a token begins.
  const Candidate none = {Kind::kNone, at, at + 1};
  inner.clear();
  constexpr std::size_t kFirst = 8;
  if (!decode_leniently(text.substr(0, kFirst), inner) || !begins_like_header(inner)) return none;
  inner.clear();
  decode_leniently(text, inner);
  const CandidateView inside = {.text = inner,
                                .behind = following(view, whole.end),
                                .ends_record = record_ends_at(view, whole.end)};
  const std::string behind(inside.behind);  // following() is asked again below
  Candidate found = judge({.text = inner, .behind = behind, .ends_record = inside.ends_record}, 0);
  inner_end = found.end;
  found.end = found.next = whole.end;
  return found;
}

}  // namespace jotmill
