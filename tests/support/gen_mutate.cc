#include "support/gen_mutate.h"

#include <algorithm>
#include <vector>

#include "support/codec.h"

namespace jotmill::gen {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// All of a literal, NUL in the middle too.
template <size_t N>
constexpr std::string_view with_nul(const char (&literal)[N]) {
  return {literal, N - 1};
}

constexpr std::string_view kOddBytes =
    with_nul("AQ09-_+/=.,:;\"'{}[]() \t\r\n%~\0\x7F\x80\xFF\xC3\x01");
constexpr std::string_view kJsonBytes = with_nul("{}[]\",:\\/ \t\n0123456789eE+-.tfnu'\0\x1F\x7F");

char& any_char(Random& random, std::string& text) { return text[random.below(text.size())]; }

// Length of one side of a signature that is two numbers, or 0.
size_t half_of(const Base& base, const std::string& signature) {
  const bool in_halves = base.alg.starts_with("E");
  return in_halves && signature.size() % 2 == 0 ? signature.size() / 2 : 0;
}

// The sum of two numbers of equal length, or nothing when it does not fit.
std::optional<std::string> sum(std::string a, const std::string& b, bool little_endian) {
  unsigned carry = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t at = little_endian ? i : a.size() - 1 - i;
    carry += static_cast<unsigned>(static_cast<unsigned char>(a[at])) +
             static_cast<unsigned char>(b[at]);
    a[at] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  if (carry != 0) return std::nullopt;
  return a;
}

std::string one(size_t size, bool little_endian) {
  std::string out(size, '\0');
  (little_endian ? out.front() : out.back()) = 1;
  return out;
}

// Values around the order of the group, for one half of an ECDSA or EdDSA signature.
std::string half_near_order(Random& random, std::string_view crv, const std::string& now,
                            bool little_endian) {
  const std::string order = group_order(crv);
  if (order.size() != now.size()) return std::string(now.size(), '\0');
  switch (random.below(6)) {
    case 0: return std::string(now.size(), '\0');
    case 1: return order;
    case 2: return sum(order, one(order.size(), little_endian), little_endian).value_or(order);
    case 3: return std::string(now.size(), '\xFF');
    case 4: return sum(now, order, little_endian).value_or(order);
    default: return one(now.size(), little_endian);
  }
}

std::string mutate_halves(Random& random, const World& world, const Base& base, size_t half,
                          std::string& signature) {
  const SigningKey& key = world.signers[base.signer].key;
  const std::string first = signature.substr(0, half);
  const std::string second = signature.substr(half);
  const bool eddsa = key.kty == "OKP";
  const bool ecdsa = key.kty == "EC" && half == key.x.size();
  switch (random.below(6)) {
    case 0:
      if (ecdsa) signature = other_s(key.crv, signature);
      return "other s";
    case 1:
      if (ecdsa) signature = ecdsa_as_der(key.crv, signature);
      return "DER";
    case 2: signature = second + first; return "halves swapped";
    case 3:
      signature = half_near_order(random, key.crv, first, eddsa) + second;
      return "first half near the order";
    default:
      signature = first + half_near_order(random, key.crv, second, eddsa);
      return "second half near the order";
  }
}

std::string mutate_rsa(Random& random, const SigningKey& key, std::string& signature) {
  const std::string& n = key.n;
  const size_t size = signature.size();
  switch (random.below(6)) {
    case 0: signature = n; return "s = n";
    case 1: signature = sum(n, one(n.size(), false), false).value_or(n); return "s = n + 1";
    case 2: signature = std::string(size, '\0'); return "s = 0";
    case 3: signature = one(size, false); return "s = 1";
    case 4:
      if (size == n.size()) signature = sum(signature, n, false).value_or(n);
      return "s + n";
    default:
      signature = n;
      signature.back() = static_cast<char>(signature.back() - 1);
      return "s = n - 1";
  }
}

std::string mutate_any_signature(Random& random, const World& world, std::string& signature) {
  const size_t size = signature.size();
  switch (random.below(10)) {
    case 0: signature.clear(); return "none";
    case 1: signature.resize(size - std::min(size, random.below(3) + 1)); return "cut";
    case 2: signature += std::string(1 + random.below(2), '\0'); return "longer";
    case 3: signature.insert(0, 1, '\0'); return "zero before";
    case 4: signature.erase(0, 1); return "first byte gone";
    case 5: signature = random.bytes(size); return "random";
    case 6: signature = random.pick(world.bases).signature; return "of another token";
    case 7: signature.resize(size / 2); return "half";
    default:
      if (size != 0) any_char(random, signature) ^= static_cast<char>(1 << random.below(8));
      return "bit";
  }
}

}  // namespace

