#ifndef JOTMILL_KERNELS_SCAN_SCAN_H_
#define JOTMILL_KERNELS_SCAN_SCAN_H_

// Searches over raw bytes that decide how fast a log without tokens goes by.
//
// This header is seen by the ISA files: it holds no inline function with external linkage, no
// default member initialiser and no library type, since the weak copy that a compiler may emit of
// any of them would carry the file's instructions into portable code.

#include <cstddef>
#include <cstdint>

namespace jotmill::kernels {

/// What to look for.
enum class ScanFor : std::uint8_t {
  /// The first bytes of what may be base64url of a JSON object, or an escape that may hide one. Two
  /// or three bytes, all before `len`:
  ///   e y [A-D I-L]             `{ ` and `{"`
  ///   e w [o-r 0-3 k-n]         `{` LF, `{` CR, `{` HT
  ///   e 3 [0-3]                 `{}`
  ///   Z X                       any of them in base64url once more ("ey", "ew")
  ///   % [2-7]                   a percent escape of an ASCII character
  ///   \ u   \ x                 a backslash escape of any character
  kTokenStart,
  /// The first byte that is no character of base64url (A-Z a-z 0-9 - _).
  kPartEnd,
  /// A line end that may begin a blank line: LF before LF, CR, space or HT.
  kThinLine,
  /// Not a search: the number of LF.
  kCountLines,
};

/// The first position in [from, len) where it is found, else len; for kCountLines the number of LF
/// in [from, len). Any len, any alignment; data may be null when len is 0; from <= len. Reads
/// nothing outside data[from, len). Linear time, no allocation. Not constant time.
using ScanFn = std::size_t(const std::uint8_t* data, std::size_t from, std::size_t len,
                           ScanFor what);

/// Portable, a byte a step. The twin that every other variant is tested against.
ScanFn scan_scalar;
/// AVX2: 32 bytes a step.
ScanFn scan_avx2;
/// AVX-512 F and BW: 64 bytes a step.
ScanFn scan_avx512bw;

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_SCAN_SCAN_H_
