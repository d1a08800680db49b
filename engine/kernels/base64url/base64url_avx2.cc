// 32 characters to 24 bytes. Validity: one bit per class of high nibble, met with the set of
// classes that the low nibble is bad in (two vpshufb and an and). Value: the byte plus an offset
// chosen by its high nibble; '_' shares its nibble with P to Z and gets its own. Packing:
// vpmaddubsw joins 6 and 6 bits to 12, vpmaddwd 12 and 12 to 24, a shuffle puts them in order
// (Wojciech Mula and Daniel Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions",
// 2018; their tables are for the '+/' alphabet, these are for '-_'). The last 4 to 28 characters go
// through vpmaskmovd, which neither reads nor faults beyond the segment; the last 0 to 3 are
// scalar.

#include <immintrin.h>

#include "kernels/base64url/base64url-inl.h"

namespace jotmill::kernels {
namespace {

constexpr std::size_t kStepChars = 32;
constexpr std::size_t kStepBytes = 24;

// Classes of high nibble, one bit each: 2 (only '-'), 3 (digits), 4 and 6 (A-O, a-o), 5 (P-Z, '_'),
// 7 (p-z), the others.
constexpr char kDash = 0x01;
constexpr char kDigit = 0x02;
constexpr char kFirst = 0x04;
constexpr char kUpper = 0x08;
constexpr char kLower = 0x10;
constexpr char kOther = 0x20;
// The sets of classes in which a low nibble is bad.
constexpr char kLow0 = kDash | kFirst | kOther;
constexpr char kLow1To9 = kDash | kOther;
constexpr char kLowA = kDash | kDigit | kOther;
constexpr char kLowBCE = kDash | kDigit | kUpper | kLower | kOther;
constexpr char kLowD = kDigit | kUpper | kLower | kOther;
constexpr char kLowF = kDash | kDigit | kLower | kOther;

/// The 6-bit values of 32 characters; where `bad` is not zero the character is outside the
/// alphabet.
inline __m256i translate(__m256i chars, __m256i* bad) {
  const __m256i class_of_high = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(kOther, kOther, kDash, kDigit, kFirst, kUpper, kFirst, kLower, kOther, kOther,
                    kOther, kOther, kOther, kOther, kOther, kOther));
  const __m256i bad_in = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(kLow0, kLow1To9, kLow1To9, kLow1To9, kLow1To9, kLow1To9, kLow1To9, kLow1To9,
                    kLow1To9, kLow1To9, kLowA, kLowBCE, kLowBCE, kLowD, kLowBCE, kLowF));
  const __m256i offset_of_high = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      0, 0, 62 - '-', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi32(chars, 4), nibble);
  const __m256i low = _mm256_and_si256(chars, nibble);
  *bad =
      _mm256_and_si256(_mm256_shuffle_epi8(class_of_high, high), _mm256_shuffle_epi8(bad_in, low));
  const __m256i is_underscore = _mm256_cmpeq_epi8(chars, _mm256_set1_epi8('_'));
  // From the offset of A-Z to the one that makes '_' 63.
  const __m256i extra = _mm256_and_si256(is_underscore, _mm256_set1_epi8(63 - '_' + 'A'));
  return _mm256_add_epi8(_mm256_add_epi8(chars, extra), _mm256_shuffle_epi8(offset_of_high, high));
}

/// Joins 32 values to 24 bytes and writes them, and 8 bytes more.
inline void pack(__m256i values, std::uint8_t* dst) {
  const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
  const __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  const __m256i big_endian = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  const __m256i lanes = _mm256_shuffle_epi8(quads, big_endian);
  const __m256i together =
      _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst), together);
}

inline bool any(__m256i bad) { return _mm256_testz_si256(bad, bad) == 0; }

// Loaded at offset 8 - n, it has the sign bit set in the first n words.
alignas(64) constexpr std::int32_t kWordMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                                     0,  0,  0,  0,  0,  0,  0,  0};

}  // namespace

Base64urlResult base64url_decode_avx2(const char* src, std::size_t len, std::uint8_t* dst) {
  std::size_t done = 0;
  __m256i bad;
  for (; len - done >= 2 * kStepChars; done += 2 * kStepChars) {
    const auto* chars = reinterpret_cast<const __m256i*>(src + done);
    __m256i bad_second;
    const __m256i first = translate(_mm256_loadu_si256(chars), &bad);
    const __m256i second = translate(_mm256_loadu_si256(chars + 1), &bad_second);
    if (any(_mm256_or_si256(bad, bad_second))) return base64url_bad_byte(src, done);
    pack(first, dst + done / 4 * 3);
    pack(second, dst + done / 4 * 3 + kStepBytes);
  }
  if (len - done >= kStepChars) {
    const __m256i values =
        translate(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(src + done)), &bad);
    if (any(bad)) return base64url_bad_byte(src, done);
    pack(values, dst + done / 4 * 3);
    done += kStepChars;
  }
  const std::size_t words = (len - done) / 4;
  if (words != 0) {
    const __m256i mask =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kWordMasks + 8 - words));
    const __m256i chars = _mm256_maskload_epi32(reinterpret_cast<const int*>(src + done), mask);
    const __m256i values = translate(chars, &bad);
    // Words that were not loaded are NUL, which is no character of the alphabet.
    if (any(_mm256_and_si256(bad, mask))) return base64url_bad_byte(src, done);
    pack(values, dst + done / 4 * 3);
    done += words * 4;
  }
  return base64url_last_group(src, len, done, dst);
}

}  // namespace jotmill::kernels
