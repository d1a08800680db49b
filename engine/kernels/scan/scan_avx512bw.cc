// 64 bytes a step; the classes as in scan_avx2.cc, compares straight into masks. The last bytes are
// one more step under a mask, which neither reads nor faults beyond them: lanes that are not loaded
// are NUL, which is in no class of a first or second byte.

#include <immintrin.h>

#include "kernels/scan/scan-inl.h"

namespace jotmill::kernels {
namespace {

constexpr std::size_t kStep = 64;

/// The tables of scan-inl.h once for each 16 bytes of a register.
struct WideTables {
  alignas(64) std::uint8_t low[3][64];
  alignas(64) std::uint8_t high[3][64];
};

constexpr WideTables make_wide_tables() {
  WideTables wide{};
  for (int place = 0; place < 3; ++place) {
    for (int i = 0; i < 64; ++i) {
      wide.low[place][i] = kScanTables.low[place][i % 16];
      wide.high[place][i] = kScanTables.high[place][i % 16];
    }
  }
  return wide;
}

constexpr WideTables kWide = make_wide_tables();

inline __m512i classes(int place, __m512i bytes) {
  const __m512i nibble = _mm512_set1_epi8(0x0F);
  const __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble);
  const __m512i low = _mm512_and_si512(bytes, nibble);
  return _mm512_and_si512(_mm512_shuffle_epi8(_mm512_loadu_si512(kWide.low[place]), low),
                          _mm512_shuffle_epi8(_mm512_loadu_si512(kWide.high[place]), high));
}

/// Lanes that lie before the end, of 64 from `i` on.
inline __mmask64 before(std::size_t i, std::size_t len) {
  if (i >= len) return 0;
  return len - i >= kStep ? ~__mmask64{0} : (__mmask64{1} << (len - i)) - 1;
}
inline __m512i load(const std::uint8_t* data, std::size_t i, std::size_t len) {
  return _mm512_maskz_loadu_epi8(before(i, len), data + i);
}

inline __mmask64 token_starts(const std::uint8_t* data, std::size_t i, std::size_t len) {
  const __m512i two =
      _mm512_and_si512(classes(0, load(data, i, len)), classes(1, load(data, i + 1, len)));
  const __m512i third = classes(2, load(data, i + 2, len));
  return _mm512_test_epi8_mask(two, third);
}

inline __mmask64 in_range(__m512i bytes, char first, char last) {
  return _mm512_cmpge_epi8_mask(bytes, _mm512_set1_epi8(first)) &
         _mm512_cmple_epi8_mask(bytes, _mm512_set1_epi8(last));
}
inline __mmask64 equal(__m512i bytes, char c) {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
}

inline __mmask64 part_ends(const std::uint8_t* data, std::size_t i, std::size_t len) {
  const __m512i bytes = load(data, i, len);
  const __mmask64 part = in_range(_mm512_or_si512(bytes, _mm512_set1_epi8(0x20)), 'a', 'z') |
                         in_range(bytes, '0', '9') | equal(bytes, '-') | equal(bytes, '_');
  return ~part & before(i, len);
}

inline __mmask64 thin_lines(const std::uint8_t* data, std::size_t i, std::size_t len) {
  const __mmask64 ends = equal(load(data, i, len), '\n');
  if (ends == 0) return 0;
  const __m512i next = load(data, i + 1, len);
  return ends & (equal(next, '\n') | equal(next, '\r') | equal(next, ' ') | equal(next, '\t'));
}

}  // namespace

std::size_t scan_avx512bw(const std::uint8_t* data, std::size_t from, std::size_t len,
                          ScanFor what) {
  std::size_t lines = 0;
  for (std::size_t i = from; i < len; i += kStep) {
    __mmask64 found = 0;
    switch (what) {
      case ScanFor::kTokenStart: found = token_starts(data, i, len); break;
      case ScanFor::kPartEnd: found = part_ends(data, i, len); break;
      case ScanFor::kThinLine: found = thin_lines(data, i, len); break;
      case ScanFor::kCountLines:
        lines += static_cast<std::size_t>(__builtin_popcountll(equal(load(data, i, len), '\n')));
        continue;
    }
    if (found != 0) return i + static_cast<std::size_t>(__builtin_ctzll(found));
  }
  return what == ScanFor::kCountLines ? lines : len;
}

}  // namespace jotmill::kernels
