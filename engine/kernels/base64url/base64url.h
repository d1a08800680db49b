#ifndef JOTMILL_KERNELS_BASE64URL_BASE64URL_H_
#define JOTMILL_KERNELS_BASE64URL_BASE64URL_H_

// Strict base64url (RFC 4648 s5; RFC 7515 s2: no padding, no white space, no other alphabet).
//
// This header is seen by the ISA files: it holds no inline function with external linkage, no
// default member initialiser and no library type, since the weak copy that a compiler may emit of
// any of them would carry the file's instructions into portable code.

#include <cstddef>
#include <cstdint>

namespace jotmill::kernels {

/// What is wrong with a segment. When several things are, every variant reports the same one: the
/// first byte outside the alphabet wins; without one a wrong length; without that a non-zero
/// trailing bit.
enum class Base64urlError : std::uint8_t {
  kNone,
  kAlphabet,      ///< a byte outside A-Z a-z 0-9 - _ (RFC 4648 s3.3); '=' is one, see
                  ///< Base64urlResult::position
  kLength,        ///< length mod 4 is 1: the last character holds no whole byte
  kTrailingBits,  ///< the unused low bits of the last character are not zero (RFC 4648 s3.5)
};

struct Base64urlResult {
  std::size_t written;   ///< bytes decoded: len * 3 / 4 rounded down; 0 on error
  std::size_t position;  ///< on error the offset of the offending byte in src (kLength,
                         ///< kTrailingBits: the last); else 0. The caller tells padding apart:
                         ///< kAlphabet with '=' at src[position]
  Base64urlError error;
};

/// Bytes past the result that a decoder may overwrite, with anything, also on error.
enum : std::size_t { kBase64urlSlackBytes = 64 };

/// Decodes src[0, len) to dst. Any len, any alignment; src and dst must not overlap; src may be
/// null when len is 0. Reads nothing outside src[0, len). dst must have room for len * 3 / 4 +
/// kBase64urlSlackBytes bytes; after an error its content is unspecified. Linear time, no
/// allocation. Not constant time: a secret in a key file is decoded once, on this machine, and its
/// timing is nobody's to see.
using Base64urlDecodeFn = Base64urlResult(const char* src, std::size_t len, std::uint8_t* dst);

/// Portable: four tables, 8 characters a step. The twin that every other variant is tested against.
Base64urlDecodeFn base64url_decode_scalar;
/// AVX2: 32 characters to 24 bytes a step.
Base64urlDecodeFn base64url_decode_avx2;
/// AVX-512 F, BW and VBMI: 64 characters to 48 bytes a step; any segment up to 64 characters is one
/// step.
Base64urlDecodeFn base64url_decode_avx512vbmi;

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_BASE64URL_BASE64URL_H_
