#ifndef JOTMILL_TESTS_SUPPORT_SIGNATURE_WAYS_H_
#define JOTMILL_TESTS_SUPPORT_SIGNATURE_WAYS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/alg.h"
#include "core/batch.h"
#include "core/bytes.h"
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

/// A signature and the one key that it is asked of.
struct SignatureRow {
  std::uint32_t key;
  Alg alg;
  std::string_view message;
  Bytes signature;
};

/// Makes `batch` these rows, as if they had been through all stages before the signature. A message
/// need be no signing input. Signature i stands kSignatureStride * i bytes into the arena, which
/// tells a kernel under watch which row a job is of.
inline constexpr std::uint32_t kSignatureStride = 640;
void fill(TokenBatch& batch, std::span<const SignatureRow> rows);

/// What `verifier` says of each row of a batch: kAccepted where it lets the row pass,
/// kInternalError where it has forgotten it.
std::vector<Verdict> verify(SignatureVerifier& verifier, TokenBatch& batch, BatchWork& work);

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_SIGNATURE_WAYS_H_
