#ifndef JOTMILL_PIPELINE_KNOWN_ANSWERS_H_
#define JOTMILL_PIPELINE_KNOWN_ANSWERS_H_

// Questions with known answers for the kernels that stand on a library or on another room: those
// that kernels/ cannot ask.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/alg.h"
#include "core/batch.h"
#include "kernels/ecc/ecc.h"
#include "kernels/rsa/rsa.h"
#include "keys/key_ring.h"
#include "verify/openssl_backend.h"

namespace jotmill {

/// A published signature, and OpenSSL made ready for its key: what the variants "openssl" are asked
/// before they are used, and what their rate is measured on.
class OpensslKnown {
 public:
  /// kRS256 (RFC 7515 A.2), kES256 (RFC 6979 A.2.5) or kEdDSA (RFC 8032 s7.1, test 3).
  explicit OpensslKnown(Alg alg);
  OpensslKnown(const OpensslKnown&) = delete;

  SignatureCheck check() { return backend_.check(0, alg_, message_, signature_); }
  /// The same with one bit changed, of the signature or of what is signed.
  SignatureCheck check_altered_signature();
  SignatureCheck check_altered_message();
  /// The published signature is good and the altered ones are bad.
  bool answers_right();

 private:
  Alg alg_;
  std::vector<std::uint8_t> message_, signature_;
  KeyRing ring_;
  OpensslBackend backend_;
};

/// The self-tests of the kernels that have a variant "openssl": that one is asked here, the others
/// by kernels/.
bool rsa_answers_right(kernels::RsaPublicFn* rsa_public);
bool p256_answers_right(const kernels::EccKernel* kernel);
bool ed25519_answers_right(const kernels::EccKernel* kernel);

/// True when headers read with this variant of "headers" come to what they must, the first time and
/// when they are known already, equal ones and such as differ in one byte.
bool headers_answer_right(bool (*memo)());
/// Tokens of these headers and nothing else, as decode leaves them.
TokenBatch batch_of_headers(std::span<const std::string> headers);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_KNOWN_ANSWERS_H_
