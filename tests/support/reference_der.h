#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_DER_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_DER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "support/reference_keys.h"

namespace jotmill::reference {

// One element of DER (X.690 s8.1, s10.1): definite length in its shortest form, a tag of one byte.
struct Element {
  unsigned char tag = 0;
  std::string_view content;
  std::string_view whole;  // with tag and length
};

// The elements that `bytes` are, one behind the other; nothing when they are anything else. What
// stands inside an element is not looked at.
std::optional<std::vector<Element>> read_elements(std::string_view bytes);

// The structures that hold keys. Each reads all of `der`, or nothing when it is malformed; a level
// that it opens is DER to its end, what it does not need stays unopened. A key that is well-formed
// and none of ours (another type, no named curve, no point, parameters that RFC 8410 s3 forbids)
// comes back refused. The key rules are still to be applied.
std::optional<Key> read_spki(std::string_view der);           // RFC 5280 s4.1, RFC 5480, RFC 8410
std::optional<Key> read_certificate(std::string_view der);    // its key, nothing else is judged
std::optional<Key> read_pkcs1_public(std::string_view der);   // RFC 8017 A.1.1
std::optional<Key> read_pkcs1_private(std::string_view der);  // RFC 8017 A.1.2
std::optional<Key> read_sec1_private(std::string_view der);   // RFC 5915 s3
std::optional<Key> read_pkcs8(std::string_view der);          // RFC 5208 s5, RFC 5958 s2
std::optional<Key> read_dsa_private(std::string_view der);    // six integers; refused

// RFC 5958 s3: another algorithm and the encrypted bytes.
bool is_encrypted_pkcs8(std::string_view der);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_DER_H_
