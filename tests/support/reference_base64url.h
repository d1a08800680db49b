#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_BASE64URL_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_BASE64URL_H_

#include <string>
#include <string_view>

namespace jotmill::reference {

struct Decoded {
  bool ok = false;
  std::string bytes;
  std::string fault;  // when not ok: alphabet, padding, length or trailing_bits
};

// Strict base64url (RFC 7515 s2, RFC 4648 s3.3, s3.5, s5): no white space, no other alphabet, zero
// trailing bits. Padding is a fault unless `allow_padding`, and then it may only be the padding RFC
// 4648 would write, or none. Faults are looked for in the order alphabet, padding, length,
// trailing_bits; a '=' that is followed by anything but
// '=' is an alphabet fault. Empty text decodes to empty bytes.
Decoded decode_base64url(std::string_view text, bool allow_padding);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_BASE64URL_H_
