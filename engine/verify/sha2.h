#ifndef JOTMILL_VERIFY_SHA2_H_
#define JOTMILL_VERIFY_SHA2_H_

#include <array>
#include <cstdint>
#include <memory>

#include "core/alg.h"
#include "core/batch.h"
#include "core/bytes.h"
#include "keys/key_ring.h"

namespace jotmill {

using DigestBytes = std::array<std::uint8_t, 64>;  ///< the first hash_bytes(hash) count

/// The SHA-2 digest of `data` (FIPS 180-4). Never allocates.
DigestBytes sha2(Hash hash, Bytes data);

/// The HMAC tag (RFC 2104) of `data`, from states that were prepared with the key: two compressions
/// are saved for each token.
DigestBytes hmac_tag(Hash hash, const HmacStates& states, Bytes data);

/// token_id: SHA-256 of a token's bytes, or HMAC-SHA-256 when there is a fingerprint key. The first
/// 16 bytes are shown.
class Fingerprint final : public TokenDigest {
 public:
  /// `key` empty: plain SHA-256.
  explicit Fingerprint(Bytes key = {});
  ~Fingerprint() override;
  std::array<std::uint8_t, 32> of(Bytes token);
  void begin() override;
  void update(Bytes piece) override;
  std::array<std::uint8_t, 32> finish() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_SHA2_H_
