#ifndef JOTMILL_KERNELS_P256_P256_H_
#define JOTMILL_KERNELS_P256_P256_H_

// ECDSA over P-256 (FIPS 186-5, SP 800-186) in batches, with a table a key: see kernels/ecc/ecc.h.

#include "kernels/ecc/ecc.h"

namespace jotmill::kernels {

enum : std::size_t { kP256ScalarBits = 256 };

/// Jobs: signature is r || s, big-endian; digest is the 32 bytes of the hash. Good: 1 <= r, s < n
/// and the x of (digest/s) G + (r/s) Q is r modulo n. High s is good, as everywhere in ECDSA but
/// Bitcoin. kUseScalar: r so small that r + n could be the x as well, and every signature in which
/// the sum meets equal points: signers do not make them, forgers can.

/// One signature a lane in four 64-bit words: any machine.
extern const EccKernel p256_portable;
/// The same with MULX and ADX.
extern const EccKernel p256_bmi2;
/// Eight signatures at a time in 52-bit limbs (AVX-512 F and IFMA).
extern const EccKernel p256_avx512ifma;

/// The base point, x || y, as EccKernel::build takes it.
extern const std::uint8_t kP256BasePoint[64];

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_P256_P256_H_
