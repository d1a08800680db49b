#ifndef JOTMILL_KERNELS_ECC_ECC_H_
#define JOTMILL_KERNELS_ECC_ECC_H_

// What the P-256 and the Ed25519 kernel have in common: tables of multiples of a public key, and
// batches of signatures that are verified with them. C++ library free: ISA files include this.
//
// Keys are few and tokens many. With a table of the odd multiples (2j+1) 2^(wi) Q of a key, u1 G +
// u2 Q is a sum of table entries and needs no doubling; with affine coordinates an addition is six
// multiplications and a division, and all divisions of a batch share one inversion a level.

#include <cstddef>
#include <cstdint>

namespace jotmill::kernels {

enum : std::uint32_t { kEccLeastWindow = 5, kEccMostWindow = 13 };

/// Signatures that share their inversions. More in one call are worked off in blocks of this many.
enum : std::size_t { kEccBlock = 256 };

/// Windows of `window` bits that cover a scalar of `bits` bits.
constexpr std::size_t ecc_windows(std::size_t bits, std::uint32_t window) {
  return (bits + window - 1) / window;
}

/// Bytes of a table: 2^(window-1) points a window, one line of 64 bytes each. 256 KiB for 8, 1.5
/// MiB for 11, 5 MiB for 13 (P-256).
constexpr std::size_t ecc_table_bytes(std::size_t bits, std::uint32_t window) {
  return (ecc_windows(bits, window) << (window - 1)) * 64;
}

/// One signature. Nothing is trusted but the lengths and the table.
struct EccJob {
  const std::uint8_t* signature;  ///< 64 bytes as in the token: r || s, or R || S
  const std::uint8_t* digest;  ///< P-256: 32 bytes of SHA-256; Ed25519: 64 of SHA-512(R || A || M)
  const std::uint64_t* key_lines;  ///< the key's table, made by the same kernel
};

enum class EccAnswer : std::uint8_t {
  kBad,
  kGood,
  kUseScalar,  ///< a special case that the batch cannot decide: ask the scalar verifier
};

struct EccBatch {
  const EccJob* jobs;
  std::size_t count;                ///< any
  const std::uint64_t* base_lines;  ///< the table of the curve's base point
  std::uint32_t base_window;
  std::uint32_t key_window;  ///< of all tables in `jobs`; the keys may differ
  std::uint8_t* scratch;     ///< 64-byte aligned, kEccScratchBytes
  EccAnswer* answers;        ///< out, one a job
};

/// Working memory of a call, whatever the batch: enough for the smallest windows.
enum : std::size_t { kEccScratchBytes = kEccBlock * 9 * 1024 };

/// A curve's two functions. Variable time: everything here is public.
struct EccKernel {
  /// Fills `lines` (64-byte aligned, ecc_table_bytes) with the table of a public key: P-256: x ||
  /// y, big-endian; Ed25519: its 32 bytes. False, and no table, when it is no point of the curve or
  /// (Ed25519) not one of prime order.
  bool (*build)(const std::uint8_t* key, std::uint32_t window, std::uint64_t* lines);
  /// Answers every job. One signature's answer never depends on another.
  void (*verify)(const EccBatch& batch);
};

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_ECC_H_
