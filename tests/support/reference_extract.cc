#include "support/reference_extract.h"

#include <algorithm>
#include <optional>

#include "support/reference_base64url.h"
#include "support/reference_channel.h"
#include "support/reference_json.h"
#include "support/reference_undo.h"

namespace jotmill::reference {
namespace {

bool part_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// An encoded { before what may follow it in a JSON object: a quote, white space, a brace.
bool brace_begins(std::string_view text) {
  if (text.size() < 3) return false;
  const std::string four = std::string(text.substr(0, 3)) + "A";
  const Decoded decoded = decode_base64url(four, false);
  if (!decoded.ok || decoded.bytes[0] != '{') return false;
  const char next = decoded.bytes[1];
  return next == '"' || next == '}' || next == ' ' || next == '\n' || next == '\r' || next == '\t';
}

struct Header {
  bool encrypted = false;
  std::string alg;
};

// What \uXXXX at `at` spells, or -1.
int code_unit(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text.substr(at, 2) != "\\u") return -1;
  int code = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(lower({&c, 1}));
    if (digit == std::string_view::npos) return -1;
    code = code * 16 + static_cast<int>(digit);
  }
  return code;
}

// JSON with each escape of half a pair of surrogates replaced by that of a question mark.
std::string without_lone_surrogates(std::string json) {
  const auto high = [&](std::size_t at) { return code_unit(json, at) >> 10 == 0xD800 >> 10; };
  const auto low = [&](std::size_t at) { return code_unit(json, at) >> 10 == 0xDC00 >> 10; };
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] != '\\') {
      ++at;
    } else if (high(at) && low(at + 6)) {
      at += 12;
    } else if (high(at) || low(at)) {
      json.replace(at, 6, "\\u003f");
      at += 6;
    } else {
      at += 2;
    }
  }
  return json;
}

// The header, when it decodes to a JSON object with a string alg or enc. Malformed UTF-8 within,
// escapes of lone surrogates and bits behind its last byte do not hide a token: its verdict is
// header_not_utf8, header_not_json or header_encoding.
std::optional<Header> read_header(std::string_view part) {
  const std::optional<Undone> decoded = undo_base64(plain(part, 0), 0, part.size());
  if (!decoded) return std::nullopt;
  std::string bytes = decoded->text();
  if (!is_utf8(bytes)) {
    for (char& c : bytes) c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
  }
  const std::optional<Json> json = parse_json(without_lone_surrogates(std::move(bytes)));
  if (!json || !json->is(Json::Kind::object)) return std::nullopt;
  // A name that is there twice hides nothing: the token's verdict is header_duplicate. Of several
  // algorithms the last one says how long a signature must be.
  Header header;
  bool named = false;
  for (const JsonMember& member : json->members) {
    if (!member.value.is(Json::Kind::string)) continue;
    if (member.name == "enc") header.encrypted = true;
    if (member.name != "alg") continue;
    named = true;
    header.alg = member.value.text;
  }
  if (!header.encrypted && !named) return std::nullopt;
  return header;
}

void append(Extraction from, Extraction& to) {
  to.truncated += from.truncated;
  to.redacted += from.redacted;
  to.lookalike += from.lookalike;
  for (ExtractedToken& token : from.tokens) to.tokens.push_back(std::move(token));
}

// A signature part that is none: redacted, masked, X's.
bool placeholder(std::string_view part) {
  const std::string word = lower(part);
  if (word.size() >= 2 && word.find_first_not_of('x') == word.npos) return true;
  if (word.empty() || word.size() > 24) return false;
  if (word.find("redacted") != word.npos) return true;
  for (const char* other : {"masked", "hidden", "removed", "filtered", "stripped", "omitted",
                            "sanitized", "sanitised", "scrubbed"}) {
    if (word == other) return true;
  }
  return false;
}

