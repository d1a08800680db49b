#include "input/record_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "core/bytes.h"
#include "input/time_forms.h"

namespace jotmill {
namespace {

/// The last four are those of HAR, Envoy, CloudTrail and Kubernetes' audit.
constexpr std::array<std::string_view, 8> kNames = {
    "@timestamp",      "timestamp",  "time",      "ts",
    "startedDateTime", "start_time", "eventTime", "requestReceivedTimestamp"};
/// The time of an access log's line and one in front of it may differ by a long request.
constexpr std::int64_t kSameTimeSeconds = 3600;
/// A syslog time is that of its writer's zone, and the line was written when the request ended.
constexpr std::int64_t kSameDaySeconds = 36 * 3600;
/// A parameter's name in front of a time: of a longer one no more is looked at.
constexpr std::size_t kMostNameBytes = 64;
/// White space that is skipped inside of a line of text that holds JSON: bounded, so that the whole
/// stays linear.
constexpr std::size_t kMostSpaces = 8;
/// No time is longer, however its writer escaped it.
constexpr std::size_t kMostTimeBytes = 64;
constexpr std::size_t kMostRawBytes = 6 * kMostTimeBytes;
/// Of a member in a line of text: name, marks and a time that is not escaped.
constexpr std::size_t kMostMemberBytes = 4 * kMostTimeBytes;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

bool is_time_name(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// timeMillis, date, t: whose number is a time, if it can be one.
bool says_time(std::string_view name) {
  constexpr std::array<std::string_view, 6> kPieces = {"time", "Time",  "date",
                                                       "Date", "epoch", "msec"};
  return name == "t" || std::ranges::any_of(kPieces, [&](std::string_view piece) {
           return name.find(piece) != std::string_view::npos;
         });
}

/// ISO 8601, with its separators or without.
std::optional<ReadTime> read_any_iso_time(std::string_view text) {
  const std::optional<ReadTime> read = read_iso_time(text);
  return read ? read : read_basic_time(text);
}

/// The time that is the whole of `text`, but for white space around it.
std::optional<TimePoint> whole_time(std::string_view text, std::optional<int> year) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.empty()) return std::nullopt;
  std::optional<ReadTime> read = read_any_iso_time(text);
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

/// A time of day, 15:04:05 or 3:04:05, at the front of `text`, whatever is around it.
bool begins_with_clock(std::string_view text) {
  // An hour of one digit is one with a zero left out.
  std::array<char, 10> padded;
  if (text.size() >= 7 && is_digit(text[0]) && text[1] == ':') {
    padded[0] = '0';
    const std::size_t more = std::min(text.size(), padded.size() - 1);
    std::copy_n(text.begin(), more, padded.begin() + 1);
    text = {padded.data(), more + 1};
  }
  const auto pair = [&](std::size_t at, char most_tens) {
    return text[at] >= '0' && text[at] <= most_tens && is_digit(text[at + 1]);
  };
  return text.size() >= 8 && pair(0, '2') && text[2] == ':' && pair(3, '5') && text[5] == ':' &&
         pair(6, '6') && (text.size() == 8 || (!is_digit(text[8]) && text[8] != ':'));
}

/// Whether a time of day stands anywhere in `text`. Not in an address: aa:15:04:05.
bool has_clock(std::string_view text) {
  for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 2 && is_digit(text[begin - 1])) --begin;
    if (begin == at || !begins_with_clock(text.substr(begin))) continue;
    if (begin == 0 || (!is_digit(text[begin - 1]) && text[begin - 1] != ':')) return true;
    // 23/Nov/2026:15:04:05
    if (begin >= 6 && text[begin - 1] == ':' && text[begin - 6] == '/' && is_digit(text[begin - 2]))
      return true;
  }
  return false;
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
  /// Of an object that was cut a deeper time says nothing: what was cut off may be its own.
  std::optional<TimePoint> time() const {
    return top_ || time_is_elsewhere_ || depth_ > 0 ? top_ : deeper_;
  }

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
    if (!top && (deeper_ || !is_time_name(name))) return false;
    const std::size_t back = at_;
    if (at_ < text_.size()) ++at_;
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != ':') {
      at_ = back;
      return false;
    }
    ++at_;
    skip_spaces();
    const std::size_t value = at_;
    const std::optional<TimePoint> found = take_value();
    if (!is_time_name(name)) {
      // A number is a time by its name alone: it could be anything. Log4j writes an object
      // `instant`, mongod one named `t`.
      const bool shown = text_.substr(value).starts_with('"')
                             ? has_clock(text_.substr(value, at_ - value))
                             : (found && says_time(name)) || name == "instant" ||
                                   (name == "t" && text_.substr(value).starts_with('{'));
      time_is_elsewhere_ = time_is_elsewhere_ || shown;
      return false;
    }
    // A time in a form that is not read: it was this one.
    if (top && !found && at_ > value) time_is_elsewhere_ = true;
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
  bool time_is_elsewhere_ = false;  ///< the top level has one that is not read
};

