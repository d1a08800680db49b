#include "input/header_peek.h"

#include "core/alg.h"
#include "core/bytes.h"
#include "core/header_hash.h"
#include "core/json.h"

namespace jotmill {
namespace {

using json::Event;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xFF);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = make_values();

constexpr std::uint16_t chars_of(std::size_t bytes) {
  return static_cast<std::uint16_t>((bytes * 4 + 2) / 3);
}

/// The shortest signature that the algorithm can have.
std::uint16_t least_chars(Alg alg) {
  constexpr std::size_t kLeastRsaBytes = 256;
  switch (alg) {
    case Alg::kHS256: return chars_of(32);
    case Alg::kHS384: return chars_of(48);
    case Alg::kHS512: return chars_of(64);
    case Alg::kES256:
    case Alg::kES256K:
    case Alg::kEdDSA:
    case Alg::kEd25519: return chars_of(64);
    case Alg::kES384: return chars_of(96);
    case Alg::kES512: return chars_of(132);
    case Alg::kEd448: return chars_of(114);
    case Alg::kNone: return 0;
    default: return chars_of(kLeastRsaBytes);
  }
}

HeaderPeek read_header(std::string_view text, std::string& name) {
  json::Reader reader(text, json::kMostLevels);
  if (reader.next() != Event::kBeginObject) return {};
  HeaderPeek answer;
  for (;;) {
    Event event = reader.next();
    if (event == Event::kEndObject) break;
    if (event != Event::kName) return {};
    name.assign(reader.raw());
    if (reader.has_escapes()) name.resize(json::unescape(reader.raw(), name.data()));
    event = reader.next();
    if (event == Event::kError) return {};
    if (event == Event::kString && name == "alg") {
      answer.alg = true;
      name.assign(reader.raw());
      if (reader.has_escapes()) name.resize(json::unescape(reader.raw(), name.data()));
      answer.least_signature_chars = least_chars(alg_from_name(name).value_or(Alg::kNone));
    } else if (event == Event::kString && name == "enc") {
      answer.enc = true;
    } else if (event == Event::kBeginObject || event == Event::kBeginArray) {
      if (!reader.skip()) return {};
    }
  }
  return reader.next() == Event::kEnd ? answer : HeaderPeek{};
}

/// Puts other escapes in the place of those that are half a surrogate pair: they make a token's
/// verdict header_not_json, and hide no token. False: there was none.
bool replace_lone_surrogates(std::string& json) {
  bool any = false;
  const auto unit_at = [&](std::size_t at) {
    if (json.compare(at, 2, "\\u") != 0 || json.size() < at + 6) return -1;
    int unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
      const int digit = hex_value(json[i]);
      if (digit < 0) return -1;
      unit = unit << 4 | digit;
    }
    return unit;
  };
  for (std::size_t at = json.find('\\'); at != std::string::npos; at = json.find('\\', at)) {
    const int unit = unit_at(at);
    if (unit < 0xD800 || unit > 0xDFFF) {
      at += 2;  // the two bytes of an escape: a backslash that is escaped begins none
    } else if (const int next = unit_at(at + 6);
               unit < 0xDC00 && next >= 0xDC00 && next <= 0xDFFF) {
      at += 12;
    } else {
      json.replace(at + 2, 4, "FFFD");
      any = true;
    }
  }
  return any;
}

}  // namespace

bool decode_leniently(std::string_view part, std::string& out) {
  while (!part.empty() && part.back() == '=') part.remove_suffix(1);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : part) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == 0xFF) return false;
    bits = (bits << 6 | value) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held);
  }
  return true;
}

HeaderPeek HeaderPeeker::peek(std::string_view part) {
  if (part.size() < 4) return {};
  static_assert(kRemembered == 256, "eight bits");
  const bool kept = part.size() <= kLongestRemembered;
  Remembered& place = remembered_[kept ? header_hash(part) >> 56 : 0];
  if (place.part == part) return place.answer;
  json_.clear();
  HeaderPeek answer;
  if (decode_leniently(part, json_)) {
    answer = read_header(json_, name_);
    if (!answer.token() && replace_lone_surrogates(json_)) answer = read_header(json_, name_);
  }
  if (kept) {
    place.part.assign(part);
    place.answer = answer;
  }
  return answer;
}

}  // namespace jotmill
