#include "core/alg.h"

#include <array>

namespace jotmill {
namespace {

constexpr std::array<AlgInfo, kAlgCount> kAlgs = {{
    {Alg::kHS256, "HS256", Family::kHmac, KeyType::kOct, Curve::kNone, Hash::kSha256},
    {Alg::kHS384, "HS384", Family::kHmac, KeyType::kOct, Curve::kNone, Hash::kSha384},
    {Alg::kHS512, "HS512", Family::kHmac, KeyType::kOct, Curve::kNone, Hash::kSha512},
    {Alg::kRS256, "RS256", Family::kRsaPkcs1, KeyType::kRsa, Curve::kNone, Hash::kSha256},
    {Alg::kRS384, "RS384", Family::kRsaPkcs1, KeyType::kRsa, Curve::kNone, Hash::kSha384},
    {Alg::kRS512, "RS512", Family::kRsaPkcs1, KeyType::kRsa, Curve::kNone, Hash::kSha512},
    {Alg::kPS256, "PS256", Family::kRsaPss, KeyType::kRsa, Curve::kNone, Hash::kSha256},
    {Alg::kPS384, "PS384", Family::kRsaPss, KeyType::kRsa, Curve::kNone, Hash::kSha384},
    {Alg::kPS512, "PS512", Family::kRsaPss, KeyType::kRsa, Curve::kNone, Hash::kSha512},
    {Alg::kES256, "ES256", Family::kEcdsa, KeyType::kEc, Curve::kP256, Hash::kSha256},
    {Alg::kES384, "ES384", Family::kEcdsa, KeyType::kEc, Curve::kP384, Hash::kSha384},
    {Alg::kES512, "ES512", Family::kEcdsa, KeyType::kEc, Curve::kP521, Hash::kSha512},
    {Alg::kES256K, "ES256K", Family::kEcdsa, KeyType::kEc, Curve::kSecp256k1, Hash::kSha256},
    {Alg::kEdDSA, "EdDSA", Family::kEddsa, KeyType::kOkp, Curve::kNone, Hash::kNone},
    {Alg::kEd25519, "Ed25519", Family::kEddsa, KeyType::kOkp, Curve::kEd25519, Hash::kNone},
    {Alg::kEd448, "Ed448", Family::kEddsa, KeyType::kOkp, Curve::kEd448, Hash::kNone},
}};

}  // namespace

std::span<const AlgInfo, kAlgCount> alg_table() { return kAlgs; }

const AlgInfo& info(Alg alg) { return kAlgs[static_cast<std::size_t>(alg)]; }

std::optional<Alg> alg_from_name(std::string_view name) {
  for (const AlgInfo& row : kAlgs) {
    if (row.name == name) return row.alg;
  }
  return std::nullopt;
}

std::size_t hash_bytes(Hash hash) {
  switch (hash) {
    case Hash::kSha256: return 32;
    case Hash::kSha384: return 48;
    case Hash::kSha512: return 64;
    case Hash::kNone: break;
  }
  return 0;
}

std::string_view name(KeyType type) {
  switch (type) {
    case KeyType::kOct: return "oct";
    case KeyType::kRsa: return "RSA";
    case KeyType::kEc: return "EC";
    case KeyType::kOkp: return "OKP";
    case KeyType::kUnknown: break;
  }
  return "unknown";
}

std::string_view name(Curve curve) {
  switch (curve) {
    case Curve::kP256: return "P-256";
    case Curve::kP384: return "P-384";
    case Curve::kP521: return "P-521";
    case Curve::kSecp256k1: return "secp256k1";
    case Curve::kEd25519: return "Ed25519";
    case Curve::kEd448: return "Ed448";
    case Curve::kNone: break;
  }
  return "";
}

bool fits(Alg alg, KeyType type, Curve curve) {
  const AlgInfo& row = info(alg);
  if (row.key_type != type) return false;
  if (alg == Alg::kEdDSA) return curve == Curve::kEd25519 || curve == Curve::kEd448;
  return row.curve == curve;
}

}  // namespace jotmill
