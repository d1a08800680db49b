#include "keys/base64.h"

#include "kernels/base64url/base64url.h"

namespace jotmill {

std::string_view decode_base64url(std::string_view text, SecretBytes& out) {
  using kernels::Base64urlError;
  out.resize(text.size() / 4 * 3 + 3 + kernels::kBase64urlSlackBytes);
  // The scalar variant: a few megabytes in the life of a run, and no choice of kernels to wait for.
  const kernels::Base64urlResult result =
      kernels::base64url_decode_scalar(text.data(), text.size(), out.data());
  out.resize(result.error == Base64urlError::kNone ? result.written : 0);
  switch (result.error) {
    case Base64urlError::kNone: break;
    case Base64urlError::kAlphabet: return text[result.position] == '=' ? "padding" : "alphabet";
    case Base64urlError::kLength: return "length";
    case Base64urlError::kTrailingBits: return "trailing_bits";
  }
  return {};
}

std::optional<SecretBytes> decode_base64_lax(std::string_view text) {
  SecretVector<char> url;
  url.reserve(text.size());
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
    } else if (padding != 0 || c == '-' || c == '_') {
      return std::nullopt;
    } else {
      url.push_back(c == '+' ? '-' : c == '/' ? '_' : c);
    }
  }
  if (padding != (4 - url.size() % 4) % 4) return std::nullopt;
  SecretBytes bytes;
  if (!decode_base64url({url.data(), url.size()}, bytes).empty()) return std::nullopt;
  return bytes;
}

std::string encode_base64url(Bytes bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 0x3F];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 0x3F];
  return text;
}

}  // namespace jotmill
