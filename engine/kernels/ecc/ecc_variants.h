#ifndef JOTMILL_KERNELS_ECC_ECC_VARIANTS_H_
#define JOTMILL_KERNELS_ECC_ECC_VARIANTS_H_

// The kernels `p256` and `ed25519`: their variants and the questions that each must answer. Not for
// ISA files.

#include <span>

#include "kernels/ecc/ecc.h"
#include "kernels/variant.h"

namespace jotmill::kernels {

/// Best first; the last is "openssl": no implementation, but the name for "the caller's library
/// does it" (kernels know no library). It builds no table, so that nothing comes to it.
std::span<const Variant<const EccKernel>> p256_variants();
std::span<const Variant<const EccKernel>> ed25519_variants();
extern const EccKernel ecc_openssl;

/// A published signature (RFC 6979 A.2.5, RFC 8032 s7.1 test 3), all as EccKernel takes it.
struct EccKnownSignature {
  const std::uint8_t *key, *signature, *digest, *base_point;
  std::size_t scalar_bits;
};
const EccKnownSignature& p256_known();
const EccKnownSignature& ed25519_known();  ///< its message is the two bytes AF 82

/// True when the kernel builds a table for a published key and tells its signature from altered
/// ones, in two groups of eight lanes and a rest. About half a millisecond. Always true for
/// ecc_openssl.
bool p256_self_test(const EccKernel* kernel);
bool ed25519_self_test(const EccKernel* kernel);

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_ECC_VARIANTS_H_
