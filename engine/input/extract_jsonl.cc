#include <algorithm>
#include <utility>

#include "core/json.h"
#include "input/extract.h"
#include "input/line_reader.h"

namespace jotmill {
namespace {

using json::Event;

/// Levels of nesting that a pointer reaches; what is deeper is passed over.
constexpr unsigned kRecordLevels = json::kMostLevels;

/// Members with equal names can make one record hold any number of tokens. So many beyond one for
/// each field are taken, far more than a logger writes; a record with more counts as too long:
/// told, not lost in silence, and no way to fill the memory.
constexpr std::size_t kMostRepeats = 1000;

/// The longest scheme word in front of a token, with its space.
constexpr std::string_view kSchemes[] = {"bearer ", "dpop "};

/// A JSON Pointer cut into its parts, ~1 and ~0 undone.
std::vector<std::string> split_pointer(std::string_view pointer) {
  std::vector<std::string> parts;
  for (const char c : pointer) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (std::string& part : parts) {
    std::string plain;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] != '~') {
        plain += part[i];
      } else {
        plain += part[++i] == '1' ? '/' : '~';
      }
    }
    part = std::move(plain);
  }
  return parts;
}

/// Bytes of a scheme word at the start of a token, 0 when there is none.
std::size_t scheme_bytes(std::string_view value) {
  for (const std::string_view scheme : kSchemes) {
    if (equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

/// How many bytes of an escaped string stand for the first `decoded` bytes of its value, which are
/// ASCII.
std::size_t raw_bytes_of(std::string_view raw, std::size_t decoded) {
  std::size_t at = 0;
  for (; decoded > 0; --decoded) at += raw[at] != '\\' ? 1 : raw[at + 1] == 'u' ? 6 : 2;
  return at;
}

constexpr std::size_t kNoIndex = ~std::size_t{0};

/// The array index that a part stands for (RFC 6901 s4: no sign, no leading zero), kNoIndex when it
/// is none.
std::size_t as_index(std::string_view part) {
  if (part.empty() || part.size() > 9 || (part.size() > 1 && part[0] == '0')) return kNoIndex;
  std::size_t index = 0;
  for (const char c : part) {
    if (c < '0' || c > '9') return kNoIndex;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index;
}

struct Field {
  std::string pointer;
  std::vector<std::string> parts;
  std::vector<std::size_t> indexes;  ///< of the parts, for arrays
  TextRef name;                      ///< of the pointer in the batch's text
};

/// What is open at one level of the record: an object with the name at hand, or an array with the
/// index at hand.
struct Frame {
  bool object = false;
  std::size_t index = 0;
  std::string name;
  bool other = false;  // the name is too long to be a field's
};

}  // namespace

struct JsonlExtractor::State {
  std::vector<Field> fields;
  std::size_t longest_part = 0;  // of the fields, bytes
  std::size_t max_record_bytes;
  const Chunk* chunk = nullptr;
  LineReader lines{{}};  // of the chunk: what was not looked at yet
  std::vector<Frame>
      frames;  // levels 1 to depth; kept between records so that their strings keep their memory
  std::size_t depth = 0;

  /// A token found in the record at hand; rows are added only when the whole record has parsed.
  struct Found {
    std::size_t field;
    std::size_t begin;  ///< of the string's content, bytes in the line
    std::string_view raw;
    bool escapes;
  };
  std::vector<Found> found;

  bool matches(const Field& field) const {
    if (field.parts.size() != depth) return false;
    for (std::size_t level = 0; level < depth; ++level) {
      const Frame& frame = frames[level];
      if (frame.object ? frame.other || frame.name != field.parts[level]
                       : frame.index != field.indexes[level])
        return false;
    }
    return true;
  }

  bool read_record(std::string_view line);
  bool walk(std::string_view line);
  void take(std::string_view line, TokenBatch& batch, RecordCounts& counts);
  void take_oversize(TokenBatch& batch, RecordCounts& counts) const;
  void add_token(const Found& hit, TokenBatch& batch) const;
};

/// Walks the record; every string that a field points at goes to `found` (of members with the same
/// name each one: which of them a consumer would have used is unknown, and none may be lost).
/// False: not JSON. Bytes that are no UTF-8 and strings that JSON does not allow hide no token:
/// only of a record without one do they make something that is not JSON.
bool JsonlExtractor::State::read_record(std::string_view line) {
  return walk(line) && (!found.empty() || is_json_text(line));
}

bool JsonlExtractor::State::walk(std::string_view line) {
  found.clear();
  depth = 0;
  json::Reader reader(line, kRecordLevels, json::Reader::Strings::kOfLogs);
  for (;;) {
    const Event event = reader.next();
    switch (event) {
      case Event::kEnd: return true;
      case Event::kError:
        if (!reader.skip_too_deep()) return false;
        break;
      case Event::kName: {
        Frame& frame = frames[depth - 1];
        const std::string_view raw = reader.raw();
        // A character takes six bytes at most: a longer name is none that is asked for, and its
        // memory would be kept at every level.
        const bool too_long = raw.size() > 6 * longest_part;
        frame.name.assign(too_long ? std::string_view("\0", 1) : raw);
        frame.other = too_long;
        if (!too_long && reader.has_escapes())
          frame.name.resize(json::unescape(raw, frame.name.data()));
        continue;
      }
      case Event::kBeginObject:
      case Event::kBeginArray:
        if (frames.size() <= depth) frames.emplace_back();
        frames[depth].object = event == Event::kBeginObject;
        frames[depth].index = 0;
        ++depth;
        continue;
      case Event::kEndObject:
      case Event::kEndArray: --depth; break;
      case Event::kString:
        for (std::size_t f = 0; f < fields.size(); ++f) {
          if (found.size() <= fields.size() + kMostRepeats && matches(fields[f]))
            found.push_back({f, reader.begin_offset() + 1, reader.raw(), reader.has_escapes()});
        }
        break;
      default: break;
    }
    if (depth > 0) ++frames[depth - 1].index;  // a value is complete
  }
}

/// A token of the line at hand.
void JsonlExtractor::State::add_token(const Found& hit, TokenBatch& batch) const {
  std::size_t off = lines.line_off() + hit.begin, len = hit.raw.size(), origin = off;
  bool layered = false;
  if (!hit.escapes) {
    const std::size_t scheme = scheme_bytes(hit.raw);
    off += scheme;
    len -= scheme;
    origin = off;
  } else {
    const std::size_t at = batch.unwrapped.size();
    batch.unwrapped.resize(at + hit.raw.size());
    const std::size_t value_len =
        json::unescape(hit.raw, reinterpret_cast<char*>(batch.unwrapped.data()) + at);
    batch.unwrapped.resize(at + value_len);
    const std::size_t scheme =
        scheme_bytes({reinterpret_cast<const char*>(batch.unwrapped.data()) + at, value_len});
    off = at + scheme;
    len = value_len - scheme;
    origin += raw_bytes_of(hit.raw, scheme);
    layered = true;
  }
  const std::size_t i =
      batch.add(static_cast<std::uint32_t>(off), static_cast<std::uint32_t>(len), layered,
                static_cast<std::uint32_t>(origin), static_cast<std::uint32_t>(lines.line_index()));
  if (layered) batch.layers[i].push(Layer::kJson);
  batch.channel[i] = ChannelKind::kField;
  batch.channel_name[i] = fields[hit.field].name;
}

JsonlExtractor::JsonlExtractor(std::vector<std::string> fields, std::size_t max_record_bytes)
    : state_(std::make_unique<State>()) {
  for (std::string& pointer : fields) {
    Field field{.pointer = std::move(pointer), .parts = {}, .indexes = {}, .name = {}};
    field.parts = split_pointer(field.pointer);
    // The same place named twice holds its token once.
    if (std::ranges::any_of(state_->fields,
                            [&](const Field& one) { return one.parts == field.parts; }))
      continue;
    for (const std::string& part : field.parts) {
      field.indexes.push_back(as_index(part));
      state_->longest_part = std::max(state_->longest_part, part.size());
    }
    state_->fields.push_back(std::move(field));
  }
  state_->max_record_bytes = max_record_bytes;
}
JsonlExtractor::~JsonlExtractor() = default;
JsonlExtractor::JsonlExtractor(JsonlExtractor&&) noexcept = default;

/// What became of one line.
void JsonlExtractor::State::take(std::string_view line, TokenBatch& batch, RecordCounts& counts) {
  ++counts.records;
  const bool too_large = line.size() > max_record_bytes;
  if (is_blank_line(line)) {
    ++counts.blank;
  } else if (!too_large && !read_record(line)) {
    ++counts.not_json;
  } else if (too_large || found.size() > fields.size() + kMostRepeats) {
    ++counts.too_long;
    batch.long_records.push_back({static_cast<std::uint32_t>(lines.line_off()),
                                  static_cast<std::uint32_t>(lines.line_index())});
  } else if (found.empty()) {
    ++counts.without_token;
  } else {
    ++counts.with_tokens;
    counts.candidates += found.size();
    counts.tokens += found.size();
    for (const Found& hit : found) add_token(hit, batch);
  }
}

/// What became of a record that the chunk stands for and does not hold.
void JsonlExtractor::State::take_oversize(TokenBatch& batch, RecordCounts& counts) const {
  ++counts.records;
  if (chunk->oversize.blank) {
    ++counts.blank;
  } else {
    ++counts.too_long;
    batch.long_records.push_back({0, 0});
  }
}

void JsonlExtractor::begin(const Chunk& chunk) {
  state_->chunk = &chunk;
  state_->lines = LineReader(chunk.view());
}

bool JsonlExtractor::extract(TokenBatch& batch, RecordCounts& counts) {
  State& state = *state_;
  batch.chunk = state.chunk;
  for (Field& field : state.fields) field.name = batch.add_text(field.pointer);
  if (state.chunk->oversize.present) {
    state.take_oversize(batch, counts);
    return false;
  }
  for (std::string_view line; state.lines.next(line);) {
    state.take(line, batch, counts);
    if (batch.size >= TokenBatch::kMostRows) return true;
  }
  return false;
}

bool is_json_pointer(std::string_view pointer) {
  if (pointer.empty()) return true;
  if (pointer.front() != '/') return false;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '~' &&
        (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1')))
      return false;
  }
  return true;
}

}  // namespace jotmill
