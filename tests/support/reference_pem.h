#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_PEM_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_PEM_H_

#include <string>
#include <string_view>
#include <vector>

#include "support/reference_keys.h"

namespace jotmill::reference {

// Keys read from PEM or DER, before the key rules; `fault` says why the whole text is refused.
struct ReadKeys {
  std::vector<Key> keys;
  std::string fault;
};

// Every block of a PEM text (RFC 7468): SPKI, PKCS#1, certificates, private keys for their public
// half; what is no key is passed over. A key that is well-formed and none of ours is read as a
// refused key.
ReadKeys read_pem(std::string_view text);

// True when a PEM block begins in `text`.
bool holds_pem(std::string_view text);

// One DER structure of the kinds above, with nothing behind it.
ReadKeys read_der(std::string_view bytes);

// True when all of `bytes` is one DER structure that read_der would know, of any type of key, or an
// encrypted private key.
bool is_der_key(std::string_view bytes);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_PEM_H_
