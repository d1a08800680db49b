#include "tools/generate/text.h"

#include <algorithm>
#include <cstdint>

namespace jotmill::tools {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

int base64url_value(char character) {
  if (character >= 'A' && character <= 'Z') return character - 'A';
  if (character >= 'a' && character <= 'z') return character - 'a' + 26;
  if (character >= '0' && character <= '9') return character - '0' + 52;
  if (character == '-') return 62;
  return character == '_' ? 63 : -1;
}

char base64url_character(int value) { return kAlphabet[value & 63]; }

std::string base64url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char character : text) {
    const int value = base64url_value(character);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) out += static_cast<char>(bits >> (held -= 8) & 255);
  }
  const bool clean = held < 6 && (bits & ((1U << held) - 1)) == 0;
  return clean ? std::optional(out) : std::nullopt;
}

std::string json_quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += character;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += character;
    }
  }
  return out += '"';
}

void JsonMembers::set(std::string_view name, std::string value) {
  std::string quoted = json_quote(name);
  for (Member& member : members_) {
    if (member.name == quoted) {
      member.value = std::move(value);
      return;
    }
  }
  members_.push_back({std::move(quoted), std::move(value)});
}

void JsonMembers::remove(std::string_view name) {
  std::erase_if(members_,
                [quoted = json_quote(name)](const Member& m) { return m.name == quoted; });
}

const std::string* JsonMembers::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, json_quote(name), &Member::name);
  return at == members_.end() ? nullptr : &at->value;
}

std::string JsonMembers::text() const {
  std::string out = "{";
  for (const Member& member : members_) {
    if (out.size() > 1) out += ',';
    out += member.name;
    out += ':';
    out += member.value;
  }
  return out += '}';
}

std::size_t JsonMembers::text_size() const {
  std::size_t size = 2 + (members_.empty() ? 0 : members_.size() - 1);
  for (const Member& member : members_) size += member.name.size() + 1 + member.value.size();
  return size;
}

}  // namespace jotmill::tools