// Stars, or words in brackets, at the start of `text`; behind dots, no words that mean the same as
// these. Tags of HTML are no words, nor is what has fewer than three letters.
bool blanked(std::string_view text, bool behind_dots) {
  if (text.empty()) return false;
  if (text.front() == '*') {
    while (text.starts_with('*')) text.remove_prefix(1);
    return !text.starts_with('/');
  }
  static constexpr std::string_view kOpen = "[<({", kClose = "]>)}";
  const std::size_t kind = kOpen.find(text.front());
  if (kind == kOpen.npos) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == kClose[kind]) {
      const std::string words = lower(text.substr(1, i - 1));
      if (words.size() < 3) return false;
      if (behind_dots) {
        for (const char* cut : {"truncat", "trimm", "snip", "shorten", "clipped"})
          if (words.find(cut) != words.npos) return false;
        if (words == "cut" || words == "more" || words == "continued") return false;
      }
      if (kind != 1) return true;
      const std::vector<std::string> tags = {"span", "div",  "pre",  "code", "strong", "font",
                                             "sup",  "sub",  "mark", "del",  "ins",    "kbd",
                                             "body", "html", "head", "table"};
      return std::find(tags.begin(), tags.end(), words) == tags.end();
    }
    const char c = text[i];
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter && c != ' ' && c != '_' && c != '-') return false;
  }
  return false;
}

bool has_blanking_word(std::string_view text) {
  const std::string words = lower(text);
  const auto in_words = [&](const char* word) { return words.find(word) != words.npos; };
  static constexpr const char* kWords[] = {"redact", "mask",   "hidden", "remov", "filter",
                                           "strip",  "omit",   "saniti", "scrub", "censor",
                                           "obfusc", "secret", "private"};
  return std::any_of(std::begin(kWords), std::end(kWords), in_words);
}

constexpr std::string_view kBullet = "\xE2\x80\xA2", kEllipsis = "\xE2\x80\xA6";

// Something, and nothing but signs that stand for what is not shown.
bool all_blanking_signs(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const bool sign = std::string_view("*xX.#").find(text.front()) != std::string_view::npos;
    const bool wide = text.starts_with(kBullet) || text.starts_with(kEllipsis);
    if (!sign && !wide) return false;
    text.remove_prefix(sign ? 1 : kBullet.size());
  }
  return true;
}

// Stars, hashes or bullets at the start of `text`, or brackets that say what is not shown: the mark
// of a logger behind what it left of a token.
bool blanking(std::string_view text) {
  if (text.empty()) return false;
  if (text.starts_with("***")) {
    const std::size_t after = text.find_first_not_of('*');
    return after == text.npos || text[after] != '/';  // the end of a comment
  }
  if (text.starts_with("###") || text.starts_with(std::string(kBullet) + std::string(kBullet)))
    return true;
  static constexpr std::string_view kOpen = "[<({", kClose = "]>)}";
  const std::size_t kind = kOpen.find(text.front());
  if (kind == kOpen.npos) return false;
  const std::size_t close = text.find(kClose[kind]);
  if (close == text.npos) return false;
  const std::string_view content = text.substr(1, close - 1);
  // HTML's <input type="hidden"> and JSON's {"secret": are no words that blank; (x) says nothing.
  if (content.find_first_of("=\"'/\\\n") != content.npos) return false;
  return has_blanking_word(content) || (content.size() >= 3 && all_blanking_signs(content));
}

// A signature that ends in X's: four where it is too short to be one, eight where it need not be.
bool ends_in_crosses(std::string_view signature, bool complete) {
  const std::size_t least = complete ? 8 : 4;
  return signature.ends_with(std::string(least, 'X')) ||
         signature.ends_with(std::string(least, 'x'));
}

// What an escape begins with that was cut: "%", "%2", "\\", "\\u00", "\\x4".
bool half_escape(std::string_view text) {
  if (text.empty()) return false;
  const auto hexadecimal = [](std::string_view digits) {
    return digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
  };
  if (text.front() == '%') return text.size() <= 2 && hexadecimal(text.substr(1));
  if (text.front() != '\\') return false;
  while (text.starts_with('\\')) text.remove_prefix(1);
  if (text.starts_with('u')) return text.size() <= 4 && hexadecimal(text.substr(1));
  if (text.starts_with('x')) return text.size() <= 2 && hexadecimal(text.substr(1));
  return text.empty();
}

