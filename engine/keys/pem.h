#ifndef JOTMILL_KEYS_PEM_H_
#define JOTMILL_KEYS_PEM_H_

#include <string_view>

#include "keys/curves.h"
#include "keys/key_file.h"

namespace jotmill {

/// Whether a PEM block begins anywhere in `text` (RFC 7468 s3).
bool holds_pem(std::string_view text);

/// All keys of a PEM file, in order: PUBLIC KEY, RSA PUBLIC KEY, CERTIFICATE, and the public halves
/// of PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY. Text between blocks is ignored (RFC 7468 s2),
/// so are blocks that are no keys (EC PARAMETERS in silence, others with a warning). Errors (kKeys,
/// subject empty) refuse the file whole: an encrypted key, a malformed block, a kind of key that
/// cannot be read. Nobody is ever asked for a passphrase. Linear time.
Result<KeyFile> parse_pem(std::string_view text, CurveArithmetic& arithmetic);

/// The one key of a DER file; errors as for PEM.
Result<KeyFile> parse_der(Bytes der, CurveArithmetic& arithmetic);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_PEM_H_
