#ifndef JOTMILL_CORE_ALG_H_
#define JOTMILL_CORE_ALG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace jotmill {

/// The sixteen signature algorithms (RFC 7518 s3.1, RFC 8037, RFC 8812, RFC 9864), and kNone for
/// "no alg of ours".
enum class Alg : std::uint8_t {
  kHS256,
  kHS384,
  kHS512,
  kRS256,
  kRS384,
  kRS512,
  kPS256,
  kPS384,
  kPS512,
  kES256,
  kES384,
  kES512,
  kES256K,
  kEdDSA,
  kEd25519,
  kEd448,
  kNone,
};
inline constexpr std::size_t kAlgCount = 16;

enum class KeyType : std::uint8_t { kUnknown, kOct, kRsa, kEc, kOkp };
enum class Curve : std::uint8_t { kNone, kP256, kP384, kP521, kSecp256k1, kEd25519, kEd448 };
enum class Hash : std::uint8_t { kNone, kSha256, kSha384, kSha512 };
/// How a signature is checked: one way of working for all algorithms of the family.
enum class Family : std::uint8_t { kHmac, kRsaPkcs1, kRsaPss, kEcdsa, kEddsa };

struct AlgInfo {
  Alg alg;
  std::string_view name;
  Family family;
  KeyType key_type;
  Curve curve;  ///< kNone: any curve of the type (EdDSA), or no curve at all
  Hash hash;    ///< kNone for EdDSA: the algorithm hashes by itself
};

/// The sixteen rows, row i describing Alg(i).
std::span<const AlgInfo, kAlgCount> alg_table();
const AlgInfo& info(Alg alg);

/// Exact, case-sensitive (RFC 7515 s4.1.1).
std::optional<Alg> alg_from_name(std::string_view name);

/// A set of algorithms, one bit each.
using AlgSet = std::uint16_t;
inline constexpr AlgSet kEveryAlg = 0xFFFF;
constexpr AlgSet alg_bit(Alg alg) { return static_cast<AlgSet>(1u << static_cast<unsigned>(alg)); }

std::size_t hash_bytes(Hash hash);
std::string_view name(KeyType type);
std::string_view name(Curve curve);

/// Whether a key of this type and curve fits the alg (RFC 7518 s3.1, RFC 8037 s3.1, RFC 8812 s3.2,
/// RFC 9864).
bool fits(Alg alg, KeyType type, Curve curve);

}  // namespace jotmill

#endif  // JOTMILL_CORE_ALG_H_
