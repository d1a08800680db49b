#ifndef JOTMILL_VERIFY_SHA2_KNOWN_H_
#define JOTMILL_VERIFY_SHA2_KNOWN_H_

#include "core/alg.h"
#include "core/bytes.h"
#include "verify/sha2.h"

namespace jotmill {

/// sha2() and hmac_tag(), or what stands for them in a test.
using Sha2Fn = DigestBytes(Hash hash, Bytes data);
using HmacTagFn = DigestBytes(Hash hash, const HmacStates& states, Bytes data);

/// True when these give the digest of "abc" that FIPS 180-4 publishes with its examples, and the
/// tag of RFC 4231's test case 2. All kernels are compared with sha2() and hmac_tag(), which are
/// one of them: without this no answer would come from outside.
bool gives_published_answers(Hash hash, Sha2Fn* digest, HmacTagFn* tag);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_SHA2_KNOWN_H_
