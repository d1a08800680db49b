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

/// Whether the kernel is worth asking. A signature that it cannot decide costs its time and
/// OpenSSL's; chance makes none, but whoever writes tokens can make as many as he likes. While
/// seven in eight of the last ones were of that kind, only every eighth is tried, chosen where
/// nobody can foresee it: a flood of them costs OpenSSL's time and little more, and good signatures
/// bring the kernel back after some eighty of them.
class Wariness {
 public:
  Wariness();
  /// How many of the next `count` signatures are to be tried.
  std::size_t to_try(std::size_t count);
  /// What came of them.
  void learn(std::size_t tried, std::size_t special);
  /// A number below `n`.
  std::size_t any_below(std::size_t n);

 private:
  std::uint64_t random_;
  std::size_t tried_ = 0, special_ = 0;  ///< of late
  std::size_t waiting_ = 0;              ///< signatures that were not tried, below eight
};

/// ES256 and Ed25519 signatures many at once, with the tables of their keys. The same answers as
/// OpenSSL on every input; what the tables cannot serve (a key that has earned none, a special case
/// of the kernel) is left to it. One a worker; 2.3 MiB of working memory once it is used, and for
/// Ed25519 the signing inputs of a batch once more.
class EccMany {
 public:
  struct Job {
    std::uint32_t key;  ///< one that EccTables::curve_of knows
    Bytes message;      ///< P-256: the digest; Ed25519: the signing input
    Bytes signature;    ///< 64 bytes
    SignatureCheck* result;
    bool* done;  ///< set where *result was
  };

  EccMany(const KeyRing& ring, EccTables& tables) : ring_(ring), tables_(tables) {}

  /// Jobs of one curve, those of a key beside each other, for whose tables they count unless they
  /// were asked about before (`again`). Ed25519 hashes R || A || M through `hashes` (its use on
  /// `sha512_use`). Lane use of what went through a kernel is added to `use`. True when another
  /// worker is just making a table for jobs that were left: worth asking again soon.
  bool run(std::span<const Job> jobs, bool again, HashMany& hashes, LaneUse& sha512_use,
           LaneUse& use);

 private:
  /// Neighbouring jobs with one key.
  struct Group {
    std::uint32_t begin, count;
    EccTables::Pair tables;
    bool same_windows(const Group& other) const;
  };

  bool find_tables(std::span<const Job> jobs, bool again);
  void hash_ed25519(std::span<const Job> jobs, HashMany& hashes, LaneUse& sha512_use);
  void verify_groups(std::span<const Job> jobs, std::span<const Group> groups, LaneUse& use);
  void verify_block(const kernels::EccKernel& kernel, const EccTables::Pair& windows,
                    std::size_t begin, std::size_t count);

  const KeyRing& ring_;
  EccTables& tables_;
  Wariness wariness_;
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
