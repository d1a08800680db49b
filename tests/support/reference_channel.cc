#include "support/reference_channel.h"

#include <algorithm>
#include <optional>

#include "support/reference_base64url.h"
#include "support/reference_json.h"
#include "support/reference_undo.h"

namespace jotmill::reference {
namespace {

bool letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool digit(char c) { return c >= '0' && c <= '9'; }
bool name_character(char c) { return letter_or_digit(c) || c == '_' || c == '-' || c == '.'; }
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool behind_scheme(std::string_view before, std::string_view scheme) {
  if (!before.ends_with(' ')) return false;
  while (before.ends_with(' ')) before.remove_suffix(1);
  if (!lower(before).ends_with(scheme)) return false;
  before.remove_suffix(scheme.size());
  return before.empty() || !letter_or_digit(before.back());
}

// A parameter, cookie or variable: unreserved characters of URLs, and the marks that are seen.
std::string_view trailing_name(std::string_view text) {
  const auto named = [](char c) {
    return letter_or_digit(c) || std::string_view("-_.~[]$!*@").find(c) != std::string_view::npos;
  };
  std::size_t begin = text.size();
  while (begin > 0 && named(text[begin - 1])) --begin;
  return text.substr(begin);
}

// Whether something in it begins like a token and is as long as one, which is not to be shown.
bool holds_token(std::string_view name) {
  for (std::size_t i = 0; i + 60 <= name.size(); ++i) {
    if (name.substr(i, 2) == "ZX" && i + 80 <= name.size()) return true;
    const Decoded start = decode_base64url(std::string(name.substr(i, 3)) + "A", false);
    static constexpr std::string_view kBehindBrace = "\"} \n\r\t";
    if (start.ok && start.bytes[0] == '{' && kBehindBrace.find(start.bytes[1]) != kBehindBrace.npos)
      return true;
  }
  return false;
}

bool quote(char c) { return c == '"' || c == '\''; }
void drop_blanks(std::string_view& text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
}

// "NAME":" before it, or 'NAME': 'T as Python prints it.
std::string json_member(std::string_view before) {
  if (before.empty() || !quote(before.back())) return "";
  before.remove_suffix(1);
  drop_blanks(before);
  if (!before.ends_with(':')) return "";
  before.remove_suffix(1);
  drop_blanks(before);
  if (before.empty() || !quote(before.back())) return "";
  const char mark = before.back();
  before.remove_suffix(1);
  const std::size_t opening = before.rfind(mark);
  if (opening == before.npos) return "";
  const std::string_view name = before.substr(opening + 1);
  const bool shown = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;  // no name is written with these
  });
  return !shown || name.size() > 128 || holds_token(name) ? "" : std::string(name);
}

// White space, quotes, and what stands around an address.
constexpr std::string_view kBreaks = " \t\r\n\"'<>|";

// What stands in front of a name, from the last break on.
struct Stretch {
  std::string text;
  bool whole = true;  // it begins behind a break or where the record does

  bool has(std::string_view sign) const { return text.find(sign) != text.npos; }
  bool begins_with_slash() const { return whole && text.starts_with('/'); }
};

// `before` is the beginning of the text of `front`. Of the record's own characters some break; what
// was encoded with percent signs was encoded to stand within an address.
Stretch stretch_of(const Front& front, std::string_view before) {
  std::size_t begin = before.size();
  const auto breaks = [&](std::size_t at) {
    return kBreaks.find(before[at]) != kBreaks.npos && !front.percent[at];
  };
  while (begin > 0 && !breaks(begin - 1)) --begin;
  return {std::string(before.substr(begin)), begin > 0 || front.whole};
}

// %3F or %23, encoded again any number of times: %253F, %25253F.
bool has_encoded_sign(std::string_view raw) {
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '%') continue;
    std::string_view rest = raw.substr(at + 1);
    while (rest.starts_with("25")) rest.remove_prefix(2);
    if (rest.starts_with("3F") || rest.starts_with("3f") || rest.starts_with("23")) return true;
  }
  return false;
}

