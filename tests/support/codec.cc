#include "support/codec.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace jotmill::codec {
namespace {

using reference::Json;

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  throw std::invalid_argument("not a hex digit");
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 4 / 3 + 3);
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (bit_count += 8; bit_count >= 6;) {
      bit_count -= 6;
      out += kBase64Url[(bits >> bit_count) & 63];
    }
  }
  if (bit_count > 0) out += kBase64Url[(bits << (6 - bit_count)) & 63];
  return out;
}

std::string from_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    const size_t digit = kBase64.find(c);
    if (digit == std::string_view::npos) throw std::invalid_argument("not base64");
    bits = (bits << 6) | static_cast<uint32_t>(digit);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      out += static_cast<char>((bits >> bit_count) & 0xFF);
    }
  }
  return out;
}

std::string from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) throw std::invalid_argument("odd number of hex digits");
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    out += static_cast<char>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1]));
  }
  return out;
}

std::string quoted(std::string_view utf8) {
  std::string out = "\"";
  for (const char c : utf8) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string to_text(const Json& json) {
  std::string out;
  const auto separate = [&out] {
    if (out.size() > 1) out += ',';
  };
  switch (json.kind) {
    case Json::Kind::null: return "null";
    case Json::Kind::boolean: return json.boolean ? "true" : "false";
    case Json::Kind::number: return json.text;
    case Json::Kind::string: return quoted(json.text);
    case Json::Kind::array:
      out = "[";
      for (const Json& item : json.items) {
        separate();
        out += to_text(item);
      }
      out += ']';
      break;
    case Json::Kind::object:
      out = "{";
      for (const auto& [name, member] : json.members) {
        separate();
        out += quoted(name);
        out += ':';
        out += to_text(member);
      }
      out += '}';
      break;
  }
  return out;
}

std::string hmac(const char* hash, std::string_view secret, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> tag{};
  size_t size = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, hash, nullptr, secret.data(), secret.size(),
                reinterpret_cast<const unsigned char*>(message.data()), message.size(), tag.data(),
                tag.size(), &size) == nullptr) {
    throw std::runtime_error("HMAC failed");
  }
  return std::string(reinterpret_cast<const char*>(tag.data()), size);
}

}  // namespace jotmill::codec
