#ifndef JOTMILL_CLAIMS_NAME_SET_H_
#define JOTMILL_CLAIMS_NAME_SET_H_

#include <span>
#include <string_view>
#include <vector>

namespace jotmill {

/// The names of one object, for two questions: do any two of them agree, and is this one among
/// them. A few names are compared with each other behind a filter of 512 bits; many are sorted,
/// which no choice of names makes slow (a hash table with a known hash could be). Keeps its memory;
/// the names must outlive the questions.
class NameSet {
 public:
  /// Takes `names` in. False: two of them are equal.
  bool assign(std::span<const std::string_view> names);
  /// Whether `name` was among the names of the last assign().
  bool contains(std::string_view name) const;

 private:
  std::span<const std::string_view> names_;
  std::vector<std::string_view> sorted_;  ///< empty while there are few names
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_NAME_SET_H_
