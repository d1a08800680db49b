#ifndef JOTMILL_CORE_HEX_H_
#define JOTMILL_CORE_HEX_H_

#include <cstdint>
#include <string>

#include "core/bytes.h"

namespace jotmill {

/// Two lower-case digits a byte.
inline void append_hex(std::string& out, Bytes bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xF];
  }
}

/// The `digits` upper ones of the sixteen of a number.
inline void append_upper_digits(std::string& out, std::uint64_t value, unsigned digits) {
  for (unsigned i = 0; i < digits; ++i) out += "0123456789abcdef"[value >> (60 - 4 * i) & 0xF];
}

inline std::string hex(Bytes bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

}  // namespace jotmill

#endif  // JOTMILL_CORE_HEX_H_