// An object of JSON, by its braces: a payload to which nothing is missing.
bool whole_object(std::string_view part) {
  const std::optional<Undone> decoded = undo_base64(plain(part, 0), 0, part.size());
  if (!decoded) return false;
  const std::string bytes = decoded->text();
  return bytes.starts_with('{') && bytes.ends_with('}');
}

std::size_t ellipsis(std::string_view text) {
  return text.starts_with("...") || text.starts_with(kEllipsis) ? 3 : 0;
}

// A terminal's CSI sequence, a control character in octal, \0, \a, \v, ^I, quoted-printable's =3D.
bool mark_at_end(std::string_view text) {
  if (text.size() > 40) text.remove_prefix(text.size() - 40);
  const auto last = [&](std::size_t count) { return text.substr(text.size() - count); };
  if (text.size() >= 2) {
    const std::string_view two = last(2);
    for (const char* mark : {"\\0", "\\a", "\\v", "^I", "^J", "^M"}) {
      if (two == mark) return true;
    }
  }
  if (text.size() >= 3 && last(3) == "=3D") return true;
  if (text.size() >= 4) {
    const std::string_view four = last(4);
    if ((four[0] == '#' || four[0] == '\\') && four[1] == '0' && four[2] >= '0' && four[2] <= '3' &&
        four[3] >= '0' && four[3] <= '7')
      return true;
  }
  return terminal_mark(text) > 0;
}

// Looks for candidates in one stretch of bytes whose escapes are undone.
class Scanner {
 public:
  Scanner(const Undone& undone, std::string fixed_channel, Extraction& out)
      : undone_(undone), text_(undone.text()), channel_(std::move(fixed_channel)), out_(out) {}

  void stands_in(const HarString& string) { har_ = &string; }
  // These bytes are what `raw` says, which begins at `offset` of the stream.
  void stands_for(std::string_view raw, std::uint64_t offset) {
    raw_ = raw;
    raw_offset_ = offset;
  }

  // `whole_record`: the end of these bytes is the end of their record. `behind`: what follows them.
  void scan(bool whole_record) {
    whole_record_ = whole_record;
    for (std::size_t at = 0; at < text_.size();) {
      const bool boundary = at == 0 || !part_character(text_[at - 1]) || behind_mark(at);
      const std::string_view rest = std::string_view(text_).substr(at);
      if (boundary && brace_begins(rest)) {
        at = candidate(at);
      } else if (boundary && rest.starts_with("Z")) {
        at = wrapped(at);
      } else {
        ++at;
      }
    }
  }

 private:
  // A mark of a logger ends there, as it stands in the stream.
  bool behind_mark(std::size_t at) const {
    if (raw_.empty()) return false;
    return mark_at_end(raw_.substr(0, undone_.bytes[at].origin - raw_offset_));
  }

  std::size_t characters_end(std::size_t at) const {
    while (at < text_.size() && part_character(text_[at])) ++at;
    return at;
  }
  // A part, with up to two '=' where a dot follows: padding within a signing input.
  std::size_t part_end(std::size_t begin) const {
    const std::size_t end = characters_end(begin);
    for (std::size_t padding = 1; end > begin && padding <= 2; ++padding) {
      if (text_.compare(end, padding + 1, std::string(padding, '=') + ".") == 0)
        return end + padding;
    }
    return end;
  }
  bool dot_at(std::size_t at) const { return at < text_.size() && text_[at] == '.'; }
  // What makes a token a finding stands close behind it.
  std::string following(std::size_t at) const { return (text_.substr(at) + behind_).substr(0, 48); }
  // The record ends there, or in the middle of an escape that begins there.
  bool record_ends_at(std::size_t at) const {
    return whole_record_ && (at == text_.size() || half_escape(std::string_view(text_).substr(at)));
  }

