// What the variants of base64url share. Included by each of them for a copy of its own: everything
// has internal linkage, so that no copy compiled for AVX-512 can be picked by the linker for
// portable code.

#ifndef JOTMILL_KERNELS_BASE64URL_BASE64URL_INL_H_
#define JOTMILL_KERNELS_BASE64URL_BASE64URL_INL_H_

#include "kernels/base64url/base64url.h"

namespace jotmill::kernels {
namespace {

constexpr std::uint8_t kNotInAlphabet = 0x80;

/// The 6-bit value of a byte (RFC 4648 table 2), or kNotInAlphabet.
struct Base64urlValues {
  alignas(64) std::uint8_t of[256];
};

constexpr Base64urlValues make_base64url_values() {
  Base64urlValues values{};
  for (int c = 0; c < 256; ++c) {
    int value = kNotInAlphabet;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '-') value = 62;
    if (c == '_') value = 63;
    values.of[c] = static_cast<std::uint8_t>(value);
  }
  return values;
}

constexpr Base64urlValues kBase64urlValues = make_base64url_values();

inline std::uint8_t base64url_value(char c) {
  return kBase64urlValues.of[static_cast<unsigned char>(c)];
}

/// The result of a segment known to hold a bad byte at or after src[from].
[[maybe_unused]] inline Base64urlResult base64url_bad_byte(const char* src, std::size_t from) {
  while (base64url_value(src[from]) != kNotInAlphabet) ++from;
  return {0, from, Base64urlError::kAlphabet};
}

/// The verdict on a segment of `len` alphabet characters: its length, then its trailing bits. The
/// bytes themselves are written by the caller.
[[maybe_unused]] inline Base64urlResult base64url_finish(const char* src, std::size_t len) {
  const std::size_t tail = len % 4;
  if (tail == 0) return {len / 4 * 3, 0, Base64urlError::kNone};
  if (tail == 1) return {0, len - 1, Base64urlError::kLength};
  // Two characters carry 12 bits for one byte, three carry 18 for two: 4 or 2 bits are left over.
  const unsigned unused_bits = tail == 2 ? 0x0F : 0x03;
  if (base64url_value(src[len - 1]) & unused_bits)
    return {0, len - 1, Base64urlError::kTrailingBits};
  return {len / 4 * 3 + tail - 1, 0, Base64urlError::kNone};
}

/// Ends a segment whose whole groups of four are decoded: src[done, len) holds 0 to 3 characters,
/// dst[done / 4 * 3] is free.
[[maybe_unused]] inline Base64urlResult base64url_last_group(const char* src, std::size_t len,
                                                             std::size_t done, std::uint8_t* dst) {
  std::uint32_t bits = 0;
  for (std::size_t i = done; i < len; ++i) {
    const std::uint32_t value = base64url_value(src[i]);
    if (value == kNotInAlphabet) return {0, i, Base64urlError::kAlphabet};
    bits |= value << (18 - 6 * (i - done));
  }
  // With nothing left these two bytes fall into the slack.
  std::uint8_t* out = dst + done / 4 * 3;
  out[0] = static_cast<std::uint8_t>(bits >> 16);
  out[1] = static_cast<std::uint8_t>(bits >> 8);
  return base64url_finish(src, len);
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_BASE64URL_BASE64URL_INL_H_
