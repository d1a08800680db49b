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

/// Names of members that a caller wants the values of: at most 8, of 3 or 4 bytes each, as all are
/// that RFC 7515 s4.1 and RFC 7519 s4.1 have a rule for. Found by a hash without collisions, worked
/// out by the compiler.
class WantedNames {
 public:
  static constexpr std::size_t kMost = 8;
  static constexpr std::size_t kNone = kMost;

  /// `list` is the index of the name whose array elements are wanted too; the values of names from
  /// `first_date` on are dates, whose numbers must be kept exact.
  consteval WantedNames(std::initializer_list<std::string_view> names, std::size_t list,
                        std::size_t first_date)
      : list_(list), first_date_(first_date) {
    while (!place(names)) factor_ += 2;
  }
  constexpr std::size_t find(std::string_view name) const {
    if (name.size() != 3 && name.size() != 4) return kNone;
    const std::uint32_t packed = pack(name);
    const Slot& slot = slots_[slot_of(packed)];
    return slot.packed == packed ? slot.index : kNone;
  }
  constexpr std::size_t list() const { return list_; }
  constexpr std::size_t first_date() const { return first_date_; }

 private:
  struct Slot {
    std::uint32_t packed = 0;
    std::uint8_t index = kNone;  ///< of an empty slot, whatever its `packed` equals
  };
  static constexpr std::size_t kSlots = 32;

  /// Injective: 0xFF is no byte of UTF-8, so that no name of 4 bytes looks like one of 3.
  static constexpr std::uint32_t pack(std::string_view name) {
    const auto byte = [&](std::size_t i) {
      return std::uint32_t{static_cast<unsigned char>(name[i])};
    };
    return byte(0) | byte(1) << 8 | byte(2) << 16 |
           (name.size() == 4 ? byte(3) << 24 : 0xFF000000u);
  }
  constexpr std::size_t slot_of(std::uint32_t packed) const { return packed * factor_ >> 27; }

  consteval bool place(std::initializer_list<std::string_view> names) {
    slots_.fill({});
    std::uint8_t index = 0;
    for (const std::string_view name : names) {
      Slot& slot = slots_[slot_of(pack(name))];
      if (slot.index != kNone) return false;
      slot = {pack(name), index++};
    }
    return true;
  }

  std::array<Slot, kSlots> slots_{};
  std::uint32_t factor_ = 0x9E3779B1;
  std::size_t list_;
  std::size_t first_date_;
};

/// One JSON object, opened. The views point into the text that was read and into the reader; they
/// hold until its next read.
struct JsonObject {
  std::vector<std::string_view> names;  ///< of all members, unescaped, in their order
  std::vector<std::string_view>
      value_texts;  ///< beside names, as written; filled by read_strict alone
  std::array<JsonValue, WantedNames::kMost> wanted;  ///< of an absent one only `kind` is cleared
  std::vector<JsonValue> elements;                   ///< of the wanted list, when it is an array

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