/// `"ts": 1795446245` or `"time":"2026-..."` at the front of `text`, the quotes escaped or not:
/// JSON inside of a line of text, or inside of a string of it.
std::optional<TimePoint> time_of_member(std::string_view text) {
  text = text.substr(0, kMostMemberBytes);
  const auto name = std::find_if(kNames.begin(), kNames.end(), [&](std::string_view one) {
    if (!text.substr(1).starts_with(one)) return false;
    const std::string_view behind = text.substr(1 + one.size());
    return behind.starts_with('"') || behind.starts_with('\\');
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
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    return time_of_json_string(text.substr(0, text.find_first_of("\\\"")), std::nullopt);
  }
  const std::optional<ReadTime> read = read_unix_time(text);
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

/// 2026-11-23T15:04, with no seconds: a time in a form that is not read.
bool is_minute_of_iso(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00";
  if (text.size() < kForm.size() || text.substr(kForm.size()).starts_with(':')) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool fits = kForm[i] == '0'   ? is_digit(text[i])
                      : kForm[i] == 'T' ? text[i] == 'T' || text[i] == ' '
                                        : text[i] == kForm[i];
    if (!fits) return false;
  }
  return true;
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

/// One walk over a line of text.
class TextWalk {
 public:
  TextWalk(std::string_view text, std::optional<int> year) : text_(text), year_(year) {}

  std::optional<TimePoint> time() {
    if (year_) own_ = leading_syslog_time(text_, *year_);
    std::size_t at = own_ ? kSyslogBytes : 0;
    while (at < text_.size() && !spoiled_) at = step(at);
    return spoiled_ ? std::nullopt : own_;
  }

 private:
  /// Looks at what begins at `at`; returns where to go on.
  std::size_t step(std::size_t at) {
    const char c = text_[at];
    if (c == '"') return own_ ? behind_quotes(at) : quotes(at);
    if (!is_digit(c) || (at > 0 && is_word(text_[at - 1]))) return at + 1;
    const std::string_view rest = text_.substr(at);
    if (const auto clf = read_clf_time(rest)) {
      note_clf(at, *clf);
      return at + clf->len_bytes;
    }
    if (own_ || is_of_request(text_, at)) return at + 1;
    if (!clock_) {
      std::optional<ReadTime> read = read_any_iso_time(rest);
      const std::optional<ReadTime> unix = read ? std::nullopt : unix_time_at(at);
      // Only what the line begins with is surely the logger's.
      if (unix && (at == 0 || text_.find_first_of("= \t") + 1 == at)) read = unix;
      clock_ = unix && !read;
      if (read) {
        own_ = read->time;
        return at + read->len_bytes;
      }
    }
    if (is_minute_of_iso(rest)) clock_ = true;
    if (begins_with_clock(rest) && (at == 0 || text_[at - 1] != ':')) clock_ = true;
    return at + 1;
  }

  /// A time in brackets, as servers write it, is told from others by its form alone.
  void note_clf(std::size_t at, const ReadTime& clf) {
    const std::size_t behind = at + clf.len_bytes;
    const bool bracketed = at > 0 && text_[at - 1] == '[' && text_.substr(behind).starts_with(']');
    const bool of_access = bracketed && text_.substr(behind).starts_with("] \"");
    if (!own_ && !clock_) {
      if (!is_of_request(text_, at)) own_ = clf.time;
    } else if (own_ && (!of_access || std::abs(clf.time.s - own_->s) <= kSameTimeSeconds)) {
      return;
    } else if (bracketed && is_of_leading_day(clf.time)) {
      own_ = clf.time;  // of syslog's time the year is wrong, or is not known
    } else {
      spoiled_ = of_access;
    }
  }

  /// Whether the line begins with a syslog time, of the year of `time`, that is near it.
  bool is_of_leading_day(const TimePoint& time) const {
    const auto days = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds(std::chrono::seconds(time.s)));
    const int year = static_cast<int>(std::chrono::year_month_day(days).year());
    for (const int one : {year, year - 1, year + 1}) {
      const auto leading = leading_syslog_time(text_, one);
      if (leading && std::abs(leading->s - time.s) <= kSameDaySeconds) return true;
    }
    return false;
  }

  /// Behind the closing quote; behind the opening one where nothing closes it.
  std::size_t behind_quotes(std::size_t at) {
    if (!closes_) return at + 1;
    const std::size_t end = string_end(text_, at + 1);
    closes_ = end < text_.size();  // nothing closes a later one either: asked once
    return closes_ ? end + 1 : at + 1;
  }

  /// What is quoted is the sender's, but for members of JSON, a first column, and NAME="TIME".
  std::size_t quotes(std::size_t at) {
    const std::size_t next = behind_quotes(at);
    if (clock_) return next;
    own_ = time_of_member(text_.substr(at));
    if (own_ || next == at + 1) return next;
    const std::string_view inside = text_.substr(at + 1, next - at - 2);
    const char before = at == 0 ? ',' : text_[at - 1];
    if (before == ',' || before == '\t' || before == ';' ||
        (before == '=' && is_named_time(at - 1))) {
      own_ = time_of_json_string(inside, std::nullopt);
    } else if (before != '=' && inside.starts_with('{')) {
      for (std::size_t mark = inside.find('"'); !own_ && mark != std::string_view::npos;
           mark = inside.find('"', mark + 1)) {
        own_ = time_of_member(inside.substr(mark));
      }
    }
    return next;
  }

  /// Unix time in plain text: with a fraction (Squid's, Zap's), or ts=NUMBER; not in a form,
  /// ts=NUMBER&, which is the sender's.
  std::optional<ReadTime> unix_time_at(std::size_t at) const {
    const bool named = at > 0 && text_[at - 1] == '=' && is_named_time(at - 1);
    if (at > 0 && !named) return std::nullopt;
    const auto read = read_unix_time(text_.substr(at));
    if (!read) return std::nullopt;
    const std::string_view number = text_.substr(at, read->len_bytes),
                           behind = text_.substr(at + read->len_bytes);
    const bool is_column = behind.empty() || is_space(behind[0]) || (named && behind[0] == ',');
    if (!is_column || (!named && number.find('.') == std::string_view::npos)) return std::nullopt;
    return read;
  }

  /// Whether a name of a time stands before the '=' at `at`.
  bool is_named_time(std::size_t at) const {
    const std::string_view before = text_.substr(0, at);
    return std::ranges::any_of(kNames, [&](std::string_view name) {
      if (!before.ends_with(name)) return false;
      return before.size() == name.size() || !is_word(before[before.size() - name.size() - 1]);
    });
  }

  static constexpr std::size_t kSyslogBytes = 15;
  std::string_view text_;
  std::optional<int> year_;
  std::optional<TimePoint> own_;
  bool closes_ = true;    ///< as far as is known, quotes that open close
  bool clock_ = false;    ///< a time of day in a form that is not read was there before any other
  bool spoiled_ = false;  ///< an access log's own time is another one
};

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
  return TextWalk(record, year).time();
}

std::uint64_t set_record_time(TokenBatch& batch, std::optional<TimePoint> time) {
  for (std::size_t i = 0; i < batch.size; ++i) {
    batch.has_record_time[i] = time.has_value();
    if (time) batch.record_time[i] = *time;
  }
  return time || batch.size == 0 ? 0 : 1;
}

std::uint64_t read_record_times(TokenBatch& batch, std::optional<int> year) {
  if (batch.chunk == nullptr) return 0;
  if (batch.chunk->oversize.present) return batch.size > 0 ? 1 : 0;
  // Tokens of a piece of a line have the time that the line begins with.
  if (batch.chunk->piece != Chunk::Piece::kWhole)
    return set_record_time(batch, find_record_time(as_text(batch.chunk->line_head), year));
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
