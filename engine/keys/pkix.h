#ifndef JOTMILL_KEYS_PKIX_H_
#define JOTMILL_KEYS_PKIX_H_

#include "core/bytes.h"
#include "jotmill/result.h"
#include "keys/curves.h"
#include "keys/key_ring.h"

namespace jotmill {

/// What a piece of DER is, told by the shape of its outermost elements.
enum class DerKind : std::uint8_t {
  kNone,            ///< not one complete DER SEQUENCE, or of no shape below
  kSpki,            ///< SubjectPublicKeyInfo, RFC 5280 s4.1
  kCertificate,     ///< RFC 5280 s4.1
  kPkcs1Public,     ///< RSAPublicKey, RFC 8017 A.1.1
  kPkcs1Private,    ///< RSAPrivateKey, RFC 8017 A.1.2
  kSec1Private,     ///< ECPrivateKey, RFC 5915 s3
  kPkcs8,           ///< OneAsymmetricKey, RFC 5958 s2
  kPkcs8Encrypted,  ///< EncryptedPrivateKeyInfo, RFC 5958 s3
  kDsaPrivate,      ///< six integers, as old tools write DSA keys
};
DerKind recognise_der(Bytes der);
/// Whether `der` is one complete DER SEQUENCE, whatever is in it.
bool is_der_sequence(Bytes der);

/// The key in `der`, by its kind; of a private key the public half. A key that is well-formed but
/// none of ours (X25519, DSA, explicit curve parameters, a point off its curve) comes back refused.
/// Errors: kKeys with a reason (subject empty): malformed, encrypted. A certificate is a container
/// of its key: neither its dates nor its signature are judged.
Result<PreparedKey> parse_der_key(Bytes der, DerKind kind, CurveArithmetic& arithmetic);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_PKIX_H_
