#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_OPENSSL_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_OPENSSL_H_

#include <string_view>

#include "support/reference_pem.h"

// Keys as OpenSSL reads them: a second witness beside reference_pem. It reads less (no point off
// its curve, no certificate with a damaged name) and more (BER, numbers not in their shortest
// form), so it can say which key a file holds, but not whether the file is sound.
namespace jotmill::reference::openssl {

ReadKeys read_pem(std::string_view text);
ReadKeys read_der(std::string_view bytes);

// True for a DER file of one key, public or private, that OpenSSL reads and would write just so.
bool writes(std::string_view bytes);

}  // namespace jotmill::reference::openssl

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_OPENSSL_H_