  // The candidate at `at`; returns where the search goes on.
  std::size_t candidate(std::size_t at) {
    const std::size_t header_end = part_end(at);
    const std::optional<Header> header =
        read_header(std::string_view(text_).substr(at, header_end - at));
    if (const std::string behind = following(header_end);
        ellipsis(behind) > 0 && blanked(std::string_view(behind).substr(ellipsis(behind)), true)) {
      ++out_.redacted;
      return header_end;
    }
    if (!dot_at(header_end)) return too_short(at, at, header_end, header, header_end);
    if (header) {
      if (const std::size_t end = blanked_before_signature(header_end, header->encrypted);
          end > 0) {
        ++out_.redacted;
        return end;
      }
    }
    const std::size_t second = part_end(header_end + 1);
    if (!dot_at(second)) return too_short(at, header_end + 1, second, header, header_end + 1);
    if (!header) {
      ++out_.lookalike;
      return header_end + 1;
    }
    std::size_t begin = second + 1, end = part_end(begin);
    for (int more = header->encrypted ? 2 : 0; more > 0 && dot_at(end); --more) {
      begin = end + 1;
      end = part_end(begin);
    }
    if (header->encrypted) return judge_encrypted(at, begin, end, header->alg);
    const std::string_view payload =
        std::string_view(text_).substr(header_end + 1, second - header_end - 1);
    return judge_signature(at, payload, begin, characters_end(begin), *header);
  }

  // A placeholder in the place of the payload or, of a JWE, of any part behind the header: the end
  // of the token's parts; 0: there is none.
  std::size_t blanked_before_signature(std::size_t header_end, bool encrypted) const {
    std::size_t end = header_end;
    bool any = false;
    for (int part = 2; part <= (encrypted ? 5 : 3) && dot_at(end); ++part) {
      const std::size_t begin = end + 1;
      end = part_end(begin);
      if (encrypted || part == 2) any = any || placeholder(text_.substr(begin, end - begin));
    }
    return any ? end : 0;
  }

  // Fewer than two dots: cut before its signature, or blanked, or no more than that. `last`: where
  // its last part begins.
  std::size_t too_short(std::size_t at, std::size_t last, std::size_t end,
                        const std::optional<Header>& header, std::size_t next) {
    const std::string behind = following(end);
    const std::size_t dots = ellipsis(behind);
    const bool behind_dot = (dots > 0 || text_[end - 1] == '.') &&
                            blanked(std::string_view(behind).substr(dots), dots > 0);
    if (behind_dot || blanking(behind)) {
      ++out_.redacted;
      return end;
    }
    if (!header) {
      ++out_.lookalike;
      return next;
    }
    if (dots > 0 || record_ends_at(with_padding(last, end))) {
      ++out_.truncated;
      return end;
    }
    const std::size_t whole = end;
    while (text_[end - 1] == '.') --end;  // a sentence's
    found_unfinished(at, end);
    return whole;
  }

  // Five parts with a tag of 128 bits are whole. What has an empty last part, or three parts with
  // room for a signature of its alg, could have been written so.
  std::size_t judge_encrypted(std::size_t at, std::size_t last, std::size_t next,
                              const std::string& alg) {
    std::size_t end = next;
    while (text_[end - 1] == '.') --end;
    const auto dots = std::count(text_.begin() + static_cast<std::ptrdiff_t>(at),
                                 text_.begin() + static_cast<std::ptrdiff_t>(next), '.');
    const std::size_t least = least_signature(alg);
    const bool signed_token = dots == 2 && least > 0 && next - last >= least;
    if (dots == 4 && next - last >= 22) {
      found(at, end);
    } else if (ellipsis(following(end)) > 0 ||
               (record_ends_at(next) && !signed_token && next > last)) {
      ++out_.truncated;
    } else {
      found_unfinished(at, end);
    }
    return next;
  }

