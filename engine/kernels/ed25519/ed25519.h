#ifndef JOTMILL_KERNELS_ED25519_ED25519_H_
#define JOTMILL_KERNELS_ED25519_ED25519_H_

// Ed25519 (RFC 8032 s5.1) in batches, with a table a key: see kernels/ecc/ecc.h. Points are added
// on the short Weierstrass form of the curve, so that the tree is the one of P-256: u =
// (1+y)/(1-y), v = c u/x with c^2 = -486664, X = u + 486662/3.

#include "kernels/ecc/ecc.h"

namespace jotmill::kernels {

enum : std::size_t { kEd25519ScalarBits = 253 };

/// Jobs: signature is R || S; digest is the 64 bytes of SHA-512(R || A || M). Good, as OpenSSL has
/// it: S < l, and S B - h A encodes to the very bytes of R (the equation without cofactor; a
/// non-canonical R never matches). kUseScalar: the sum meets equal points or infinity, as with S =
/// 0. build() takes keys of prime order alone: recoding replaces an even scalar u by l - u.

/// One signature a lane in four 64-bit words: any machine.
extern const EccKernel ed25519_portable;
/// The same with MULX and ADX.
extern const EccKernel ed25519_bmi2;
/// Eight signatures at a time in 52-bit limbs (AVX-512 F and IFMA).
extern const EccKernel ed25519_avx512ifma;

/// The base point, encoded, as EccKernel::build takes it.
extern const std::uint8_t kEd25519BasePoint[32];

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ED25519_ED25519_H_
