// 64 characters to 48 bytes. vpermi2b looks all 64 up in a table of 128 values at once: a bad
// character has bit 7 set in the table, a byte above 0x7F has it set itself, so one or and one
// vpmovb2m find every bad byte. Packing as in the AVX2 variant, with one vpermb at the end
// (Wojciech Mula and Daniel Lemire, "Base64 encoding and decoding at almost the speed of a memory
// copy", 2020). The rest of a segment is one more step under a mask, which neither reads nor faults
// beyond it.

#include <immintrin.h>

#include "kernels/base64url/base64url-inl.h"

namespace jotmill::kernels {
namespace {

constexpr std::size_t kStepChars = 64;
constexpr std::size_t kStepBytes = 48;

/// For vpermb: the low three bytes of each 32-bit group, highest first. The last 16 places fall
/// into the slack.
struct PackOrder {
  alignas(64) std::uint8_t of[64];
};

constexpr PackOrder make_pack_order() {
  PackOrder order{};
  for (std::size_t i = 0; i < kStepBytes; ++i) {
    order.of[i] = static_cast<std::uint8_t>(i / 3 * 4 + 2 - i % 3);
  }
  return order;
}

constexpr PackOrder kPackOrder = make_pack_order();

/// Decodes the characters in `active` lanes and writes 64 bytes, 48 of them meant. Returns the
/// lanes that hold a bad character.
inline __mmask64 step(const char* src, __mmask64 active, std::uint8_t* dst) {
  const __m512i low_table = _mm512_loadu_si512(kBase64urlValues.of);
  const __m512i high_table = _mm512_loadu_si512(kBase64urlValues.of + 64);
  const __m512i chars = _mm512_maskz_loadu_epi8(active, src);
  // Lanes that are not active become 0 in both operands of the or: good, and without bits.
  const __m512i values = _mm512_maskz_permutex2var_epi8(active, low_table, chars, high_table);
  const __mmask64 bad = _mm512_movepi8_mask(_mm512_or_si512(values, chars));
  const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));
  const __m512i quads = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
  // Under a mask because g++ 12 takes the plain form's undefined operand for a mistake of ours
  // (-Wmaybe-uninitialized).
  const __m512i packed = _mm512_maskz_permutexvar_epi8((__mmask64{1} << kStepBytes) - 1,
                                                       _mm512_loadu_si512(kPackOrder.of), quads);
  _mm512_storeu_si512(dst, packed);
  return bad;
}

inline Base64urlResult bad_byte(std::size_t step_start, __mmask64 bad) {
  return {0, step_start + static_cast<std::size_t>(__builtin_ctzll(bad)),
          Base64urlError::kAlphabet};
}

}  // namespace

Base64urlResult base64url_decode_avx512vbmi(const char* src, std::size_t len, std::uint8_t* dst) {
  std::size_t done = 0;
  for (; len - done >= kStepChars; done += kStepChars) {
    const __mmask64 bad = step(src + done, ~__mmask64{0}, dst + done / 4 * 3);
    if (bad != 0) return bad_byte(done, bad);
  }
  if (done != len) {
    const __mmask64 active = (__mmask64{1} << (len - done)) - 1;
    const __mmask64 bad = step(src + done, active, dst + done / 4 * 3);
    if (bad != 0) return bad_byte(done, bad);
  }
  return base64url_finish(src, len);
}

}  // namespace jotmill::kernels
