#include "input/channel.h"

#include <algorithm>
#include <array>

#include "core/bytes.h"
#include "input/candidate.h"
#include "input/marks.h"

namespace jotmill {
namespace {

constexpr std::size_t kLongestName = 128;

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_alnum(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
/// Characters that names of parameters, cookies and members consist of, here.
bool is_name(char c) {
  return is_alnum(c) || std::string_view("-_.~[]$!*@").find(c) != std::string_view::npos;
}

void trim_right(std::string_view& text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
}

bool ends_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size() ||
      !equal_ignoring_case(text.substr(text.size() - word.size()), word))
    return false;
  return text.size() == word.size() || !is_alnum(text[text.size() - word.size() - 1]);
}

/// Takes the name at the end of `text` off it; empty when there is none, or one that is not shown.
std::string_view take_name(std::string_view& text) {
  std::size_t at = text.size();
  while (at > 0 && is_name(text[at - 1])) --at;
  std::string_view name = text.substr(at);
  if (name.size() > kLongestName || may_hold_token(name)) return {};
  // A piece of a word with other letters, or of a terminal's ESC[0m, is no name.
  constexpr char kEscape = '\x1B';
  if (at > 0 && (text[at - 1] == kEscape || static_cast<unsigned char>(text[at - 1]) >= 0x80))
    return {};
  text.remove_suffix(name.size());
  // Go prints a header's values in brackets: Cookie:[NAME=T; ...].
  if (name.starts_with('[') && name.find(']') == std::string_view::npos) name.remove_prefix(1);
  return name;
}

/// Takes what stands between two quotes off the end of `text`, which is behind the first and before
/// the second: a member may have any name. Leaves the first quote there.
std::string_view take_quoted_name(std::string_view& text, char quote) {
  const std::size_t opening = text.rfind(quote);
  if (opening == std::string_view::npos) return {};
  const std::string_view name = text.substr(opening + 1);
  const auto is_shown = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; };
  if (name.size() > kLongestName || may_hold_token(name) ||
      !std::all_of(name.begin(), name.end(), is_shown))
    return {};
  text.remove_suffix(name.size());
  return name;
}

/// `Bearer ` or `DPoP ` in front of the token.
ChannelKind scheme_before(std::string_view text) {
  const std::size_t size = text.size();
  while (!text.empty() && (is_space(text.back()) || text.back() == '+')) text.remove_suffix(1);
  if (text.size() == size) return ChannelKind::kBare;  // the scheme is a word of its own
  const auto ends_with_scheme = [&](std::string_view scheme) {
    if (ends_with_word(text, scheme)) return true;
    return text.size() > scheme.size() &&
           equal_ignoring_case(text.substr(text.size() - scheme.size()), scheme) &&
           terminal_mark_bytes(text.substr(0, text.size() - scheme.size())) != 0;
  };
  if (ends_with_scheme("bearer")) return ChannelKind::kAuthorization;
  return ends_with_scheme("dpop") ? ChannelKind::kDpop : ChannelKind::kBare;
}

/// A header or member whose name says it all.
ChannelKind kind_of_name(std::string_view name) {
  if (equal_ignoring_case(name, "authorization") ||
      equal_ignoring_case(name, "proxy-authorization"))
    return ChannelKind::kAuthorization;
  return equal_ignoring_case(name, "dpop") ? ChannelKind::kDpop : ChannelKind::kBare;
}

/// `Cookie: `, `"set-cookie":"`, `cookie=` at the end of the text.
bool ends_with_cookie_header(std::string_view text) {
  while (!text.empty() && (is_space(text.back()) || is_quote(text.back()) || text.back() == ':' ||
                           text.back() == '=' || text.back() == '[' || text.back() == ','))
    text.remove_suffix(1);
  return ends_with_word(text, "cookie") || ends_with_word(text, "cookies");
}

/// Whether the word stands anywhere, whatever is behind it.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t end = word.size(); end <= text.size(); ++end) {
    if (ends_with_word(text.substr(0, end), word)) return true;
  }
  return false;
}

/// In front of NAME= there may be other pairs that end in ';'.
bool among_cookies(const TextBefore& before, std::string_view text, char behind) {
  if (behind == ';' || ends_with_cookie_header(text)) return true;
  trim_right(text);
  return text.ends_with(';') &&
         (!before.further.empty() || text.find('=') != std::string_view::npos ||
          has_word(text, "cookie"));
}

constexpr std::array<bool, 256> make_breaks() {
  std::array<bool, 256> breaks{};
  for (const char c : {' ', '\t', '\r', '\n', '"', '\'', '<', '>', '|'})
    breaks[static_cast<unsigned char>(c)] = true;
  return breaks;
}
constexpr std::array<bool, 256> kBreaks = make_breaks();

/// Where a URL cannot go on.
bool breaks_url(char c) { return kBreaks[static_cast<unsigned char>(c)]; }

/// What a word of a text has of a URL. A word without its beginning is one that began further back.
bool is_of_url(std::string_view word, bool has_beginning) {
  const auto has = [&](auto what) { return word.find(what) != std::string_view::npos; };
  return has('?') || has('#') || has("://") || (has_beginning && word.starts_with('/'));
}

/// The same of text whose escapes were not undone: a URL in a URL has its ? as %3F, %253F.
bool is_of_raw_url(std::string_view word, bool has_beginning) {
  if (is_of_url(word, has_beginning)) return true;
  for (std::size_t at = word.find('%'); at != std::string_view::npos; at = word.find('%', at + 1)) {
    const Escape escape = escape_at(word, at);
    if (escape.len != 0 && (escape.code == '?' || escape.code == '#')) return true;
  }
  return false;
}

