#ifndef JOTMILL_VERIFY_RSA_ENCODING_H_
#define JOTMILL_VERIFY_RSA_ENCODING_H_

#include "core/alg.h"
#include "core/bytes.h"

namespace jotmill {

/// Whether `block` (s^e mod n, big-endian, as long as the modulus) is the EMSA-PKCS1-v1_5 encoding
/// of `digest` under `hash` (RFC 8017 s8.2.2, s9.2): every byte of the one encoding is compared,
/// with the NULL parameters of the DigestInfo; nothing is parsed. `digest` has the hash's length.
/// For moduli of 2048 bits and more.
bool is_pkcs1_encoding(Hash hash, Bytes digest, Bytes block);

/// Whether `block` is an EMSA-PSS encoding of `digest` (RFC 8017 s8.1.2, s9.1.2): the salt as long
/// as the hash, MGF1 with the same hash (RFC 7518 s3.5). For moduli whose length in bits is a
/// multiple of 8, 2048 and more: the block's highest bit is not part of the encoding and must be 0.
bool is_pss_encoding(Hash hash, Bytes digest, Bytes block);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_RSA_ENCODING_H_