  std::size_t judge_signature(std::size_t at, std::string_view payload, std::size_t begin,
                              std::size_t end, const Header& header) {
    const std::string_view signature = std::string_view(text_).substr(begin, end - begin);
    const std::size_t least = least_signature(header.alg);
    const bool complete = least == 0 ? !signature.empty() : signature.size() >= least;
    const std::string behind = following(end);
    // Of three dots the first separates nothing, unless there is nothing to come but a signature.
    const std::size_t dots = payload.empty() ? begin - 2 : begin - 1;
    const bool cut =
        signature.empty() && text_.compare(dots, 3, "...") == 0 && !whole_object(payload);
    if (placeholder(signature) || ends_in_crosses(signature, complete) ||
        (!complete && (blanking(behind) || partly_blanked(signature, behind, cut)))) {
      ++out_.redacted;
      return end;
    }
    if (cut) {
      ++out_.truncated;
      return end;
    }
    const bool too_few = !signature.empty() && signature.size() < least;
    if (too_few && (record_ends_at(end) || ellipsis(behind) > 0)) {
      ++out_.truncated;
      return end;
    }
    end = with_padding(begin, end);
    too_few ? found_unfinished(at, end) : found(at, end);
    return end;
  }

  // A token, but for the first chunk of a cookie NAME.0 whose others are not joined to it.
  void found_unfinished(std::size_t at, std::size_t end) {
    found(at, end);
    const std::string& channel = out_.tokens.back().channel;
    const bool named = channel.starts_with("cookie:") || channel.starts_with("body:");
    const bool cut = named ? chunk_name(channel) : chunk_in_har(at);
    if (!cut) return;
    out_.tokens.pop_back();
    ++out_.truncated;
  }

  static bool chunk_name(std::string_view name) {
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    return digits != 0 && digits != name.size() && name[digits - 1] == '.';
  }

  // In HAR the cookie is an object with a name, or stands in a header that has one.
  bool chunk_in_har(std::size_t at) const {
    if (har_ == nullptr || har_->name.data() == nullptr) return false;
    if (har_->part.ends_with("cookies")) return chunk_name(har_->name);
    const std::string header = lower(har_->name);
    if (!har_->part.ends_with("headers") || (header != "cookie" && header != "set-cookie"))
      return false;
    const std::string text = har_before_ + front(at).text;
    std::string before(passed_over(text));
    if (before.empty() || before.back() != '=') return false;
    before.pop_back();
    while (before.find(' ') != before.npos) before.erase(0, before.find(' ') + 1);
    while (before.find(';') != before.npos) before.erase(0, before.find(';') + 1);
    return chunk_name(before);
  }

  static bool partly_blanked(std::string_view signature, std::string_view behind, bool cut) {
    const std::size_t dots = ellipsis(behind);
    std::string_view rest = behind.substr(dots);
    if (signature.empty()) rest.remove_prefix(std::min(rest.find_first_not_of('.'), rest.size()));
    const bool may_be = signature.empty() || dots > 0 || rest.starts_with("***");
    return may_be && blanked(rest, dots > 0 || cut);
  }

  // The padding that RFC 4648 would write behind the last part, where nothing else follows.
  std::size_t with_padding(std::size_t begin, std::size_t end) const {
    const std::size_t over = (end - begin) % 4;
    const std::size_t wanted = over == 2 ? 2 : over == 3 ? 1 : 0;
    if (wanted == 0 || text_.compare(end, wanted, std::string(wanted, '=')) != 0) return end;
    const std::size_t after = end + wanted;
    const bool more = after < text_.size() && (part_character(text_[after]) || text_[after] == '=');
    return more ? end : after;
  }

