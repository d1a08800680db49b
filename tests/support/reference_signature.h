#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_SIGNATURE_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_SIGNATURE_H_

#include <string>
#include <string_view>

#include "support/reference_keys.h"

namespace jotmill::reference {

// One signature over any bytes with a sound key, one OpenSSL call with nothing kept from the last:
// accepted, signature_length, signature_out_of_range, signature_mismatch (RFC 7518 s3.2-s3.5, RFC
// 8017, RFC 8032), or key_type_mismatch when the key cannot serve the algorithm, or internal_error
// when the library failed.
std::string verify_signature(std::string_view alg, const Key& key, std::string_view signing_input,
                             std::string_view signature);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_SIGNATURE_H_
