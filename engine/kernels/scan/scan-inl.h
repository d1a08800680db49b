// What the variants of scan share. Included by each of them for a copy of its own: everything has
// internal linkage, so that no copy compiled for AVX-512 can be picked by the linker for portable
// code.
//
// One bit for each pair of first and second byte. A byte belongs to the classes in
// kLow[byte & 15] & kHigh[byte >> 4]; with one bit a pair that product is exact, since every set
// here is a product of low and high nibbles. A position is found when one bit is set in the classes
// of all three bytes in a row; pairs that need no third byte have their bit set for every third.

#ifndef JOTMILL_KERNELS_SCAN_SCAN_INL_H_
#define JOTMILL_KERNELS_SCAN_SCAN_INL_H_

#include "kernels/scan/scan.h"

namespace jotmill::kernels {
namespace {

enum : std::uint8_t {
  kEy = 0x01,       // e y [A-D I-L]
  kEwLower = 0x02,  // e w [k-n o]
  kEwRest = 0x04,   // e w [p q r]
  kE3 = 0x08,       // e 3 [0-3]
  kZx = 0x10,       // Z X
  kPercent = 0x20,  // % [2-7]
  kEscape = 0x40,   // \ [u x]
  kEwDigit = 0x80,  // e w [0-3]
};
constexpr std::uint8_t kPairs = kZx | kPercent | kEscape;  // that need no third byte

/// Classes by low and by high nibble, for the first, second and third byte.
struct ScanTables {
  alignas(16) std::uint8_t low[3][16];
  alignas(16) std::uint8_t high[3][16];
};

constexpr void put(ScanTables& tables, int place, std::uint8_t bit, char first, char last) {
  for (int c = first; c <= last; ++c) {
    tables.low[place][c & 15] = static_cast<std::uint8_t>(tables.low[place][c & 15] | bit);
    tables.high[place][c >> 4] = static_cast<std::uint8_t>(tables.high[place][c >> 4] | bit);
  }
}

constexpr ScanTables make_scan_tables() {
  ScanTables tables{};
  put(tables, 0, kEy | kEwLower | kEwRest | kEwDigit | kE3, 'e', 'e');
  put(tables, 0, kZx, 'Z', 'Z');
  put(tables, 0, kPercent, '%', '%');
  put(tables, 0, kEscape, '\\', '\\');
  put(tables, 1, kEy, 'y', 'y');
  put(tables, 1, kEwLower | kEwRest | kEwDigit, 'w', 'w');
  put(tables, 1, kE3, '3', '3');
  put(tables, 1, kZx, 'X', 'X');
  put(tables, 1, kPercent, '2', '7');
  put(tables, 1, kEscape, 'u', 'u');
  put(tables, 1, kEscape, 'x', 'x');
  put(tables, 2, kEy, 'A', 'D');
  put(tables, 2, kEy, 'I', 'L');
  put(tables, 2, kEwLower, 'k', 'o');
  put(tables, 2, kEwRest, 'p', 'r');
  put(tables, 2, kEwDigit, '0', '3');
  put(tables, 2, kE3, '0', '3');
  for (int i = 0; i < 16; ++i) {
    tables.low[2][i] = static_cast<std::uint8_t>(tables.low[2][i] | kPairs);
    tables.high[2][i] = static_cast<std::uint8_t>(tables.high[2][i] | kPairs);
  }
  return tables;
}

constexpr ScanTables kScanTables = make_scan_tables();

constexpr std::uint8_t scan_class(int place, std::uint8_t byte) {
  return static_cast<std::uint8_t>(kScanTables.low[place][byte & 15] &
                                   kScanTables.high[place][byte >> 4]);
}

[[maybe_unused]] constexpr bool is_part_char(std::uint8_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

[[maybe_unused]] inline bool starts_token(const std::uint8_t* at, std::size_t left) {
  if (left < 2) return false;
  const unsigned two = scan_class(0, at[0]) & scan_class(1, at[1]);
  if (two == 0) return false;
  return left == 2 ? (two & kPairs) != 0 : (two & scan_class(2, at[2])) != 0;
}

[[maybe_unused]] inline bool thin_line(const std::uint8_t* at, std::size_t left) {
  return left >= 2 && at[0] == '\n' &&
         (at[1] == '\n' || at[1] == '\r' || at[1] == ' ' || at[1] == '\t');
}

/// The rest of a search, byte by byte: what is shorter than a step of the vectors.
[[maybe_unused]] inline std::size_t scan_rest(const std::uint8_t* data, std::size_t from,
                                              std::size_t len, ScanFor what) {
  std::size_t i = from;
  switch (what) {
    case ScanFor::kTokenStart:
      while (i < len && !starts_token(data + i, len - i)) ++i;
      return i;
    case ScanFor::kPartEnd:
      while (i < len && is_part_char(data[i])) ++i;
      return i;
    case ScanFor::kThinLine:
      while (i < len && !thin_line(data + i, len - i)) ++i;
      return i;
    case ScanFor::kCountLines: {
      std::size_t lines = 0;
      for (; i < len; ++i) lines += data[i] == '\n';
      return lines;
    }
  }
  return len;
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_SCAN_SCAN_INL_H_
