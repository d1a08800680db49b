#include "claims/object.h"

#include "claims/object_fast.h"
#include "core/arena.h"

namespace jotmill {
namespace {

using json::Event;

JsonKind kind_of(Event event) {
  switch (event) {
    case Event::kString: return JsonKind::kString;
    case Event::kNumber: return JsonKind::kNumber;
    case Event::kTrue: return JsonKind::kTrue;
    case Event::kFalse: return JsonKind::kFalse;
    case Event::kBeginArray: return JsonKind::kArray;
    case Event::kBeginObject: return JsonKind::kObject;
    default: return JsonKind::kNull;
  }
}

bool opens(Event event) { return event == Event::kBeginArray || event == Event::kBeginObject; }

/// The strict way over one text: json::Reader's events put into a JsonObject.
class StrictRead {
 public:
  /// `scratch` has room for text.size() bytes: no string is longer unescaped than escaped.
  StrictRead(std::string_view text, const WantedNames& wanted, char* scratch, JsonObject& out)
      : text_(text), wanted_(wanted), reader_(text), scratch_(scratch), out_(out) {}

  ObjectAnswer run() {
    const Event root = reader_.next();
    if (root == Event::kError) return not_json();
    const bool is_object = root == Event::kBeginObject;
    if (is_object && !read_members()) return not_json();
    if (root == Event::kBeginArray && !reader_.skip()) return not_json();
    if (reader_.next() != Event::kEnd) return not_json();
    return {is_object ? ObjectProblem::kNone : ObjectProblem::kNotObject, json::Problem::kNone};
  }

 private:
  ObjectAnswer not_json() const { return {ObjectProblem::kNotJson, reader_.problem()}; }

  std::string_view string() {
    if (!reader_.has_escapes()) return reader_.raw();
    char* const begin = scratch_;
    scratch_ += json::unescape(reader_.raw(), begin);
    return {begin, static_cast<std::size_t>(scratch_ - begin)};
  }

  bool read_members() {
    for (;;) {
      const Event event = reader_.next();
      if (event == Event::kEndObject) return true;
      if (event != Event::kName) return false;
      const std::string_view name = string();
      out_.names.push_back(name);
      if (!read_member(wanted_.find(name))) return false;
    }
  }

  bool read_member(std::size_t index) {
    const Event event = reader_.next();
    if (event == Event::kError) return false;
    const std::size_t begin = reader_.begin_offset();
    if (index != WantedNames::kNone) out_.wanted[index] = value(event);
    if (index == wanted_.list() && event == Event::kBeginArray) {
      if (!read_elements()) return false;
    } else if (opens(event) && !reader_.skip()) {
      return false;
    }
    out_.value_texts.push_back(text_.substr(begin, reader_.end_offset() - begin));
    return true;
  }

  bool read_elements() {
    for (;;) {
      const Event event = reader_.next();
      if (event == Event::kEndArray) return true;
      if (event == Event::kError) return false;
      out_.elements.push_back(value(event));
      if (opens(event) && !reader_.skip()) return false;
    }
  }

  JsonValue value(Event event) {
    JsonValue out{.kind = kind_of(event), .text = {}};
    if (event == Event::kString) out.text = string();
    if (event == Event::kNumber) out.text = reader_.raw();
    return out;
  }

  std::string_view text_;
  const WantedNames& wanted_;
  json::Reader reader_;
  char* scratch_;
  JsonObject& out_;
};

}  // namespace

void JsonObject::clear() {
  names.clear();
  value_texts.clear();
  for (JsonValue& value : wanted) value.kind = JsonKind::kAbsent;
  elements.clear();
}

struct ObjectReader::State {
  explicit State(const WantedNames& wanted_names) : wanted(wanted_names) {}

  ObjectAnswer check_names() {
    if (names.assign(object.names)) return {};
    return {ObjectProblem::kDuplicateMember, json::Problem::kNone};
  }

  WantedNames wanted;
  FastObjectReader fast;
  JsonObject object;
  NameSet names;
  Arena scratch;
};

ObjectReader::ObjectReader(const WantedNames& wanted) : state_(std::make_unique<State>(wanted)) {}
ObjectReader::~ObjectReader() = default;
ObjectReader::ObjectReader(ObjectReader&&) noexcept = default;
ObjectReader& ObjectReader::operator=(ObjectReader&&) noexcept = default;

const JsonObject& ObjectReader::object() const { return state_->object; }
const NameSet& ObjectReader::names() const { return state_->names; }

ObjectAnswer ObjectReader::read(Bytes text) {
  return read_fast(text) ? state_->check_names() : read_strict(text);
}

bool ObjectReader::read_fast(Bytes text) {
  state_->object.clear();
  return state_->fast.read(text, state_->wanted, state_->object);
}

ObjectAnswer ObjectReader::read_strict(Bytes text) {
  state_->object.clear();
  if (!json::validate_utf8(as_text(text))) return {ObjectProblem::kNotUtf8, json::Problem::kNone};
  state_->scratch.reset(text.size());
  char* const scratch = reinterpret_cast<char*>(state_->scratch.data());
  const ObjectAnswer answer =
      StrictRead(as_text(text), state_->wanted, scratch, state_->object).run();
  return answer.problem == ObjectProblem::kNone ? state_->check_names() : answer;
}

}  // namespace jotmill
