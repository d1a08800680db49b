#ifndef JOTMILL_TOOLS_GENERATE_ALGS_H_
#define JOTMILL_TOOLS_GENERATE_ALGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace jotmill::tools {

enum class KeyType : std::uint8_t {
  kOct,
  kRsa,
  kP256,
  kP384,
  kP521,
  kSecp256k1,
  kEd25519,
  kEd448,
  kOther
};
enum class Family : std::uint8_t { kHmac, kRsa, kPss, kEcdsa, kEddsa };

/// A name of `alg` (RFC 7518 s3.1, RFC 8037, RFC 8812, RFC 9864): its position in kAlgs.
using AlgId = std::uint8_t;
/// A set of AlgIds, one bit each.
using AlgSet = std::uint16_t;

struct AlgInfo {
  std::string_view name;
  Family family;
  unsigned hash_bytes;  ///< of the hash; 0 where the scheme fixes its own
  KeyType key;          ///< the type it needs; EdDSA takes kEd448 as well
};

inline constexpr std::size_t kAlgCount = 16;
inline constexpr std::array<AlgInfo, kAlgCount> kAlgs = {{
    {"HS256", Family::kHmac, 32, KeyType::kOct},
    {"HS384", Family::kHmac, 48, KeyType::kOct},
    {"HS512", Family::kHmac, 64, KeyType::kOct},
    {"RS256", Family::kRsa, 32, KeyType::kRsa},
    {"RS384", Family::kRsa, 48, KeyType::kRsa},
    {"RS512", Family::kRsa, 64, KeyType::kRsa},
    {"PS256", Family::kPss, 32, KeyType::kRsa},
    {"PS384", Family::kPss, 48, KeyType::kRsa},
    {"PS512", Family::kPss, 64, KeyType::kRsa},
    {"ES256", Family::kEcdsa, 32, KeyType::kP256},
    {"ES384", Family::kEcdsa, 48, KeyType::kP384},
    {"ES512", Family::kEcdsa, 64, KeyType::kP521},
    {"ES256K", Family::kEcdsa, 32, KeyType::kSecp256k1},
    {"EdDSA", Family::kEddsa, 0, KeyType::kEd25519},
    {"Ed25519", Family::kEddsa, 0, KeyType::kEd25519},
    {"Ed448", Family::kEddsa, 0, KeyType::kEd448},
}};

inline constexpr AlgSet kAnyAlg = 0xFFFF;

constexpr AlgSet algs_of(Family family) {
  AlgSet set = 0;
  for (std::size_t i = 0; i < kAlgCount; ++i) {
    if (kAlgs[i].family == family) set = static_cast<AlgSet>(set | 1U << i);
  }
  return set;
}
inline constexpr AlgSet kHmacAlgs = algs_of(Family::kHmac);
inline constexpr AlgSet kRsaAlgs = algs_of(Family::kRsa);
inline constexpr AlgSet kPssAlgs = algs_of(Family::kPss);
inline constexpr AlgSet kEcdsaAlgs = algs_of(Family::kEcdsa);
inline constexpr AlgSet kEddsaAlgs = algs_of(Family::kEddsa);

constexpr AlgSet only(AlgId alg) { return static_cast<AlgSet>(1U << alg); }
constexpr bool contains(AlgSet set, AlgId alg) { return (set >> alg & 1) != 0; }

constexpr std::optional<AlgId> alg_named(std::string_view name) {
  for (std::size_t i = 0; i < kAlgCount; ++i) {
    if (kAlgs[i].name == name) return static_cast<AlgId>(i);
  }
  return std::nullopt;
}

/// Whether a key of this type can serve `alg` at all (the check behind key_type_mismatch).
constexpr bool fits(KeyType type, AlgId alg) {
  return kAlgs[alg].key == type || (kAlgs[alg].name == "EdDSA" && type == KeyType::kEd448);
}

/// The algs that a key of this type can serve.
constexpr AlgSet algs_for(KeyType type) {
  AlgSet set = 0;
  for (AlgId alg = 0; alg < kAlgCount; ++alg) {
    if (fits(type, alg)) set = static_cast<AlgSet>(set | only(alg));
  }
  return set;
}

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_ALGS_H_
