// 32 bytes a step. The classes of a byte are two vpshufb and an and (as in base64url_avx2.cc); the
// second and third byte of each position come from loads one and two bytes further on, which the
// load ports give for nothing. Two steps share one branch.

#include <immintrin.h>

#include "kernels/scan/scan-inl.h"

namespace jotmill::kernels {
namespace {

constexpr std::size_t kStep = 32;

inline __m256i load(const std::uint8_t* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}
inline __m256i table(const std::uint8_t* sixteen) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(sixteen)));
}

/// vpshufb looks up with the low nibble where bit 7 is clear and gives 0 where it is set: no byte
/// above ASCII has a class but the third one, whose table is asked by nibbles alone.
inline __m256i classes(int place, __m256i bytes) {
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
  const __m256i low = _mm256_and_si256(bytes, nibble);
  return _mm256_and_si256(_mm256_shuffle_epi8(table(kScanTables.low[place]), low),
                          _mm256_shuffle_epi8(table(kScanTables.high[place]), high));
}

/// Bit i: position i is NOT found.
inline std::uint32_t no_token_start(const std::uint8_t* at) {
  const __m256i found = _mm256_and_si256(
      _mm256_and_si256(classes(0, load(at)), classes(1, load(at + 1))), classes(2, load(at + 2)));
  return static_cast<std::uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256())));
}

inline __m256i in_range(__m256i bytes, char first, char last) {
  // Signed compares: bytes above ASCII are negative and in no range.
  return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(static_cast<char>(first - 1))),
                          _mm256_cmpgt_epi8(_mm256_set1_epi8(static_cast<char>(last + 1)), bytes));
}

/// Bit i: byte i is a character of base64url.
inline std::uint32_t part_chars(const std::uint8_t* at) {
  const __m256i bytes = load(at);
  // Bit 5 makes letters lower case; '_' stays out of a-z (0x7F) and so does '@' (0x60).
  const __m256i letters = in_range(_mm256_or_si256(bytes, _mm256_set1_epi8(0x20)), 'a', 'z');
  const __m256i others = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('-')),
                                         _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('_')));
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(
      _mm256_or_si256(_mm256_or_si256(letters, in_range(bytes, '0', '9')), others)));
}

/// At the low nibble of each of the bytes that may begin a blank line, that byte; elsewhere one
/// that no byte looks up: vpshufb gives 0 where bit 7 is set.
alignas(16) constexpr std::uint8_t kBlankByNibble[16] = {
    ' ', 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, '\t', '\n', 0x80, 0x80, '\r', 0x80, 0x80};

/// No branch on whether there is a line end at all: in a log there is one in every few steps.
inline std::uint32_t thin_lines(const std::uint8_t* at) {
  const __m256i next = load(at + 1);
  const __m256i ends = _mm256_cmpeq_epi8(load(at), _mm256_set1_epi8('\n'));
  const __m256i blank = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table(kBlankByNibble), next), next);
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_and_si256(ends, blank)));
}

inline std::size_t first_bit(std::uint32_t bits) {
  return static_cast<std::size_t>(__builtin_ctz(bits));
}

inline std::size_t count_lines(const std::uint8_t* data, std::size_t from, std::size_t len) {
  const __m256i lf = _mm256_set1_epi8('\n');
  std::size_t i = from, lines = 0;
  while (len - i >= kStep) {
    // A byte counts to 255 before it has to be added up.
    __m256i counts = _mm256_setzero_si256();
    for (int steps = 0; steps < 255 && len - i >= kStep; ++steps, i += kStep)
      counts = _mm256_sub_epi8(counts, _mm256_cmpeq_epi8(load(data + i), lf));
    alignas(32) std::uint64_t sums[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(sums),
                       _mm256_sad_epu8(counts, _mm256_setzero_si256()));
    lines += sums[0] + sums[1] + sums[2] + sums[3];
  }
  return lines + scan_rest(data, i, len, ScanFor::kCountLines);
}

}  // namespace

std::size_t scan_avx2(const std::uint8_t* data, std::size_t from, std::size_t len, ScanFor what) {
  std::size_t i = from;
  switch (what) {
    case ScanFor::kTokenStart:
      for (; len - i >= 2 * kStep + 2; i += 2 * kStep) {
        const std::uint64_t none =
            no_token_start(data + i) | std::uint64_t{no_token_start(data + i + kStep)} << kStep;
        if (~none != 0) return i + static_cast<std::size_t>(__builtin_ctzll(~none));
      }
      for (; len - i >= kStep + 2; i += kStep) {
        const std::uint32_t none = no_token_start(data + i);
        if (~none != 0) return i + first_bit(~none);
      }
      break;
    case ScanFor::kPartEnd:
      for (; len - i >= kStep; i += kStep) {
        const std::uint32_t others = ~part_chars(data + i);
        if (others != 0) return i + first_bit(others);
      }
      break;
    case ScanFor::kThinLine:
      for (; len - i >= 2 * kStep + 1; i += 2 * kStep) {
        const std::uint64_t thin =
            thin_lines(data + i) | std::uint64_t{thin_lines(data + i + kStep)} << kStep;
        if (thin != 0) return i + static_cast<std::size_t>(__builtin_ctzll(thin));
      }
      for (; len - i >= kStep + 1; i += kStep) {
        const std::uint32_t thin = thin_lines(data + i);
        if (thin != 0) return i + first_bit(thin);
      }
      break;
    case ScanFor::kCountLines: return count_lines(data, from, len);
  }
  return scan_rest(data, i, len, what);
}

}  // namespace jotmill::kernels
