#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_CLAIMS_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_CLAIMS_H_

#include <string_view>

#include "support/reference_header.h"

namespace jotmill::reference {

// Sections F and G: the decoded payload of a token whose signature is good (RFC 7519 s4.1, s7.2).
// Of several faulty claims the detail names the first in the order iss, sub, aud, exp, nbf, iat,
// jti.
Finding check_payload(std::string_view bytes, const Header& header, const Policy& policy);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_CLAIMS_H_
