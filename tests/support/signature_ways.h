#ifndef JOTMILL_TESTS_SUPPORT_SIGNATURE_WAYS_H_
#define JOTMILL_TESTS_SUPPORT_SIGNATURE_WAYS_H_

#include <string>
#include <vector>

#include "verify/verify.h"

namespace jotmill::testing {

/// One choice of the kernels that verify HMAC and RSA.
struct SignatureWay {
  std::string name;      ///< "rsa=avx2fma sha256=shani sha512=ipsec-mb-avx2"
  SignatureSetup setup;  ///< rsa_keys is the caller's to set
};

/// The best kernels of cpu_under_test() first; after it as many as it takes for every other RSA and
/// hash variant that can run to be in one of them: the portable RSA kernel always, and IFMA
/// emulated where SIMDe is. The RSA kernel is always one that computes, never "openssl", and gets
/// single signatures too.
std::vector<SignatureWay> signature_ways();

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_SIGNATURE_WAYS_H_