  // base64url around a token.
  std::size_t wrapped(std::size_t at) {
    const std::size_t end = part_end(at);
    // A token may stand behind a Z that ends a terminal's mark.
    if (undone_.passes.size() >= kMostPasses) return at + 1;
    const std::optional<Undone> inner = undo_base64(undone_, at, end);
    if (!inner || !brace_begins(inner->text())) return at + 1;
    // The whole part is the token: what stands behind it in there is no text of a record.
    Extraction inside;
    Scanner scanner(*inner, channel(at, end), inside);
    scanner.behind_ = following(end);
    scanner.whole_record_ = record_ends_at(end);
    scanner.har_ = har_;
    scanner.har_before_ = front(at).text;
    scanner.candidate(0);
    append(std::move(inside), out_);
    return end;
  }

  // What stands before `at` in the record, as far as a channel is looked for.
  Front front(std::size_t at) const {
    Front out;
    if (at == 0) return out;
    const std::uint64_t token = undone_.bytes[at].origin - raw_offset_;
    const auto back = [token](std::size_t count) { return token - std::min(token, count); };
    std::uint64_t first = token;
    for (std::size_t i = 0; i < at; ++i) {
      const UndoneByte& byte = undone_.bytes[i];
      const std::uint64_t place = byte.origin - raw_offset_;
      if (place < back(kLookBack)) continue;
      first = std::min(first, place);
      out.text += byte.value;
      out.percent.push_back(undone_.is_percent(byte));
    }
    out.whole = back(kLookBack) == 0;
    out.further = raw_.substr(back(kLongestUrl), first - back(kLongestUrl));
    out.further_whole = back(kLongestUrl) == 0;
    return out;
  }

  std::string channel(std::size_t begin, std::size_t end) const {
    if (!channel_.empty()) return channel_;
    return channel_of(front(begin), end < text_.size() ? text_[end] : '\0');
  }

  void found(std::size_t begin, std::size_t end) {
    std::uint32_t passes = 0;
    for (std::size_t i = begin; i < end; ++i) passes |= undone_.bytes[i].passes;
    ExtractedToken token;
    for (std::size_t i = 0; i < undone_.passes.size(); ++i) {
      if ((passes >> i & 1) != 0) token.layers.push_back(undone_.passes[i]);
    }
    token.offset = undone_.bytes[begin].origin;
    token.channel = channel(begin, end);
    token.bytes = text_.substr(begin, end - begin);
    out_.tokens.push_back(std::move(token));
  }

  const Undone& undone_;
  std::string text_;
  std::string channel_;  // empty: by what stands before the token
  Extraction& out_;
  std::string_view raw_;  // empty: of a layer of base64
  std::uint64_t raw_offset_ = 0;
  std::string behind_;  // what follows these bytes, where they are the inside of something
  bool whole_record_ = false;
  const HarString* har_ = nullptr;  // the string of a HAR document that this is
  std::string har_before_;          // what stands before these bytes in it
};