std::string mutate_token(Random& random, std::string& token) {
  if (token.empty()) token = ".";
  const size_t at = random.below(token.size());
  switch (random.below(20)) {
    case 0: token[at] = static_cast<char>(token[at] ^ (1 << random.below(8))); return "bit";
    case 1: token[at] = random.pick(kOddBytes); return "byte replaced";
    case 2: token.insert(at, 1, random.pick(kOddBytes)); return "byte inserted";
    case 3: token.erase(at, 1); return "byte gone";
    case 4: token.resize(at); return "cut";
    case 5: token.erase(0, at); return "head gone";
    case 6: token.insert(at, 1, '.'); return "dot inserted";
    case 7: token.erase(token.find('.') % token.size(), 1); return "first dot gone";
    case 8:
      token += random.pick(
          std::vector<std::string>{".", "\n", " ", "=", "..", ".AA", std::string(1, '\0')});
      return "tail";
    case 9:
      token.insert(0, random.pick(std::vector<std::string>{" ", "\t{", ".", "\n", "Bearer ",
                                                           "\xEF\xBB\xBF", "{", "\v{"}));
      return "head";
    case 10: token += "." + token; return "twice";
    case 11: token.clear(); return "nothing";
    case 12: token = "{\"payload\":\"" + token + "\"}"; return "JSON";
    case 13: token.erase(0, token.find('.') % token.size()); return "no header";
    case 14: token = std::string(random.below(8), '.'); return "dots alone";
    case 15:
      token.insert(token.rfind('.') == std::string::npos ? 0 : token.rfind('.'), ".");
      return "dot doubled";
    case 16: std::replace(token.begin(), token.end(), '-', '+'); return "the other alphabet";
    case 17: token[at] = random.pick(kDigits); return "digit replaced";
    case 18: token.insert(at, std::string(random.below(700), 'A')); return "stretched";
    default: std::swap(token[at], any_char(random, token)); return "bytes swapped";
  }
}

std::string mutate_segment(Random& random, std::string& segment) {
  const size_t over = segment.size() % 4;
  switch (random.below(9)) {
    case 0: segment += std::string(over == 0 ? 0 : 4 - over, '='); return "padded";
    case 1: segment += std::string(1 + random.below(4), '='); return "padded anyhow";
    case 2:
    case 3:
      if (!segment.empty()) segment.back() = random.pick(kDigits);
      return "last digit";
    case 4: std::replace(segment.begin(), segment.end(), '_', '/'); return "slashes";
    case 5: segment += random.pick(kDigits); return "a digit more";
    case 6: segment.clear(); return "empty";
    case 7: {
      const char odd = random.pick(kOddBytes);
      segment.insert(random.below(segment.size() + 1), 1, odd);
      return "odd byte";
    }
    default:
      if (!segment.empty()) segment.pop_back();
      return "a digit less";
  }
}

std::string mutate_json(Random& random, std::string& bytes) {
  if (bytes.empty()) bytes = "{";
  const size_t at = random.below(bytes.size());
  switch (random.below(9)) {
    case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8))); return "bit";
    case 1: bytes[at] = random.pick(kJsonBytes); return "byte replaced";
    case 2: bytes.insert(at, 1, random.pick(kJsonBytes)); return "byte inserted";
    case 3: bytes.erase(at, 1 + random.below(4)); return "bytes gone";
    case 4: bytes.resize(at); return "cut";
    case 5:
      bytes.insert(at, random.pick(std::vector<std::string>{"\xFF", "\xC0\xAF", "\xED\xA0\x80",
                                                            "\xC3\xA9", "\xE2\x80"}));
      return "UTF-8";
    case 6:
      bytes.insert(at, random.pick(std::vector<std::string>{"\\u0000", "\\ud800", "\\ud83d\\ude00",
                                                            "\\x", "\\u00"}));
      return "escape";
    case 7: bytes.insert(at, bytes.substr(at, random.below(20))); return "bytes doubled";
    default: std::swap(bytes[at], any_char(random, bytes)); return "bytes swapped";
  }
}

std::string mutate_signature(Random& random, const World& world, const Base& base,
                             std::string& signature) {
  const SigningKey& key = world.signers[base.signer].key;
  const size_t half = half_of(base, signature);
  if (half != 0 && random.percent(60)) return mutate_halves(random, world, base, half, signature);
  if (key.kty == "RSA" && random.percent(50)) return mutate_rsa(random, key, signature);
  return mutate_any_signature(random, world, signature);
}

}  // namespace jotmill::gen