/// The word that `text`, a beginning of before.text, ends in. A character that is written as
/// percents is part of a URL, whichever it is.
std::string_view last_word(const TextBefore& before, std::string_view text) {
  std::size_t begin = text.size();
  const auto breaks = [&](std::size_t at) {
    return breaks_url(text[at]) && !(before.undone && before.undone->is_percent(at));
  };
  while (begin > 0 && !breaks(begin - 1)) --begin;
  return text.substr(begin);
}

/// Whether what `text`, a beginning of before.text, ends in is of a URL.
bool ends_in_url(const TextBefore& before, std::string_view text) {
  const std::string_view word = last_word(before, text);
  if (is_of_url(word, word.size() < text.size() || before.further.empty())) return true;
  if (word.size() < text.size() || before.further.empty()) return false;
  std::size_t begin = before.further.size();
  while (begin > 0 && !breaks_url(before.further[begin - 1])) --begin;
  return is_of_raw_url(before.further.substr(begin), begin > 0 || before.further_is_all);
}

/// `/path?a=b;` in front of NAME=: some servers take ';' for '&'.
bool ends_in_parameter(const TextBefore& before, std::string_view text) {
  if (!text.ends_with(';') || has_word(text, "cookie")) return false;
  const std::string_view word = last_word(before, text);
  return word.find('?') != std::string_view::npos &&
         (word.starts_with('/') || word.find("://") != std::string_view::npos);
}

Channel of_pair(const TextBefore& before, std::string_view text, char behind) {
  const std::string_view name = take_name(text);
  if (name.empty()) return {};
  const bool parameter =
      text.ends_with('&') || text.ends_with('?') || text.ends_with('#') || text.ends_with("&amp;");
  if (parameter || behind == '&')
    return {ends_in_url(before, text) ? ChannelKind::kQuery : ChannelKind::kBody, name};
  if (ends_in_parameter(before, text)) return {ChannelKind::kQuery, name};
  if (among_cookies(before, text, behind)) return {ChannelKind::kCookie, name};
  return {ChannelKind::kBody, name};
}

/// Where the run of token characters that ends `text` begins; a mark may end within what looks like
/// one: ESC[32mv1.
std::size_t run_begin(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && (is_base64url(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  std::size_t letter = begin;
  while (letter < text.size() && is_digit(text[letter])) ++letter;
  const bool mark = letter < text.size() && terminal_mark_bytes(text.substr(0, letter + 1)) != 0;
  return mark ? letter + 1 : begin;
}

/// What stands between a place that can have a name and the token itself: the parts in front of it
/// in its run (`v1.T`), a terminal's marks, `s:` and `j:` of cookies that Express signs.
void pass_over_marks(std::string_view& text) {
  if (text.ends_with('.')) text = text.substr(0, run_begin(text));
  while (const std::size_t bytes = terminal_mark_bytes(text)) text.remove_suffix(bytes);
  if (text.ends_with("=s:") || text.ends_with("=j:")) text.remove_suffix(2);
}

/// "NAME": in front of the token, its own quote taken off; or an unquoted NAME: of a header.
Channel of_member(std::string_view text, bool quoted) {
  trim_right(text);
  if (!text.ends_with(':')) return {};
  text.remove_suffix(1);
  trim_right(text);
  const char quote = !text.empty() && is_quote(text.back()) ? text.back() : '\0';
  if (quote != '\0') text.remove_suffix(1);
  const std::string_view name = quote != '\0' ? take_quoted_name(text, quote) : take_name(text);
  if (name.empty()) return {};
  if (const ChannelKind kind = kind_of_name(name); kind != ChannelKind::kBare) return {kind, {}};
  return quoted && quote != '\0' ? Channel{ChannelKind::kBody, name} : Channel{};
}

}  // namespace

bool is_cookie_chunk_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
  return name.find_first_not_of("0123456789", dot + 1) == std::string_view::npos;
}

bool is_cookie_chunk(const Channel& channel) {
  const bool named = channel.kind == ChannelKind::kCookie || channel.kind == ChannelKind::kBody;
  return named && is_cookie_chunk_name(channel.name);
}

bool may_hold_token(std::string_view name) {
  // A signature has 43 characters at least, a header and a payload are not much shorter than that.
  constexpr std::size_t kShortest = 60, kShortestWrapped = 80;
  for (std::size_t at = 0; at + kShortest <= name.size(); ++at) {
    const std::string_view rest = name.substr(at);
    if (begins_like_header(rest)) return true;
    if (rest.starts_with("ZX") && rest.size() >= kShortestWrapped) return true;
  }
  return false;
}

Channel find_channel(const TextBefore& before, char behind) {
  std::string_view text = before.text;
  pass_over_marks(text);
  if (text.empty()) return {};
  if (const ChannelKind kind = scheme_before(text); kind != ChannelKind::kBare) return {kind, {}};
  const char last = text.back();
  const std::string_view front = text.substr(0, text.size() - 1);
  if (last == '=') return of_pair(before, front, behind);
  if (is_quote(last)) {
    // NAME="T": a cookie in quotes, or a field of a log.
    if (front.ends_with('=')) return of_pair(before, front.substr(0, front.size() - 1), '\0');
    return of_member(front, true);
  }
  return of_member(text, false);
}

}  // namespace jotmill