void scan_record(std::string_view record, std::uint64_t offset, std::uint64_t line,
                 Extraction& out) {
  if (record.ends_with('\r')) record.remove_suffix(1);
  const std::size_t before = out.tokens.size();
  const Undone undone = undo_escapes(plain(record, offset));
  Scanner scanner(undone, "", out);
  scanner.stands_for(record, offset);
  scanner.scan(true);
  for (std::size_t i = before; i < out.tokens.size(); ++i) out.tokens[i].line = line;
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Scans what `text` is base64 of and returns what is left to scan as it stands: nothing; or, behind
// the first character that is no base64, the rest; all of it when what stands before holds no
// token. Blanks do not count (MIME breaks lines), unless the word behind them is no base64 itself:
// then it and what follows is the rest. Padding ends a piece of whole groups, and another may
// follow.
Undone scan_base64(Undone text, const std::string& channel, Extraction& out) {
  const auto is_base64 = [&](std::size_t at) { return undo_base64(text, at, at + 1).has_value(); };
  const auto is_padding = [&](std::size_t at) { return text.bytes[at].value == '='; };
  Undone piece, decoded;
  std::size_t padding = 0, stop = 0;
  const auto end_piece = [&] {
    const Undone undone = *undo_base64(piece, 0, piece.bytes.size());
    decoded.bytes.insert(decoded.bytes.end(), undone.bytes.begin(), undone.bytes.end());
    piece.bytes.clear();
    padding = 0;
  };
  piece.passes = text.passes;
  decoded.passes = undo_base64(piece, 0, 0)->passes;
  bool first_word = true;
  for (; stop < text.bytes.size(); ++stop) {
    if (blank(text.bytes[stop].value)) {
      first_word = first_word && piece.bytes.empty() && decoded.bytes.empty();
      continue;
    }
    const bool begins = stop == 0 || blank(text.bytes[stop - 1].value);
    if (begins && !first_word) {
      std::size_t end = stop;
      while (end < text.bytes.size() && (is_base64(end) || is_padding(end))) ++end;
      if (end < text.bytes.size() && !blank(text.bytes[end].value)) break;
    }
    if (is_padding(stop)) {
      ++padding;
      continue;
    }
    if (!is_base64(stop)) break;
    if (padding > 0) {
      if ((piece.bytes.size() + padding) % 4 != 0) break;
      end_piece();
    }
    piece.bytes.push_back(text.bytes[stop]);
  }
  end_piece();
  const bool whole = stop == text.bytes.size();
  Extraction inside;
  Scanner(undo_escapes(decoded), channel, inside).scan(false);
  if (whole || !inside.tokens.empty()) {
    append(std::move(inside), out);
    text.bytes.erase(text.bytes.begin(), text.bytes.begin() + static_cast<std::ptrdiff_t>(stop));
  }
  return text;
}

}  // namespace

std::size_t least_signature(std::string_view alg) {
  struct Row {
    std::string_view name;
    std::size_t bytes;
  };
  // RFC 7518 s3.1, RFC 8037 s3.1, RFC 8812 s3.2; RSA of 2048 bits; EdDSA with the shorter curve.
  static constexpr Row kRows[] = {{"HS256", 32},  {"HS384", 48},  {"HS512", 64},   {"RS256", 256},
                                  {"RS384", 256}, {"RS512", 256}, {"PS256", 256},  {"PS384", 256},
                                  {"PS512", 256}, {"ES256", 64},  {"ES256K", 64},  {"ES384", 96},
                                  {"ES512", 132}, {"EdDSA", 64},  {"Ed25519", 64}, {"Ed448", 114}};
  for (const Row& row : kRows) {
    if (row.name == alg) return (row.bytes * 4 + 2) / 3;
  }
  return 0;
}

Extraction extract_text(std::string_view stream) {
  Extraction out;
  std::uint64_t line = 1;
  for (std::size_t start = 0; start < stream.size(); ++line) {
    const std::size_t end = std::min(stream.find('\n', start), stream.size());
    scan_record(stream.substr(start, end - start), start, line, out);
    start = end + 1;
  }
  return out;
}

Extraction extract_har(std::string_view document) {
  Extraction out;
  std::vector<HarString> strings;
  if (!har_strings(document, strings)) return extract_text(document);
  std::uint64_t counted = 0, line = 1;  // lines of everything before `counted`
  const auto line_of = [&](std::uint64_t offset) {
    if (offset < counted) counted = 0, line = 1;
    for (; counted < offset; ++counted) line += document[counted] == '\n';
    return line;
  };
  for (const HarString& string : strings) {
    Undone undone = undo_escapes(plain(string.inside, string.offset));
    const std::size_t before = out.tokens.size();
    const std::string channel = string.is_name ? "" : "har:" + string.part;
    if (string.base64) undone = scan_base64(std::move(undone), channel, out);
    Scanner scanner(undone, channel, out);
    scanner.stands_in(string);
    scanner.stands_for(string.inside, string.offset);
    scanner.scan(false);
    for (std::size_t i = before; i < out.tokens.size(); ++i)
      out.tokens[i].line = line_of(out.tokens[i].offset);
  }
  return out;
}

}  // namespace jotmill::reference
