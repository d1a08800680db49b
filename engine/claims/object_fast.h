#ifndef JOTMILL_CLAIMS_OBJECT_FAST_H_
#define JOTMILL_CLAIMS_OBJECT_FAST_H_

#include <memory>

#include "claims/object.h"

namespace jotmill {

/// simdjson's DOM behind a door that only lets through what it is known to read as strictly as we
/// do.
///
/// What simdjson refuses although RFC 8259 allows it: integers beyond 64 bits, numbers beyond the
/// range of double. What it may accept although the verdict table does not: a byte order mark
/// (skipped by newer versions) and an empty array at one level more than its limit. What it does
/// not keep: the text of numbers, so that a date with a fraction or an exponent is not exact any
/// more. Each of these is left to the strict way; "no answer" is therefore never a verdict. Lone
/// surrogates and broken UTF-8 it refuses as we do. object_test.cc asks the simdjson at hand about
/// all of this.
class FastObjectReader {
 public:
  FastObjectReader();
  ~FastObjectReader();
  FastObjectReader(const FastObjectReader&) = delete;
  FastObjectReader& operator=(const FastObjectReader&) = delete;

  /// Fills `out` and returns true, or has no answer (and `out` holds nothing of use). kSlackBytes
  /// are readable behind `text`.
  bool read(Bytes text, const WantedNames& wanted, JsonObject& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_OBJECT_FAST_H_
