#include "input/record_time.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/bytes.h"
#include "input/time_forms.h"

namespace jotmill {
namespace {

/// The last two are those of HAR and of Envoy.
constexpr std::array<std::string_view, 6> kNames = {"@timestamp", "timestamp",       "time",
                                                    "ts",         "startedDateTime", "start_time"};
/// A parameter's name in front of a time: of a longer one no more is looked at.
constexpr std::size_t kMostNameBytes = 64;
/// White space that is skipped inside of a line of text that holds JSON: bounded, so that the whole
/// stays linear.
constexpr std::size_t kMostSpaces = 8;
/// No time is longer, however its writer escaped it.
constexpr std::size_t kMostTimeBytes = 64;
constexpr std::size_t kMostRawBytes = 6 * kMostTimeBytes;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

bool is_time_name(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// The time that is the whole of `text`, but for white space around it.
std::optional<TimePoint> whole_time(std::string_view text, std::optional<int> year) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.empty()) return std::nullopt;
  std::optional<ReadTime> read = read_iso_time(text);
  if (!read) read = read_clf_time(text);
  if (!read) read = read_unix_time(text);
  if (!read && year) read = read_syslog_time(text, *year);
  if (!read || read->len_bytes != text.size()) return std::nullopt;
  return read->time;
}

/// The ASCII character of \u00XX at the front of `raw`; -1: none, or another one.
int ascii_escape(std::string_view raw) {
  if (raw.size() < 6 || raw[2] != '0' || raw[3] != '0') return -1;
  const int high = hex_value(raw[4]), low = hex_value(raw[5]);
  return high < 0 || high > 7 || low < 0 ? -1 : high * 16 + low;
}

/// Where a string of JSON that begins at `at` (behind its quote) ends: at its closing quote, or at
/// the end of the text.
std::size_t string_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const void* found = std::memchr(text.data() + at, '"', text.size() - at);
    if (!found) return text.size();
    const auto quote = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    std::size_t slashes = 0;
    while (quote - slashes > at && text[quote - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote;
    at = quote + 1;
  }
  return text.size();
}

/// One walk over a record that begins like a JSON object.
class ObjectWalk {
 public:
  ObjectWalk(std::string_view text, std::optional<int> year) : text_(text), year_(year) {}

  /// Whether it is one object (or the beginning of one) with nothing behind it; then time() is
  /// known.
  bool walk() {
    bool began = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (began && depth_ == 0 && !is_space(c)) return false;
      switch (c) {
        case '{':
        case '[': ++depth_, began = true; break;
        case '}':
        case ']': --depth_; break;
        case '"':
          if (take_string()) return true;
          break;
        default: break;
      }
    }
    return true;
  }
  std::optional<TimePoint> time() const { return top_ ? top_ : deeper_; }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  /// A string: when it is a member's name, the name's value too, if that is no object or array.
  /// Leaves at_ on the last byte that was taken. True: the answer is found.
  bool take_string() {
    const std::size_t begin = at_ + 1;
    const std::size_t end = string_end(text_, begin);
    at_ = end;
    const std::string_view name = text_.substr(begin, end - begin);
    const bool top = depth_ == 1;
    if (!is_time_name(name) || (!top && deeper_)) return false;
    const std::size_t back = at_;
    if (at_ < text_.size()) ++at_;
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != ':') {
      at_ = back;
      return false;
    }
    ++at_;
    skip_spaces();
    const std::optional<TimePoint> found = take_value();
    if (found) (top ? top_ : deeper_) = found;
    return top_.has_value();
  }

  /// The value at at_, when it is a time; leaves at_ before what is to be looked at next.
  std::optional<TimePoint> take_value() {
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t begin = at_ + 1;
      const std::size_t end = string_end(text_, begin);
      at_ = end;
      if (end == text_.size()) return std::nullopt;  // cut within the time
      return time_of_json_string(text_.substr(begin, end - begin), year_);
    }
    const std::optional<ReadTime> read = read_unix_time(text_.substr(at_));
    --at_;
    if (!read || at_ + 1 + read->len_bytes >= text_.size()) return std::nullopt;
    at_ += read->len_bytes;
    return read->time;
  }

  std::string_view text_;
  std::optional<int> year_;
  std::size_t at_ = 0;
  std::int64_t depth_ = 0;
  std::optional<TimePoint> top_, deeper_;
};

