#ifndef JOTMILL_TESTS_FUZZ_KEYS_H_
#define JOTMILL_TESTS_FUZZ_KEYS_H_

#include <string_view>

#include "support/reference_keys.h"

namespace jotmill::testing {

/// Loads one key file in the engine and in the reference. Both refuse it whole or neither does; of
/// the keys that come out each is refused in both, or the same in both: kid, alg, type, curve, RFC
/// 7638 thumbprint, and the algorithms that it verifies. What OpenSSL reads too holds the same
/// keys, and a key that OpenSSL would write so is not refused whole.
///
/// One thing is asked in one direction only, since no oracle says simply how much of a damaged key
/// is one still: bytes that the reference knows as a key file must be refused as a secret, bytes
/// without a trace of a key must be taken; of what lies between the engine may refuse more.
///
/// Of `kind` it counts only whether it is the secret: of the others the content decides.
void hold_key_file(reference::KeyFile::Kind kind, std::string_view bytes);

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_FUZZ_KEYS_H_
