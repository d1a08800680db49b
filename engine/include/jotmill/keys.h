#ifndef JOTMILL_KEYS_H_
#define JOTMILL_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jotmill {

/// A table of multiples of a key, with which its signatures are verified many times faster.
struct TableOffer {
  std::uint32_t window = 0;  ///< bits a window: wider is faster and larger
  std::uint64_t bytes = 0;
  std::uint64_t signatures = 0;  ///< after which a run makes it, if there is room
};

/// One loaded key in words, for people: what `jotmill keys` lists. Never any secret material.
struct KeyInfo {
  std::string source;          ///< path as given, or as found in a directory
  std::uint32_t position = 0;  ///< 0-based within the source
  std::string type;            ///< "oct", "RSA", "EC", "OKP", or the unknown kty as it stands
  std::string curve;           ///< empty when the type has none
  std::uint32_t bits = 0;
  std::optional<std::string> kid;
  std::optional<std::string> alg;  ///< the key's own alg
  bool for_signatures = true;
  std::vector<std::string> algs;  ///< algorithms that this key will verify
  std::string refusal;            ///< empty: accepted
  std::vector<std::string> warnings;
  /// ES256 and Ed25519: the tables that the key can earn, smallest first; empty when none can serve
  /// it, and outside list_keys(), which alone looks.
  std::vector<TableOffer> tables;
  std::string thumbprint;  ///< RFC 7638 SHA-256 thumbprint of the public key, base64url; empty for
                           ///< oct and refused keys
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_H_
