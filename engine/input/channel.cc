#include "input/channel.h"

#include <algorithm>

#include "core/bytes.h"
#include "input/candidate.h"

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
  if (ends_with_word(text, "bearer")) return ChannelKind::kAuthorization;
  if (ends_with_word(text, "dpop")) return ChannelKind::kDpop;
  return ChannelKind::kBare;
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

/// In front of NAME= there may be other pairs that end in ';'.
bool among_cookies(std::string_view text, char behind) {
  if (behind == ';' || ends_with_cookie_header(text)) return true;
  trim_right(text);
  return text.ends_with(';') && text.find('=') != std::string_view::npos;
}

/// The stretch of `text` without white space, quotes and brackets that it ends in. A URL may have
/// ';' in it: of its parameters, of &amp; in HTML.
std::string_view last_stretch(std::string_view text) {
  const std::size_t end = text.find_last_of(" \t\r\n\"'<>()[]{}|,");
  return end == std::string_view::npos ? text : text.substr(end + 1);
}

Channel of_pair(std::string_view text, char behind) {
  const std::string_view name = take_name(text);
  if (name.empty()) return {};
  const std::string_view stretch = last_stretch(text);
  const bool parameter =
      text.ends_with('&') || text.ends_with('?') || text.ends_with('#') || text.ends_with("&amp;");
  if (parameter || behind == '&') {
    const bool url = stretch.find_first_of("?#") != std::string_view::npos ||
                     stretch.find("://") != std::string_view::npos || stretch.starts_with('/');
    return {url ? ChannelKind::kQuery : ChannelKind::kBody, name};
  }
  if (among_cookies(text, behind)) return {ChannelKind::kCookie, name};
  return {ChannelKind::kBody, name};
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

Channel find_channel(std::string_view before, char behind) {
  if (before.empty()) return {};
  if (const ChannelKind kind = scheme_before(before); kind != ChannelKind::kBare) return {kind, {}};
  const char last = before.back();
  std::string_view text = before.substr(0, before.size() - 1);
  if (last == '=') return of_pair(text, behind);
  if (is_quote(last)) {
    // NAME="T": a cookie in quotes, or a field of a log.
    if (text.ends_with('=')) return of_pair(text.substr(0, text.size() - 1), '\0');
    return of_member(text, true);
  }
  return of_member(before, false);
}

}  // namespace jotmill
