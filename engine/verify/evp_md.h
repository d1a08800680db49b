#ifndef JOTMILL_VERIFY_EVP_MD_H_
#define JOTMILL_VERIFY_EVP_MD_H_

#include <openssl/evp.h>

#include "core/alg.h"

namespace jotmill {

/// OpenSSL's name for `hash`; null: the algorithm hashes nothing, or in a way of its own (EdDSA).
inline const EVP_MD* evp_md(Hash hash) {
  switch (hash) {
    case Hash::kSha256: return EVP_sha256();
    case Hash::kSha384: return EVP_sha384();
    case Hash::kSha512: return EVP_sha512();
    case Hash::kNone: break;
  }
  return nullptr;
}

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_EVP_MD_H_
