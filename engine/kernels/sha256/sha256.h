#ifndef JOTMILL_KERNELS_SHA256_SHA256_H_
#define JOTMILL_KERNELS_SHA256_SHA256_H_

// The compression of SHA-256 (FIPS 180-4 s6.2.2) over whole blocks of many messages. Padding is the
// caller's part. Seen by ISA files: no library type, no inline function.

#include <cstddef>
#include <cstdint>

namespace jotmill::kernels {

enum : std::size_t { kSha256BlockBytes = 64 };

/// One message, or a piece of one: whole blocks where it stands, then what is elsewhere, as its
/// padded end is. No overlap with a state; any alignment.
struct Sha256Job {
  std::uint32_t* state;      ///< eight words, in and out
  const std::uint8_t* data;  ///< blocks * 64 bytes
  std::size_t blocks;        ///< may be 0
  const std::uint8_t* end;   ///< end_blocks * 64 bytes
  std::size_t end_blocks;    ///< may be 0; with both 0 the state stays as it is
};

/// Compresses the blocks of every job into its state. Any count; the states of different jobs are
/// different places. Neighbours share lanes, so jobs of one length should stand together. Neither
/// time nor memory accesses depend on what the bytes are.
using Sha256BlocksFn = void(const Sha256Job* jobs, std::size_t count);

/// Plain C++, one message after the other: the twin that the others are tested against.
Sha256BlocksFn sha256_blocks_scalar;
/// SHA-NI, two messages at a time: one alone waits for its own rounds half of the time.
Sha256BlocksFn sha256_blocks_shani;
/// AVX-512 F and BW, sixteen messages at a time; a few that are left over by SHA-NI.
Sha256BlocksFn sha256_blocks_avx512;

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_SHA256_SHA256_H_
