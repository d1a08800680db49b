#ifndef JOTMILL_VERIFY_OPENSSL_BACKEND_H_
#define JOTMILL_VERIFY_OPENSSL_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/alg.h"
#include "core/bytes.h"
#include "keys/key_ring.h"

namespace jotmill {

/// The library that runs, "OpenSSL 3.0.17 1 Jul 2025".
std::string openssl_version();

/// Whether an entry of OpenSSL's error queue tells of the library, not of a signature: memory,
/// locks, or an algorithm that is not there (Ed448 fetches SHAKE256 inside its check; where memory
/// ran out while a provider's digests were registered, one is missing for good). Not that a
/// provider called a signature bad, which OpenSSL 3.5 puts there too.
bool tells_of_library(unsigned long error);

/// What a cryptographic check found.
enum class SignatureCheck : std::uint8_t {
  kGood,
  kBad,
  kFailed /* memory or the library, not the signature */
};

/// Asymmetric signatures through OpenSSL, everything that depends on the key alone prepared once:
/// an EVP_PKEY and a context that has its padding, hash and key set, made when a (key, alg) is
/// first used and kept for the next token. Bounded: beyond `capacity` prepared keys the one that
/// was not used for longest goes. One object a worker; not thread-safe.
class OpensslBackend {
 public:
  explicit OpensslBackend(const KeyRing& ring, std::size_t capacity = 1024);
  ~OpensslBackend();
  OpensslBackend(OpensslBackend&&) noexcept;

  /// RS*, PS*, ES*: `message` is the digest of the signing input. EdDSA: the signing input itself.
  /// `signature` has the exact length and range for key and alg (the caller has checked). Good only
  /// where OpenSSL returns 1.
  SignatureCheck check(std::uint32_t key, Alg alg, Bytes message, Bytes signature);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_OPENSSL_BACKEND_H_
