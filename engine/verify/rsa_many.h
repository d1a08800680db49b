#ifndef JOTMILL_VERIFY_RSA_MANY_H_
#define JOTMILL_VERIFY_RSA_MANY_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/alg.h"
#include "core/bytes.h"
#include "jotmill/work.h"
#include "kernels/rsa/rsa.h"
#include "keys/key_ring.h"
#include "verify/openssl_backend.h"

namespace jotmill {

/// The RSA keys of a ring as the kernel wants them, shared by all workers: made when one first
/// needs it (0.1 to 0.3 ms), published once, then const. 16 bytes a key of the ring, 1.3 KiB more
/// for each that is used.
class RsaKeys {
 public:
  explicit RsaKeys(const KeyRing& ring);
  ~RsaKeys();
  RsaKeys(const RsaKeys&) = delete;
  RsaKeys& operator=(const RsaKeys&) = delete;

  /// Whether the kernel does this key: RSA of 2048, 3072 or 4096 bits with exponent 65537. Any
  /// other is OpenSSL's.
  bool takes(std::uint32_t key) const;
  /// Whether the kernel is the faster way for `checks` more signatures of this key: making it ready
  /// takes as long as OpenSSL takes for some eight of them. Any number of threads.
  bool worthwhile(std::uint32_t key, std::uint32_t checks);
  /// For a key that it takes. Any number of threads. Throws std::bad_alloc.
  const kernels::RsaKey* get(std::uint32_t key);

 private:
  const KeyRing& ring_;
  std::vector<std::atomic<const kernels::RsaKey*>> made_;
  std::vector<std::atomic<std::uint32_t>> seen_;  ///< checks until the key was made
};

/// RS* and PS* signatures of one size of key, many at once (RFC 8017 s8.1.2, s8.2.2): the public
/// operation by the kernel, the recovered blocks against their encodings here. The same answers as
/// OpenSSL on every input. One a worker; working memory is 32 KiB.
class RsaMany {
 public:
  /// Fewer signatures than this are faster one by one, by OpenSSL: half-empty lanes.
  static constexpr std::size_t kWorthwhile = 2;

  struct Job {
    std::uint32_t key;
    Alg alg;          ///< RS* or PS*
    Bytes digest;     ///< of the signing input, with the alg's hash
    Bytes signature;  ///< below the modulus and as long
    SignatureCheck* result;
  };

  RsaMany(RsaKeys& keys, kernels::RsaPublicFn* rsa_public, std::uint32_t lanes)
      : keys_(keys), rsa_public_(rsa_public), lanes_(lanes) {}

  /// Decides every job: kGood or kBad. All keys must be taken by the RsaKeys and have the same
  /// size. Lane use is added to `use`.
  void run(std::span<const Job> jobs, LaneUse& use);

 private:
  static constexpr std::size_t kStep = 64;  ///< jobs: enough for full lanes, few enough for L1

  void run_step(std::span<const Job> jobs);

  RsaKeys& keys_;
  kernels::RsaPublicFn* rsa_public_;
  std::uint32_t lanes_;
  std::array<kernels::RsaJob, kStep> step_{};
  std::array<std::uint8_t, kStep * kernels::kRsaMaxBytes> blocks_{};
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_RSA_MANY_H_
