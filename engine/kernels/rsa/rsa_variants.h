#ifndef JOTMILL_KERNELS_RSA_RSA_VARIANTS_H_
#define JOTMILL_KERNELS_RSA_RSA_VARIANTS_H_

// The kernel `rsa`: its variants and the questions that each must answer. Not for ISA files.

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/rsa/rsa.h"
#include "kernels/variant.h"

namespace jotmill::kernels {

/// Best first: "avx512ifma", "avx2fma", "openssl" (the caller's library, see rsa_public_openssl),
/// "portable". The last is slower than OpenSSL and runs only where it is forced.
std::span<const Variant<RsaPublicFn>> rsa_variants();

/// True when `rsa_public` gives the known answers: every size, two keys in turn, two groups of
/// eight lanes and one job left over. About 2 ms. Always true for rsa_public_openssl,
/// which computes nothing: who has the library asks it.
bool rsa_self_test(RsaPublicFn* rsa_public);

/// The questions of the self-test, for those who want to work out the answers themselves: modulus
/// `key` and signature `job` of one size, both of `bytes` bytes.
void rsa_question(std::size_t bytes, std::size_t key, std::uint8_t* n, std::size_t job,
                  std::uint8_t* signature);
inline constexpr std::size_t kRsaQuestions = 17, kRsaQuestionKeys = 2;

/// FNV-1a of the blocks that answer the questions of one size, one behind the other.
std::uint64_t rsa_known_digest(std::size_t bytes);

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_RSA_RSA_VARIANTS_H_
