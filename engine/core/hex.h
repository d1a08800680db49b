#ifndef JOTMILL_CORE_HEX_H_
#define JOTMILL_CORE_HEX_H_

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

inline std::string hex(Bytes bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

}  // namespace jotmill

#endif  // JOTMILL_CORE_HEX_H_
