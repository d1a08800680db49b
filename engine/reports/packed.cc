#include "reports/packed.h"

#include <array>

namespace jotmill {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoLetter = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of_letters() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoLetter);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    values[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = values_of_letters();

std::uint8_t value_of(char letter) { return kValues[static_cast<unsigned char>(letter)]; }

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned waiting = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (waiting += 8; waiting >= 6; waiting -= 6) text += kLetters[bits >> (waiting - 6) & 63];
  }
  if (waiting > 0) text += kLetters[bits << (6 - waiting) & 63];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned waiting = 0;
  for (const char letter : text) {
    if (value_of(letter) == kNoLetter) return std::nullopt;
    bits = bits << 6 | value_of(letter);
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> waiting));
  }
  if (waiting >= 6 || (bits & ((1u << waiting) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string pack_numbers(std::span<const std::uint64_t> numbers) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(numbers.size());
  for (std::uint64_t number : numbers) {
    for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(number));
  }
  return to_base64(bytes);
}

std::optional<std::vector<std::uint64_t>> unpack_numbers(std::string_view text, std::size_t count) {
  const auto bytes = from_base64(text);
  if (!bytes) return std::nullopt;
  std::vector<std::uint64_t> numbers;
  std::uint64_t number = 0;
  unsigned shift = 0;
  for (const std::uint8_t byte : *bytes) {
    const std::uint64_t part = byte & 0x7F;
    if (shift > 63 || part << shift >> shift != part) return std::nullopt;
    number |= part << shift;
    shift += 7;
    if ((byte & 0x80) != 0) continue;
    if (byte == 0 && shift > 7) return std::nullopt;  // not the shortest form
    numbers.push_back(number);
    number = shift = 0;
    if (numbers.size() > count) return std::nullopt;
  }
  if (shift != 0 || numbers.size() != count) return std::nullopt;
  return numbers;
}

std::string pack_ranks(std::span<const std::uint8_t> ranks) {
  std::string text;
  text.reserve(ranks.size());
  for (const std::uint8_t rank : ranks) text += kLetters[rank & 63];
  return text;
}

std::optional<std::vector<std::uint8_t>> unpack_ranks(std::string_view text, std::size_t count,
                                                      std::uint8_t most) {
  if (text.size() != count) return std::nullopt;
  std::vector<std::uint8_t> ranks;
  ranks.reserve(count);
  for (const char letter : text) {
    if (value_of(letter) > most) return std::nullopt;
    ranks.push_back(value_of(letter));
  }
  return ranks;
}

}  // namespace jotmill
