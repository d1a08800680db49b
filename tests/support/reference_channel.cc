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

// Whether the word that ends there is an address, or part of one.
bool ends_in_url(std::string_view text) {
  const std::size_t gap = text.find_last_of(" \t\r\n\"'<>()[]{}|,");
  const std::string_view word = gap == text.npos ? text : text.substr(gap + 1);
  return word.starts_with('/') || word.find_first_of("?#") != word.npos ||
         word.find("://") != word.npos;
}

// NAME= before it; `behind` it another parameter or cookie may begin.
std::string assignment(std::string_view before, char behind) {
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
    return (ends_in_url(before) ? "query:" : "body:") + shown;
  while (before.ends_with(' ')) before.remove_suffix(1);
  const bool header = lower(before).ends_with("cookie:");
  return (before.ends_with(';') || header || behind == ';' ? "cookie:" : "body:") + shown;
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

std::string channel_of(std::string_view before, char behind) {
  if (behind_scheme(before, "bearer")) return "authorization";
  if (behind_scheme(before, "dpop")) return "dpop";
  if (const std::string name = json_member(before); !name.empty()) return "body:" + name;
  // NAME=T, NAME="T", NAME='T'
  if (!before.empty() && quote(before.back()) &&
      before.substr(0, before.size() - 1).ends_with('=')) {
    before.remove_suffix(1);
    behind = '\0';  // what ends the value is its quote
  }
  if (before.ends_with('=')) return assignment(before, behind);
  return "bare";
}

bool har_strings(std::string_view document, std::vector<HarString>& out) {
  return HarReader(document, out).read();
}

}  // namespace jotmill::reference
