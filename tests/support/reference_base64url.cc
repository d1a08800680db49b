#include "support/reference_base64url.h"

#include <cstdint>

namespace jotmill::reference {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Decoded fault(const char* word) { return {false, "", word}; }

}  // namespace

Decoded decode_base64url(std::string_view text, bool allow_padding) {
  std::string_view digits = text;
  while (!digits.empty() && digits.back() == '=') digits.remove_suffix(1);
  const size_t padding = text.size() - digits.size();

  for (const char c : digits) {
    if (kAlphabet.find(c) == std::string_view::npos) return fault("alphabet");
  }
  const size_t over = digits.size() % 4;
  const size_t canonical_padding = over == 2 ? 2 : over == 3 ? 1 : 0;
  if (padding != 0 && (!allow_padding || padding != canonical_padding)) return fault("padding");
  if (over == 1) return fault("length");

  Decoded out{true, "", ""};
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : digits) {
    bits = (bits << 6) | static_cast<uint32_t>(kAlphabet.find(c));
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out.bytes += static_cast<char>((bits >> bit_count) & 0xFF);
    }
  }
  if ((bits & ((1u << bit_count) - 1)) != 0) return fault("trailing_bits");
  return out;
}

}  // namespace jotmill::reference
