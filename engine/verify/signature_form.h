#ifndef JOTMILL_VERIFY_SIGNATURE_FORM_H_
#define JOTMILL_VERIFY_SIGNATURE_FORM_H_

#include <cstddef>

#include "core/alg.h"
#include "core/bytes.h"
#include "keys/key_ring.h"

namespace jotmill {

/// The one length of a signature for key and alg, in bytes: HMAC the hash (RFC 7518 s3.2), RSA the
/// modulus (RFC 8017 s8.1.2, s8.2.2), ECDSA twice the field (RFC 7518 s3.4), EdDSA 64 or 114 (RFC
/// 8032 s5.1.6, s5.2.6).
std::size_t signature_bytes(const PreparedKey& key, Alg alg);

/// Whether the numbers in a signature of the right length are in range: RSA s < n (RFC 8017
/// s5.2.2); ECDSA r and s in [1, n-1] (RFC 7518 s3.4, SEC 1 s4.1.4); EdDSA S < L (RFC 8032 s5.1.7,
/// s5.2.7). Always true for HMAC.
bool signature_in_range(const PreparedKey& key, Alg alg, Bytes signature);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_SIGNATURE_FORM_H_
