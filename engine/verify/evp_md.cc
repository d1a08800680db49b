#include "verify/evp_md.h"

#include <openssl/evp.h>

namespace jotmill {

const EVP_MD* evp_md(Hash hash) {
  switch (hash) {
    case Hash::kSha256: return EVP_sha256();
    case Hash::kSha384: return EVP_sha384();
    case Hash::kSha512: return EVP_sha512();
    case Hash::kNone: break;
  }
  return nullptr;
}

}  // namespace jotmill