// Whether what stands in front of a name is an address, or part of one; a long one may begin
// further back than a channel is looked for.
bool in_url(const Front& front, std::string_view before) {
  Stretch stretch = stretch_of(front, before);
  if (!stretch.whole) {
    const std::size_t gap = front.further.find_last_of(kBreaks);
    const std::string further(gap == front.further.npos ? front.further
                                                        : front.further.substr(gap + 1));
    if (has_encoded_sign(further)) return true;
    stretch.text = further + stretch.text;
    stretch.whole = gap != front.further.npos || front.further_whole;
  }
  return stretch.begins_with_slash() || stretch.has("?") || stretch.has("#") || stretch.has("://");
}

// The word anywhere in it, in any case; Set-Cookie and Cookies count, xcookie does not.
bool has_cookie_word(std::string_view text) {
  const std::string in_lower_case = lower(text);
  for (std::size_t at = 0; (at = in_lower_case.find("cookie", at)) != std::string::npos; ++at) {
    if (at == 0 || !letter_or_digit(in_lower_case[at - 1])) return true;
  }
  return false;
}

// Behind a semicolon: a parameter of an address, as some write them, and not a cookie.
bool in_url_behind_semicolon(const Front& front, std::string_view before) {
  if (!before.ends_with(';') || has_cookie_word(before)) return false;
  const Stretch stretch = stretch_of(front, before);
  return (stretch.begins_with_slash() || stretch.has("://")) && stretch.has("?");
}

// Another cookie stands in front, or may where the look-back does not reach.
bool among_cookies(const Front& front, std::string_view before) {
  if (!before.ends_with(';')) return false;
  return before.find('=') != before.npos || has_cookie_word(before) || !front.whole;
}

// NAME= before it; `behind` it another parameter or cookie may begin.
std::string assignment(const Front& front, std::string_view before, char behind) {
  before.remove_suffix(1);
  std::string_view name = trailing_name(before);
  if (name.size() > 128 || holds_token(name)) return "bare";
  before.remove_suffix(name.size());
  // Half of a word with letters that are none of ASCII's, or the end of a terminal's ESC[0m.
  if (!before.empty() &&
      (static_cast<unsigned char>(before.back()) >= 0x80 || before.back() == '\x1B'))
    return "bare";
  // Go's way to print a header's values.
  if (name.starts_with('[') && name.find(']') == name.npos) name.remove_prefix(1);
  if (name.empty()) return "bare";
  const std::string shown(name);
  if (before.ends_with('?') || before.ends_with('#') || before.ends_with('&') ||
      before.ends_with("&amp;") || behind == '&')
    return (in_url(front, before) ? "query:" : "body:") + shown;
  if (in_url_behind_semicolon(front, before)) return "query:" + shown;
  while (before.ends_with(' ')) before.remove_suffix(1);
  const bool header = lower(before).ends_with("cookie:");
  const bool cookie = among_cookies(front, before) || header || behind == ';';
  return (cookie ? "cookie:" : "body:") + shown;
}

std::string unescaped(std::string_view inside) {
  const auto value = parse_json('"' + std::string(inside) + '"');
  return value ? value->text : std::string(inside);
}

// A reader of JSON that keeps nothing but where strings are.
class HarReader {
 public:
  HarReader(std::string_view text, std::vector<HarString>& out) : text_(text), out_(out) {}
  bool read() { return value("") && (space(), at_ == text_.size()); }

