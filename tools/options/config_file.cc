#include "tools/options/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

namespace jotmill::tools {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3F)),
            static_cast<char>(0x80 | ((c >> 6) & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
}

/// A cursor over the file. The first thing that is wrong sticks in `problem_`; every reader
/// returns at once after it.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<ConfigEntry> entries() {
    std::vector<ConfigEntry> out;
    std::set<std::string> seen;
    for (skip_blank(true); at_ < text_.size() && !problem_; skip_blank(true)) {
      ConfigEntry entry;
      entry.line = line_;
      entry.name = key();
      if (!seen.insert(entry.name).second) complain("this name was given before");
      expect('=', "write name = value");
      if (!problem_) entry.values = value();
      end_of_line();
      out.push_back(std::move(entry));
    }
    return out;
  }

  std::optional<std::string> problem() const { return problem_; }
  std::size_t line() const { return problem_line_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char take() {
    const char c = peek();
    if (at_ < text_.size()) ++at_;
    if (c == '\n') ++line_;
    return c;
  }
  void complain(std::string what) {
    if (problem_) return;
    problem_ = std::move(what);
    problem_line_ = line_;
  }
  void skip_blank(bool over_lines) {
    while (at_ < text_.size()) {
      if (peek() == '#') {
        while (at_ < text_.size() && peek() != '\n') ++at_;
      } else if (peek() == ' ' || peek() == '\t' ||
                 (peek() == '\r' && text_.substr(at_, 2) == "\r\n") ||
                 (over_lines && peek() == '\n')) {
        take();
      } else {
        return;
      }
    }
  }
  void expect(char c, const char* otherwise) {
    skip_blank(false);
    if (peek() != c) return complain(otherwise);
    take();
    skip_blank(false);
  }
  void end_of_line() {
    if (problem_) return;
    skip_blank(false);
    if (at_ < text_.size() && take() != '\n') complain("one value only; put several in [ ]");
  }

  std::string key() {
    if (peek() == '[') complain("tables are not used here; write option names at the top level");
    std::string name;
    if (peek() == '"' || peek() == '\'') {
      name = string();
    } else {
      while (is_bare(peek())) name += take();
    }
    if (name.empty()) complain("an option's name is expected here");
    return name;
  }

  std::vector<std::string> value() {
    if (peek() != '[') return {scalar()};
    std::vector<std::string> out;
    take();
    for (skip_blank(true); !problem_ && peek() != ']'; skip_blank(true)) {
      if (peek() == '[') complain("a list holds no lists");
      out.push_back(scalar());
      skip_blank(true);
      if (peek() == ',') {
        take();
      } else if (peek() != ']') {
        complain("a list is written [\"a\", \"b\"]");
      }
    }
    if (!problem_) take();
    return out;
  }

  std::string scalar() {
    if (peek() == '"' || peek() == '\'') return string();
    std::string out;
    while (is_bare(peek()) || peek() == '+' || peek() == '.' || peek() == ':') out += take();
    const bool starts_well =
        !out.empty() && (out == "true" || out == "false" || (out[0] >= '0' && out[0] <= '9') ||
                         out[0] == '-' || out[0] == '+');
    if (!starts_well) complain("a text is written in quotes: name = \"text\"");
    const bool number = out.find_first_not_of("0123456789_+-.") == std::string::npos;
    if (number) std::erase(out, '_');
    if (out.starts_with('+')) out.erase(0, 1);
    return out;
  }

  std::string string() {
    const char quote = take();
    if (text_.substr(at_, 2) == std::string(2, quote))
      complain("multi-line strings are not used here");
    std::string out;
    while (!problem_) {
      const char c = at_ < text_.size() ? peek() : '\n';
      if (c == '\n') {
        complain("the string has no end on this line");
      } else if (take() == quote) {
        break;
      } else if (c == '\\' && quote == '"') {
        escape(out);
      } else {
        out += c;
      }
    }
    return out;
  }

  void escape(std::string& out) {
    const char c = peek() == '\n' ? '\0' : take();
    constexpr std::string_view kNames = "btnfr\"\\";
    constexpr std::string_view kValues = "\b\t\n\f\r\"\\";
    if (const auto i = kNames.find(c); i != std::string_view::npos) {
      out += kValues[i];
      return;
    }
    if (c != 'u' && c != 'U') return complain("an unknown escape in a string");
    std::uint32_t point = 0;
    for (int digits = c == 'u' ? 4 : 8; digits > 0; --digits) {
      const char d = take();
      const auto value = std::string_view("0123456789abcdef")
                             .find(d >= 'A' && d <= 'F' ? static_cast<char>(d + 32) : d);
      if (value == std::string_view::npos) return complain("\\u takes four hex digits, \\U eight");
      point = (point << 4) | static_cast<std::uint32_t>(value);
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
      return complain("no such character");
    append_utf8(out, point);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::optional<std::string> problem_;
  std::size_t problem_line_ = 0;
};

}  // namespace

Result<std::vector<ConfigEntry>> parse_config(std::string_view text, const std::string& path) {
  Reader reader(text);
  auto entries = reader.entries();
  if (const auto problem = reader.problem()) {
    return Error{ErrorKind::kUsage, fmt::format("{}:{}", path, reader.line()), *problem};
  }
  return entries;
}

Result<std::vector<ConfigEntry>> read_config_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return Error{ErrorKind::kUnreadable, path, errno != 0 ? std::strerror(errno) : "read error"};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes) {
    return Error{ErrorKind::kUsage, path, "a config file has at most 1 MiB"};
  }
  return parse_config(text, path);
}

}  // namespace jotmill::tools
