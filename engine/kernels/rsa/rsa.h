#ifndef JOTMILL_KERNELS_RSA_RSA_H_
#define JOTMILL_KERNELS_RSA_RSA_H_

// The RSA public operation s^65537 mod n (RFC 8017 s5.2.2, RSAVP1) for many signatures at once.
// Lanes are signatures, not limbs: one vector holds the same 52-bit limb of several signatures, and
// any keys of one size may share a group.
//
// This header is seen by the ISA files: it holds no inline function with external linkage, no
// default member initialiser and no library type.

#include <cstddef>
#include <cstdint>

namespace jotmill::kernels {

enum : std::size_t {
  kRsaMaxLimbs = 80,   ///< 52-bit limbs of a 4096-bit number and a little more: 80 * 52 = 4160 bits
  kRsaMaxBytes = 512,  ///< of a modulus, a signature, a block
};

/// A public key made ready, 1,296 bytes. Numbers are 52-bit limbs, lowest first; R = 2^(52 limbs).
struct RsaKey {
  std::uint64_t n[kRsaMaxLimbs];  ///< the modulus; limbs of index `limbs` and above are unspecified
  std::uint64_t c[kRsaMaxLimbs];  ///< R^65537 mod n: makes leaving the Montgomery domain free
  std::uint64_t k0;               ///< -1/n mod 2^52
  std::uint32_t limbs;            ///< 40, 60 or 80 for 2048, 3072 and 4096 bits
  std::uint32_t bytes;            ///< 256, 384 or 512
};

/// Whether these kernels do a key, big-endian n and e without leading zeros: n has exactly 2048,
/// 3072 or 4096 bits and is odd, and e is 65537. Any other is the library's. Does not ask whether n
/// is the product of two primes: the answer for any odd n is right.
bool rsa_is_ours(const std::uint8_t* n, std::size_t n_len, const std::uint8_t* e,
                 std::size_t e_len);

/// Makes a key ready; false unless it is ours. About 0.1 to 0.3 ms: once a key.
bool rsa_prepare(const std::uint8_t* n, std::size_t n_len, const std::uint8_t* e, std::size_t e_len,
                 RsaKey* key);

/// One signature.
struct RsaJob {
  const RsaKey* key;              ///< from rsa_prepare
  const std::uint8_t* signature;  ///< key->bytes bytes, big-endian; s < n (the caller's check;
                                  ///< otherwise the answer is still s^65537 mod n)
  std::uint8_t* block;            ///< key->bytes bytes: s^65537 mod n, big-endian; no overlap
};

/// Fills the blocks of all jobs. Any count; the keys of one call have one size (all of them the
/// `limbs` of the first), and are otherwise free to differ from job to job. Full groups run as wide
/// as the variant is; the rest is filled up with lanes whose result is dropped. Any alignment; no
/// allocation; up to 120 KiB of stack. Signatures and keys are public: the time is no secret.
using RsaPublicFn = void(const RsaJob* jobs, std::size_t count);

/// Plain C++, 8 lanes: the twin that every other variant is tested against. Slower than OpenSSL.
RsaPublicFn rsa_public_portable;
/// AVX2 and FMA: 4 lanes a vector, 52-bit products by the fused multiply-add of doubles.
RsaPublicFn rsa_public_avx2fma;
/// AVX-512 F and IFMA: 8 lanes a vector.
RsaPublicFn rsa_public_avx512ifma;
/// Not an implementation, but the name for "the caller's library does it" among the variants
/// (kernels know no library). Does nothing; whoever chooses it asks the library instead.
RsaPublicFn rsa_public_openssl;

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_RSA_RSA_H_
