#ifndef JOTMILL_TESTS_FUZZ_KEYS_H_
#define JOTMILL_TESTS_FUZZ_KEYS_H_

#include <string_view>

#include "support/reference_keys.h"

namespace jotmill::testing {

/// Loads one key file in the engine and in the reference: both refuse it whole or neither does, and
/// of the keys that come out each is refused, or of the same type, in both.
void hold_key_file(reference::KeyFile::Kind kind, std::string_view bytes);

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_FUZZ_KEYS_H_
