#include "keys/der.h"

namespace jotmill {

std::optional<DerReader::Element> DerReader::next(std::uint8_t tag) const {
  if (rest_.size() < 2 || rest_[0] != tag || (tag & 0x1F) == 0x1F) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = rest_[1];
  if (length >= 0x80) {
    const std::size_t digits = length - 0x80;  // 0: the indefinite form, which DER forbids
    if (digits == 0 || digits > 4 || rest_.size() < 2 + digits || rest_[2] == 0)
      return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < digits; ++i) length = length << 8 | rest_[2 + i];
    if (length < 0x80) return std::nullopt;
    header += digits;
  }
  if (length > rest_.size() - header) return std::nullopt;
  return Element{rest_.first(header + length), rest_.subspan(header, length)};
}

std::optional<Bytes> DerReader::take(std::uint8_t tag) {
  const std::optional<Element> element = next(tag);
  if (!element) return std::nullopt;
  rest_ = rest_.subspan(element->whole.size());
  return element->content;
}

std::optional<Bytes> DerReader::take_whole(std::uint8_t tag) {
  const std::optional<Element> element = next(tag);
  if (!element) return std::nullopt;
  rest_ = rest_.subspan(element->whole.size());
  return element->whole;
}

std::optional<Bytes> der_only(Bytes bytes, std::uint8_t tag) {
  DerReader reader(bytes);
  const std::optional<Bytes> content = reader.take(tag);
  return reader.at_end() ? content : std::nullopt;
}

std::optional<Bytes> der_magnitude(Bytes content) {
  if (content.empty() || content[0] >= 0x80) return std::nullopt;
  if (content[0] != 0) return content;
  if (content.size() > 1 && content[1] < 0x80) return std::nullopt;
  return content.subspan(1);
}

std::optional<Bytes> der_bit_string_bytes(Bytes content) {
  if (content.empty() || content[0] != 0) return std::nullopt;
  return content.subspan(1);
}

std::string oid_text(Bytes content) {
  std::string text;
  std::uint64_t arc = 0;
  for (const std::uint8_t byte : content) {
    arc = (arc & 0x00FFFFFFFFFFFFFF) << 7 | (byte & 0x7F);
    if (byte & 0x80) continue;
    if (text.empty()) {  // the first two arcs share one number: 40 * first + second
      const std::uint64_t first = arc < 80 ? arc / 40 : 2;
      text = std::to_string(first) + "." + std::to_string(arc - 40 * first);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
    if (text.size() > 64) break;
  }
  return text.substr(0, 64);
}

}  // namespace jotmill
