#include "keys/prepare.h"

#include <array>
#include <bit>
#include <string>

#include "keys/hmac_states.h"

namespace jotmill {
namespace {

std::string bits_text(std::size_t bits) { return std::to_string(bits) + " bits"; }

// Whether the number had leading zeros, which RFC 7518 s2 (Base64urlUInt) forbids.
bool strip_zeros(std::vector<std::uint8_t>& number) {
  std::size_t zeros = 0;
  while (zeros < number.size() && number[zeros] == 0) ++zeros;
  number.erase(number.begin(), number.begin() + static_cast<std::ptrdiff_t>(zeros));
  return zeros != 0;
}

std::size_t bit_length(const std::vector<std::uint8_t>& number) {
  return number.empty() ? 0
                        : number.size() * 8 - static_cast<unsigned>(std::countl_zero(number[0]));
}

std::string type_words(const PreparedKey& key) {
  if (key.type == KeyType::kEc || key.type == KeyType::kOkp) {
    return "crv " + std::string(name(key.curve));
  }
  return "kty " + std::string(name(key.type));
}

}  // namespace

void KeyPreparer::prepare(PreparedKey& key) {
  if (!key.refused()) check(key);
  if (key.was_private) key.warnings.emplace_back("private key, only its public half is used");
  if (key.refused()) {
    key.n = {}, key.e = {}, key.x = {}, key.y = {};
    key.secret = {};
  }
}

void KeyPreparer::check(PreparedKey& key) {
  if (key.has_alg) {
    const std::optional<Alg> alg = alg_from_name(key.alg);
    if (!alg || !fits(*alg, key.type, key.curve)) {
      key.refusal = "alg " + key.alg.substr(0, 64) + " does not fit " + type_words(key);
    }
  }
  switch (key.type) {
    case KeyType::kOct: check_oct(key); break;
    case KeyType::kRsa: check_rsa(key); break;
    case KeyType::kEc: check_ec(key); break;
    case KeyType::kOkp: check_okp(key); break;
    case KeyType::kUnknown: break;
  }
}

void KeyPreparer::check_oct(PreparedKey& key) {
  const std::size_t size = key.secret.size();
  key.bits = static_cast<std::uint32_t>(size * 8);
  if (key.refused()) return;
  if (size == 0) {
    key.refusal = "empty secret";
    return;
  }
  if (const std::string_view kind = key_in_disguise(key.secret); !kind.empty()) {
    key.refusal = "the secret is " + std::string(kind);
    return;
  }
  if (!allow_weak_secret_) {
    std::size_t least = kLeastSecretBytes;
    if (key.has_alg) least = hash_bytes(info(*alg_from_name(key.alg)).hash);
    if (size < least) {
      key.refusal = "oct of " + bits_text(size * 8) + ", " + std::to_string(least * 8) +
                    " is the least" + (key.has_alg ? " for " + key.alg : "");
      return;
    }
    for (const Alg alg : {Alg::kHS256, Alg::kHS384, Alg::kHS512}) {
      if (size < hash_bytes(info(alg).hash)) key.permitted &= static_cast<AlgSet>(~alg_bit(alg));
    }
  }
  key.hmac = make_hmac_states(key.secret);
}

void KeyPreparer::check_rsa(PreparedKey& key) {
  if (strip_zeros(key.n)) key.warnings.emplace_back("n has leading zeros");
  if (strip_zeros(key.e)) key.warnings.emplace_back("e has leading zeros");
  const std::size_t bits = bit_length(key.n);
  key.bits = static_cast<std::uint32_t>(bits);
  if (key.refused()) return;
  if (bits < kLeastRsaBits) {
    key.refusal = "RSA of " + bits_text(bits) + ", 2048 is the least";
  } else if (bits > kMostRsaBits) {
    key.refusal = "RSA of " + bits_text(bits) + ", 16384 is the most";
  } else if ((key.n.back() & 1) == 0) {
    key.refusal = "RSA n is even";
  } else if (key.e.empty() || (key.e.back() & 1) == 0) {
    key.refusal = "RSA e is even";
  } else if (key.e.size() == 1 && key.e[0] < 3) {
    key.refusal = "RSA e is below 3";
  } else if (bit_length(key.e) > 64) {
    key.refusal = "RSA e of " + bits_text(bit_length(key.e)) + ", 64 is the most";
  } else if (has_roca_fingerprint(key.n)) {
    key.refusal = "RSA n has the ROCA fingerprint (CVE-2017-15361)";
  }
}

void KeyPreparer::check_ec(PreparedKey& key) {
  key.bits = curve_bits(key.curve);
  if (key.refused()) return;
  const std::size_t size = coordinate_bytes(key.curve);
  for (const auto& [letter, number] : {std::pair{"x", &key.x}, std::pair{"y", &key.y}}) {
    if (number->size() != size) {
      key.refusal = std::string(letter) + " of " + std::to_string(number->size()) + " bytes, " +
                    std::string(name(key.curve)) + " has " + std::to_string(size);
      return;
    }
  }
  if (!arithmetic_.on_curve(key.curve, key.x, key.y)) {
    key.refusal = "the point is not on " + std::string(name(key.curve));
  }
}

void KeyPreparer::check_okp(PreparedKey& key) {
  key.bits = curve_bits(key.curve);
  if (key.refused()) return;
  const std::string curve(name(key.curve));
  const std::size_t size = coordinate_bytes(key.curve);
  if (key.x.size() != size) {
    key.refusal = "x of " + std::to_string(key.x.size()) + " bytes, " + curve + " has " +
                  std::to_string(size);
    return;
  }
  switch (arithmetic_.check_okp(key.curve, key.x)) {
    case CurveArithmetic::Okp::kGood: break;
    case CurveArithmetic::Okp::kNonCanonical:
      key.refusal = "x is not the canonical form of an " + curve + " point";
      break;
    case CurveArithmetic::Okp::kNotOnCurve: key.refusal = "the point is not on " + curve; break;
    case CurveArithmetic::Okp::kSmallOrder:
      key.refusal = "x is an " + curve + " point of small order";
      break;
  }
}

}  // namespace jotmill