 private:
  void space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool take(char c) {
    space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool string(std::string_view& inside) {
    if (!take('"')) return false;
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        inside = text_.substr(begin, at_++ - begin);
        return true;
      }
    }
    return false;
  }
  bool value(const std::string& path) {
    space();
    if (at_ == text_.size() || ++depth_ > 200) return false;
    const char first = text_[at_];
    bool good = true;
    if (first == '{') {
      good = object(path);
    } else if (first == '[') {
      good = array(path);
    } else if (first == '"') {
      std::string_view inside;
      good = string(inside);
      if (good) note(path, inside);
    } else {
      const std::size_t begin = at_;
      while (at_ < text_.size() && (name_character(text_[at_]) || text_[at_] == '+')) ++at_;
      good = at_ > begin;
    }
    --depth_;
    return good;
  }
  bool object(const std::string& path) {
    std::optional<std::size_t> text;  // the string `text` of this object, not of one inside
    std::string_view name_beside;     // the same of `name`
    bool base64 = false;
    take('{');
    if (take('}')) return true;
    do {
      std::string_view name, encoding;
      if (!string(name) || !take(':')) return false;
      note(path, name);  // a token may stand anywhere
      out_.back().is_name = true;
      const std::size_t before = at_;
      const std::string plain_name = unescaped(name);
      if (plain_name == "encoding" && string(encoding)) {
        base64 = base64 || lower(unescaped(encoding)) == "base64";
      }
      at_ = before;
      space();
      const bool is_string = text_.substr(at_).starts_with('"');
      const std::size_t index = out_.size();
      if (plain_name == "text" && is_string) text = index;
      std::string shown(name);
      if (holds_token(undo_escapes(plain(name, 0)).text())) shown = "token";
      if (!value(path.empty() ? shown : path + "." + shown)) return false;
      if (!is_string) continue;
      out_[index].name = name_beside;
      if (name == "name") name_beside = out_[index].inside;
    } while (take(','));
    if (base64 && text) out_[*text].base64 = true;
    return take('}');
  }
  bool array(const std::string& path) {
    take('[');
    if (take(']')) return true;
    do {
      if (!value(path)) return false;
    } while (take(','));
    return take(']');
  }
  // "log.entries.request.headers.value" -> "request.headers"
  static std::string part_of(std::string path) {
    if (path.starts_with("log.entries.")) path.erase(0, 12);
    if (path.ends_with(".value")) path.resize(path.size() - 6);
    return path;
  }
  void note(const std::string& path, std::string_view inside) {
    out_.push_back({part_of(path),
                    inside,
                    static_cast<std::uint64_t>(inside.data() - text_.data()),
                    false,
                    {},
                    false});
  }

  std::string_view text_;
  std::vector<HarString>& out_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::size_t terminal_mark(std::string_view text) {
  if (text.size() > 40) text.remove_prefix(text.size() - 40);
  std::string_view rest = text;
  if (rest.empty() || !letter_or_digit(rest.back()) || digit(rest.back())) return 0;
  rest.remove_suffix(1);
  while (!rest.empty() && (digit(rest.back()) ||
                           std::string_view(";:?").find(rest.back()) != std::string_view::npos))
    rest.remove_suffix(1);
  const std::string opening = lower(rest);
  for (const std::string_view spelling :
       {"\x1B[", "\\u001b[", "\\x1b[", "\\033[", "#033[", "^[[", "%1b[", "%1b%5b"}) {
    if (opening.ends_with(spelling)) return text.size() - rest.size() + spelling.size();
  }
  return rest.ends_with("\\e[") ? text.size() - rest.size() + 3 : 0;
}

std::string_view passed_over(std::string_view before) {
  if (before.ends_with('.')) {
    while (!before.empty() && name_character(before.back()) && terminal_mark(before) == 0)
      before.remove_suffix(1);
  }
  while (terminal_mark(before) > 0) before.remove_suffix(terminal_mark(before));
  if (before.ends_with("=s:") || before.ends_with("=j:")) before.remove_suffix(2);
  return before;
}

std::string channel_of(const Front& front, char behind) {
  std::string_view before = passed_over(front.text);
  if (behind_scheme(before, "bearer")) return "authorization";
  if (behind_scheme(before, "dpop")) return "dpop";
  if (const std::string name = json_member(before); !name.empty()) return "body:" + name;
  // NAME=T, NAME="T", NAME='T'
  if (!before.empty() && quote(before.back()) &&
      before.substr(0, before.size() - 1).ends_with('=')) {
    before.remove_suffix(1);
    behind = '\0';  // what ends the value is its quote
  }
  if (before.ends_with('=')) return assignment(front, before, behind);
  return "bare";
}

bool har_strings(std::string_view document, std::vector<HarString>& out) {
  return HarReader(document, out).read();
}

}  // namespace jotmill::reference
