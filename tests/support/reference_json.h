#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_JSON_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_JSON_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::reference {

struct JsonMember;

// One JSON value as RFC 8259 sees it. Numbers keep their spelling, because no machine number can
// hold all of them and a claim nobody asked about must never decide a verdict. Members keep their
// order and their duplicates.
struct Json {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::string text;  // string: unescaped UTF-8 (may hold NUL); number: its spelling
  std::vector<Json> items;
  std::vector<JsonMember> members;

  bool is(Kind wanted) const { return kind == wanted; }

  // The first member of that (unescaped) name, or null. Meaningful for objects alone.
  const Json* find(std::string_view name) const;

  // True when two members of this object (not of nested ones) have equal names after unescaping.
  bool has_duplicate_names() const;
};

struct JsonMember {
  std::string name;  // unescaped
  Json value;
};

// Deepest nesting of arrays and objects that is read; the root is level 1.
inline constexpr int kMaxJsonLevels = 64;

// True for well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

// Reads one complete JSON text, surrounded by nothing but white space. Empty for anything RFC 8259
// does not allow, and for a byte order mark, a lone surrogate escape, malformed UTF-8 and more than
// kMaxJsonLevels levels.
std::optional<Json> parse_json(std::string_view text);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_JSON_H_
