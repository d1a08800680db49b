#ifndef JOTMILL_VERIFY_HASH_IPSEC_MB_H_
#define JOTMILL_VERIFY_HASH_IPSEC_MB_H_

#include <memory>
#include <string>

#include "verify/hash_many.h"

namespace jotmill {

/// Intel IPsec-MB's multi-buffer hashes: 16 (SHA-256) and 8 (SHA-512) lanes of AVX-512; 2 lanes of
/// SHA-NI; 8 and 4 lanes of AVX2. Only in builds with JOTMILL_HAVE_IPSEC_MB. Null when the library
/// says that it cannot do it on this CPU.
std::string ipsec_mb_version();
std::unique_ptr<HashEngine> make_ipsec_mb_avx512();
std::unique_ptr<HashEngine> make_ipsec_mb_shani();
std::unique_ptr<HashEngine> make_ipsec_mb_avx2();

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_HASH_IPSEC_MB_H_
