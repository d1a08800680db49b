#ifndef JOTMILL_VERIFY_EVP_MD_H_
#define JOTMILL_VERIFY_EVP_MD_H_

#include "core/alg.h"

struct evp_md_st;  // OpenSSL's EVP_MD

namespace jotmill {

/// OpenSSL's object for `hash`; null: the algorithm hashes nothing, or in a way of its own (EdDSA).
const evp_md_st* evp_md(Hash hash);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_EVP_MD_H_
