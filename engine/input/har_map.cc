#include "input/har_map.h"

#include <algorithm>
#include <map>

#include "core/bytes.h"
#include "core/json.h"
#include "input/channel.h"
#include "input/record_time.h"
#include "input/undo.h"

namespace jotmill {
namespace {

constexpr std::size_t kMostDepth = 64, kMostParts = 4096, kLongestName = 128;
constexpr std::size_t kLongestPart = 256;  ///< every token in it repeats it
constexpr std::size_t kElementDepth = 4;   ///< {"log":{"entries":[{

class Mapper {
 public:
  Mapper(std::string_view text, HarMap& map) : text_(text), map_(map) {}

  void run(bool inside) {
    if (inside) {
      frames_ = {{.object = true, .name = "log"}, {.object = true, .name = "entries"}, {}};
    }
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        read_string();
        continue;
      }
      if (c == '{' || c == '[') {
        if (frames_.size() == kMostDepth) {
          ++deeper_;
        } else {
          frames_.push_back({.object = c == '{', .begin = at_});
        }
      } else if ((c == '}' || c == ']') && deeper_ > 0) {
        --deeper_;
      } else if (c == '}' || c == ']') {
        // A closer of the other kind closes too, and one too many nothing, as for HarCutter: what
        // is broken loses parts, not the rest of the document.
        if (!frames_.empty()) close();
      } else if (c == ',' && !frames_.empty() && deeper_ == 0) {
        frames_.back().named = false;
      }
      ++at_;
    }
    // A document that was cut: what is open ends with it.
    while (!frames_.empty()) close();
  }

 private:
  struct Frame {
    bool object = false;
    std::size_t begin = 0;
    std::string name = {};                     ///< of the member at hand
    bool named = false;                        ///< its name was read, so that a string is its value
    std::vector<std::size_t> text_spans = {};  ///< of the members `text`
    std::uint32_t name_span = HarMap::kNoName;  ///< of the member `name`
    bool base64 = false;
    std::optional<TimePoint> started = {};
  };

  /// A short value without its escapes.
  std::string_view plain(std::string_view raw) {
    if (raw.find('\\') == raw.npos || raw.find('%') != raw.npos) return raw;
    plain_.assign(raw.substr(0, kLongestName));
    return plain_.text();
  }

  /// The value of the string of a name; as it stands where it is none of JSON, or too long for a
  /// name.
  std::string_view value_of(std::string_view raw) {
    constexpr std::size_t kEscapeBytes = 6;
    if (raw.find('\\') == raw.npos || raw.size() > kEscapeBytes * kLongestName) return raw;
    const std::string_view quoted(raw.data() - 1, raw.size() + 2);
    json::Reader reader(quoted, 1, json::Reader::Strings::kOfLogs);
    if (reader.next() != json::Event::kString) return raw;
    name_.resize(raw.size());
    name_.resize(json::unescape(raw, name_.data()));
    return name_;
  }

  /// Layers of escapes hide a token as little as they hide it elsewhere.
  bool hides_token(std::string_view name) {
    if (!has_escapes(name)) return may_hold_token(name);
    plain_.assign(name.substr(0, kLongestName));
    return may_hold_token(plain_.text());
  }

  bool in_entry() const {
    return frames_.size() >= kElementDepth && frames_[0].name == "log" &&
           frames_[1].name == "entries" && !frames_[2].object;
  }

  void read_string() {
    const std::size_t begin = at_ + 1;
    std::size_t end = begin;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    at_ = std::min(end + 1, text_.size());
    if (frames_.empty()) return;
    if (end < text_.size()) {
      take_string(begin, end);
    } else {
      take_cut_string(begin);
    }
  }

  /// One that nothing closes says nothing (half a time is another time), and what it holds is
  /// found as text; but not what is base64.
  void take_cut_string(std::size_t begin) {
    Frame& frame = frames_.back();
    if (deeper_ > 0 || !frame.named || !frame.base64 || frame.name != "text") return;
    frame.text_spans.push_back(map_.spans.size());
    map_.spans.push_back({begin, text_.size(), part()});
  }

  void take_string(std::size_t begin, std::size_t end) {
    const std::string_view value = text_.substr(begin, end - begin);
    Frame& frame = frames_.back();
    if (deeper_ > 0) {
      map_.spans.push_back({begin, end, part(), false});
      return;
    }
    if (frame.object && !frame.named) {
      // A part is shown with every token that stands in it.
      const std::string_view name = value_of(value);
      const bool hides = hides_token(name) || hides_token(value);
      frame.name.assign(hides ? "token" : name.substr(0, kLongestName));
      frame.named = true;
      return;
    }
    // Of equal names nobody knows which a reader takes: none of them hides what the others say.
    // MIME's names know no case (RFC 2045 s6.1).
    if (frame.object && frame.name == "encoding")
      frame.base64 = frame.base64 || equal_ignoring_case(plain(value), "base64");
    if (frame.object && frame.name == "text") frame.text_spans.push_back(map_.spans.size());
    if (frame.name == "startedDateTime" && frames_.size() == kElementDepth && in_entry())
      frame.started = time_of_json_string(value, std::nullopt);
    map_.spans.push_back(
        {begin, end, part(), false, frame.object ? frame.name_span : HarMap::kNoName});
    if (frame.object && frame.name == "name")
      frame.name_span = static_cast<std::uint32_t>(map_.spans.size() - 1);
  }

  void close() {
    const Frame& frame = frames_.back();
    if (frame.base64) {
      for (const std::size_t span : frame.text_spans) map_.spans[span].base64 = true;
    }
    if (frames_.size() == kElementDepth && in_entry())
      map_.entries.push_back({frame.begin, std::min(at_ + 1, text_.size()), frame.started});
    frames_.pop_back();
  }

  /// The part of a value at this place, as an index.
  std::uint32_t part() {
    words_.clear();
    const std::size_t from = in_entry() ? kElementDepth - 1 : 0;
    for (std::size_t i = from; i < frames_.size(); ++i) {
      if (!frames_[i].object) continue;
      if (!words_.empty()) words_ += '.';
      words_ += frames_[i].name;
    }
    constexpr std::string_view kValue = ".value";
    if (words_.ends_with(kValue)) words_.resize(words_.size() - kValue.size());
    if (words_.size() > kLongestPart) words_.resize(kLongestPart);
    if (map_.parts.size() == kMostParts) words_ = "other";  // names that somebody made up
    const auto next = static_cast<std::uint32_t>(map_.parts.size());
    const auto [known, added] = indexes_.emplace(words_, next);
    if (added) map_.parts.push_back(words_);
    return known->second;
  }

  std::string_view text_;
  HarMap& map_;
  std::size_t at_ = 0;
  std::vector<Frame> frames_;
  std::size_t deeper_ = 0;  ///< levels beyond kMostDepth: their strings belong to the last frame
  std::string words_, name_;
  Undone plain_;
  std::map<std::string, std::uint32_t> indexes_;
};

}  // namespace

void HarMap::clear() {
  spans.clear();
  entries.clear();
  parts.clear();
}

void map_har(std::string_view text, bool inside, HarMap& map) {
  map.clear();
  Mapper(text, map).run(inside);
}

}  // namespace jotmill
