#ifndef JOTMILL_CLAIMS_OBJECT_H_
#define JOTMILL_CLAIMS_OBJECT_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "claims/name_set.h"
#include "core/bytes.h"
#include "core/json.h"

namespace jotmill {

enum class JsonKind : std::uint8_t {
  kAbsent,
  kString,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kArray,
  kObject
};

/// A member's value, as far as the rules of headers and claims look into it.
struct JsonValue {
  JsonKind kind = JsonKind::kAbsent;
  std::string_view text;    ///< kString: unescaped; kNumber: as written, unless is_integer
  bool is_integer = false;  ///< kNumber: `integer` holds the value
  std::int64_t integer = 0;
};

/// Names of members that a caller wants the values of: at most 8, of at most 4 bytes each (all that
/// RFC 7515 s4.1 and RFC 7519 s4.1 judge are so short), compared as packed words.
class WantedNames {
 public:
  static constexpr std::size_t kMost = 8;
  static constexpr std::size_t kNone = kMost;

  /// `list` is the index of the name whose array elements are wanted too; the values of names from
  /// `first_date` on are dates, whose numbers must be kept exact.
  constexpr WantedNames(std::initializer_list<std::string_view> names, std::size_t list,
                        std::size_t first_date)
      : list_(list), first_date_(first_date) {
    for (const std::string_view name : names) packed_[count_++] = pack(name);
  }
  constexpr std::size_t find(std::string_view name) const {
    if (name.size() > 4) return kNone;
    const std::uint64_t wanted = pack(name);
    for (std::size_t i = 0; i < count_; ++i) {
      if (packed_[i] == wanted) return i;
    }
    return kNone;
  }
  constexpr std::size_t list() const { return list_; }
  constexpr std::size_t first_date() const { return first_date_; }

 private:
  static constexpr std::uint64_t pack(std::string_view name) {
    std::uint64_t word = name.size();
    for (const char c : name) word = word << 8 | static_cast<unsigned char>(c);
    return word;
  }
  std::array<std::uint64_t, kMost> packed_{};
  std::size_t count_ = 0;
  std::size_t list_;
  std::size_t first_date_;
};

/// One JSON object, opened. The views point into the text that was read and into the reader; they
/// hold until its next read.
struct JsonObject {
  std::vector<std::string_view> names;  ///< of all members, unescaped, in their order
  std::vector<std::string_view>
      value_texts;  ///< beside names, as written; filled by read_strict alone
  std::array<JsonValue, WantedNames::kMost> wanted;
  std::vector<JsonValue> elements;  ///< of the wanted list, when it is an array

  void clear();
};

/// What a segment that should hold a JSON object turned out to be, in the order in which it counts.
enum class ObjectProblem : std::uint8_t { kNone, kNotUtf8, kNotJson, kNotObject, kDuplicateMember };

struct ObjectAnswer {
  ObjectProblem problem = ObjectProblem::kNone;
  json::Problem json = json::Problem::kNone;  ///< more about kNotJson
};

/// Reads headers and claims sets. The fast way is simdjson's DOM over the bytes in place; whatever
/// it refuses, or accepts less strictly than the verdict table, goes the strict way (json::Reader),
/// which alone says no. Both give the same object: object_test.cc drives them against each other.
/// Linear time (n log n over the names of an object with many members); memory is kept from object
/// to object.
class ObjectReader {
 public:
  explicit ObjectReader(const WantedNames& wanted);
  ~ObjectReader();
  ObjectReader(ObjectReader&&) noexcept;
  ObjectReader& operator=(ObjectReader&&) noexcept;

  /// `text` must be readable for kSlackBytes behind its end.
  ObjectAnswer read(Bytes text);
  /// The strict way alone; fills object().value_texts too.
  ObjectAnswer read_strict(Bytes text);
  /// The fast way alone, without the look for equal names. False: it has no answer, read_strict
  /// has. For tests.
  bool read_fast(Bytes text);

  const JsonObject& object() const;
  /// The names of the object that was read last without a problem.
  const NameSet& names() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_OBJECT_H_
