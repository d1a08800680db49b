#include "claims/object_fast.h"

#include <simdjson.h>

#include <bit>

#include "core/arena.h"

namespace jotmill {
namespace {

static_assert(kSlackBytes >= simdjson::SIMDJSON_PADDING, "segments are read in place");

namespace dom = simdjson::dom;

/// Longer objects go the strict way: they are rare, and simdjson's buffers take some 20 bytes per
/// byte of the longest text.
constexpr std::size_t kMostFastBytes = 64 * 1024;
/// Far enough below kTokenLevels that how simdjson counts an empty innermost level cannot matter.
constexpr std::size_t kMostFastLevels = 32;

/// False: the value cannot be had exactly.
bool take_value(const dom::element& element, bool exact_number, JsonValue& out) {
  switch (element.type()) {
    case dom::element_type::STRING:
      out.kind = JsonKind::kString;
      return element.get_string().get(out.text) == simdjson::SUCCESS;
    case dom::element_type::INT64:
      out.kind = JsonKind::kNumber;
      out.is_integer = true;
      return element.get_int64().get(out.integer) == simdjson::SUCCESS;
    case dom::element_type::BOOL: {
      bool value = false;
      if (element.get_bool().get(value) != simdjson::SUCCESS) return false;
      out.kind = value ? JsonKind::kTrue : JsonKind::kFalse;
      return true;
    }
    case dom::element_type::NULL_VALUE: out.kind = JsonKind::kNull; return true;
    case dom::element_type::ARRAY: out.kind = JsonKind::kArray; return true;
    case dom::element_type::OBJECT: out.kind = JsonKind::kObject; return true;
    default:
      out.kind = JsonKind::kNumber;
      return !exact_number;  // DOUBLE, UINT64, and what newer versions add
  }
}

bool take_elements(const dom::element& element, JsonObject& out) {
  dom::array array;
  if (element.get_array().get(array) != simdjson::SUCCESS) return false;
  for (const dom::element one : array) {
    if (!take_value(one, false, out.elements.emplace_back())) return false;
  }
  return true;
}

}  // namespace

struct FastObjectReader::State {
  dom::parser parser;
  dom::document document;
  std::size_t capacity_bytes = 0;

  /// False: no memory; the strict way needs none.
  bool reserve(std::size_t bytes) {
    if (bytes <= capacity_bytes) return true;
    const std::size_t wanted = std::bit_ceil(bytes < 1024 ? std::size_t{1024} : bytes);
    if (parser.allocate(wanted, kMostFastLevels) != simdjson::SUCCESS) return false;
    if (document.allocate(wanted) != simdjson::SUCCESS) return false;
    capacity_bytes = wanted;
    return true;
  }
};

FastObjectReader::FastObjectReader() : state_(std::make_unique<State>()) {}
FastObjectReader::~FastObjectReader() = default;

bool FastObjectReader::read(Bytes text, const WantedNames& wanted, JsonObject& out) {
  // A first byte of '{' also rules out a byte order mark and every root that is no object.
  if (text.empty() || text[0] != '{' || text.size() > kMostFastBytes) return false;
  if (!state_->reserve(text.size())) return false;
  dom::element root;
  if (state_->parser.parse_into_document(state_->document, text.data(), text.size(), false)
          .get(root) != simdjson::SUCCESS) {
    return false;
  }
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto member = object.begin(); member != object.end(); ++member) {
    // Two words, not one 16-byte copy: that would wait for the two stores that it was made of (a
    // third of this function's time).
    const char* const key = member.key_c_str();
    const std::size_t key_bytes = member.key_length();
    out.names.emplace_back(key, key_bytes);
    const std::size_t index = wanted.find({key, key_bytes});
    if (index == WantedNames::kNone) continue;
    // Of equal names the last value stands here; the caller finds the names equal and drops them
    // all.
    JsonValue& value = out.wanted[index];
    value = {};
    if (!take_value(member.value(), index >= wanted.first_date(), value)) return false;
    if (index == wanted.list() && value.kind == JsonKind::kArray &&
        !take_elements(member.value(), out))
      return false;
  }
  return true;
}

}  // namespace jotmill
