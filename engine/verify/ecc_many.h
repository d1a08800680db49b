#ifndef JOTMILL_VERIFY_ECC_MANY_H_
#define JOTMILL_VERIFY_ECC_MANY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "jotmill/work.h"
#include "kernels/ecc/ecc.h"
#include "keys/key_ring.h"
#include "verify/ecc_tables.h"
#include "verify/hash_many.h"
#include "verify/openssl_backend.h"

namespace jotmill {

/// ES256 and Ed25519 signatures many at once, with the tables of their keys. The same answers as
/// OpenSSL on every input; what the tables cannot serve (a key that has earned none, a special case
/// of the kernel) is left to it. One a worker; about 2.5 MiB of working memory once it is used.
class EccMany {
 public:
  struct Job {
    std::uint32_t key;  ///< P-256 or Ed25519
    Bytes message;      ///< P-256: the digest; Ed25519: the signing input
    Bytes signature;    ///< 64 bytes
    SignatureCheck* result;
    bool* done;  ///< set where *result was
  };

  EccMany(const KeyRing& ring, EccTables& tables, std::uint32_t p256_lanes,
          std::uint32_t ed25519_lanes)
      : ring_(ring), tables_(tables), p256_lanes_(p256_lanes), ed25519_lanes_(ed25519_lanes) {}

  /// Jobs of one curve, those of a key beside each other. Ed25519 hashes R || A || M through
  /// `hashes` (its use on `hash_use`). Lane use of what a kernel decided is added to `use`.
  void run(std::span<const Job> jobs, HashMany& hashes, LaneUse& sha512_use, LaneUse& use);

 private:
  /// Neighbouring jobs with one key.
  struct Group {
    std::uint32_t begin, count;
    EccTables::Pair tables;
  };

  void find_tables(std::span<const Job> jobs);
  void hash_ed25519(std::span<const Job> jobs, HashMany& hashes, LaneUse& sha512_use);
  void verify_window(std::span<const Job> jobs, std::size_t first_group, LaneUse& use);

  const KeyRing& ring_;
  EccTables& tables_;
  std::uint32_t p256_lanes_, ed25519_lanes_;
  std::vector<Group> groups_;
  std::vector<kernels::EccJob> batch_;
  std::vector<std::uint32_t> batch_jobs_;
  std::vector<kernels::EccAnswer> answers_;
  std::vector<DigestBytes> digests_;  ///< Ed25519: by job
  std::vector<std::uint8_t> hash_texts_;
  struct FreeMemory {
    void operator()(void* p) const;
  };
  std::unique_ptr<std::uint8_t[], FreeMemory> scratch_;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_ECC_MANY_H_