/// `"ts": 1795446245` at the front of `text`, the quotes escaped or not: JSON inside of a line of
/// text, or inside of a string of it. A time in words is found where its digits begin.
std::optional<TimePoint> time_of_member(std::string_view text) {
  const auto name = std::find_if(kNames.begin(), kNames.end(), [&](std::string_view one) {
    return text.substr(1).starts_with(one);
  });
  if (name == kNames.end()) return std::nullopt;
  text.remove_prefix(1 + name->size());
  const auto skip = [&](auto may_skip) {
    std::size_t len = 0;
    while (len < std::min(text.size(), kMostSpaces) && may_skip(text[len])) ++len;
    text.remove_prefix(len);
  };
  const auto slash = [](char c) { return c == '\\'; };
  skip(slash);
  if (!text.starts_with('"')) return std::nullopt;
  text.remove_prefix(1);
  skip(is_space);
  if (!text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  skip(is_space);
  skip(slash);
  if (text.starts_with('"')) text.remove_prefix(1);
  const std::optional<ReadTime> read = read_unix_time(text.substr(0, kMostTimeBytes * 2));
  return read ? std::optional(read->time) : std::nullopt;
}

/// Whether what begins at `at` is the value of a parameter of a URL, or a piece of its path: the
/// sender chose it, also where a log has the request in front of its own time.
bool is_of_request(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  if (text[at - 1] == '/') return true;
  if (text[at - 1] != '=') return false;
  std::size_t name = at - 1;
  const std::size_t least = name - std::min(name, kMostNameBytes);
  while (name > least && (is_word(text[name - 1]) || text[name - 1] == '-')) --name;
  return name > 0 && (text[name - 1] == '?' || text[name - 1] == '&');
}

/// A syslog time at the beginning, behind its priority (RFC 3164 s4.1.1) if it has one.
std::optional<TimePoint> leading_syslog_time(std::string_view text, int year) {
  if (text.starts_with('<')) {
    std::size_t len = 1;
    while (len < 5 && len < text.size() && is_digit(text[len])) ++len;
    if (len > 1 && len < text.size() && text[len] == '>') text.remove_prefix(len + 1);
  }
  const auto read = read_syslog_time(text, year);
  return read ? std::optional(read->time) : std::nullopt;
}

std::optional<TimePoint> first_time_in_text(std::string_view text, std::optional<int> year) {
  if (year) {
    if (const auto time = leading_syslog_time(text, *year)) return time;
  }
  char before = ' ';
  for (std::size_t at = 0; at < text.size(); before = text[at++]) {
    const char c = text[at];
    if (c == '"') {
      if (const auto time = time_of_member(text.substr(at))) return time;
    } else if (is_digit(c) && !is_word(before) && !is_of_request(text, at)) {
      const std::string_view rest = text.substr(at);
      std::optional<ReadTime> read = read_iso_time(rest);
      if (!read) read = read_clf_time(rest);
      if (read) return read->time;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<TimePoint> time_of_json_string(std::string_view raw, std::optional<int> year) {
  if (raw.size() > kMostRawBytes) return std::nullopt;
  std::array<char, kMostTimeBytes> value;
  std::size_t size = 0;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (size == value.size()) return std::nullopt;
    char c = raw[at];
    if (c == '\\' && at + 1 < raw.size() && raw[at + 1] == '/') {
      c = raw[++at];
    } else if (c == '\\') {
      const int ascii = ascii_escape(raw.substr(at));
      if (ascii < 0 || raw[at + 1] != 'u') return std::nullopt;
      c = static_cast<char>(ascii);
      at += 5;
    }
    value[size++] = c;
  }
  return whole_time({value.data(), size}, year);
}

std::optional<TimePoint> find_record_time(std::string_view record, std::optional<int> year) {
  std::size_t first = 0;
  while (first < record.size() && is_space(record[first])) ++first;
  if (first < record.size() && record[first] == '{') {
    std::size_t second = first + 1;
    while (second < record.size() && is_space(record[second])) ++second;
    if (second < record.size() && (record[second] == '"' || record[second] == '}')) {
      ObjectWalk object(record.substr(first), year);
      if (object.walk()) return object.time();
    }
  }
  return first_time_in_text(record, year);
}

namespace {

/// Tokens of a piece of a line have the time that the line begins with.
std::uint64_t read_time_of_line(TokenBatch& batch, std::optional<int> year) {
  const std::optional<TimePoint> time = find_record_time(as_text(batch.chunk->line_head), year);
  for (std::size_t i = 0; i < batch.size; ++i) {
    batch.has_record_time[i] = time.has_value();
    if (time) batch.record_time[i] = *time;
  }
  return time || batch.size == 0 ? 0 : 1;
}

}  // namespace

std::uint64_t read_record_times(TokenBatch& batch, std::optional<int> year) {
  if (batch.chunk == nullptr) return 0;
  if (batch.chunk->oversize.present) return batch.size > 0 ? 1 : 0;
  if (batch.chunk->piece != Chunk::Piece::kWhole) return read_time_of_line(batch, year);
  std::uint64_t without_time = 0;
  const std::string_view bytes = as_text(batch.chunk->view());
  std::optional<std::uint32_t> line;  // the one that `time` is of
  std::optional<TimePoint> time;
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (line != batch.line[i]) {
      line = batch.line[i];
      const std::size_t before = bytes.substr(0, batch.origin_off[i]).rfind('\n');
      const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
      const std::size_t end = std::min(bytes.find('\n', batch.origin_off[i]), bytes.size());
      time = find_record_time(bytes.substr(begin, end - begin), year);
      without_time += time ? 0 : 1;
    }
    batch.has_record_time[i] = time.has_value();
    if (time) batch.record_time[i] = *time;
  }
  return without_time;
}

}  // namespace jotmill
