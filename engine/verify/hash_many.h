#ifndef JOTMILL_VERIFY_HASH_MANY_H_
#define JOTMILL_VERIFY_HASH_MANY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/alg.h"
#include "core/bytes.h"
#include "jotmill/work.h"
#include "kernels/choose.h"
#include "keys/key_ring.h"
#include "verify/lane_plan.h"
#include "verify/sha2.h"

namespace jotmill {

/// One message to hash: a digest, or with `states` an HMAC tag (RFC 2104) that starts from them.
struct HashJob {
  Bytes message;
  const HmacStates* states = nullptr;
  DigestBytes* out = nullptr;  ///< the first hash_bytes(hash) bytes are written
};

/// One way to hash many messages. Owns working memory; one a worker, not thread-safe.
class HashEngine {
 public:
  virtual ~HashEngine() = default;
  /// Every job with this hash. False: the library failed, and `out` is not to be used.
  virtual bool run(Hash hash, std::span<const HashJob> jobs) = 0;
  /// Messages that one step works on.
  virtual std::uint32_t lanes() const = 0;
};

/// A variant makes engines; null when the library refuses this machine.
using MakeHashEngine = std::unique_ptr<HashEngine>();

/// SHA-256, and SHA-384 with SHA-512 (which are one kernel), with the variants best first as they
/// were measured (bench/README.md); "openssl" runs everywhere. The known answers are digests and
/// tags of messages around every border of blocks, compared with the one-message functions of
/// sha2.h, after these have given answers of FIPS 180-4 and RFC 4231 (sha2_known.h).
const kernels::Kernel<MakeHashEngine>& sha256_kernel();
const kernels::Kernel<MakeHashEngine>& sha512_kernel();

/// Digests and tags of a batch, longest messages together so that lanes end at the same time. What
/// the engine cannot do (a message that is too long for it) OpenSSL does; the same results on every
/// input. Working memory is kept.
class HashMany {
 public:
  HashMany(MakeHashEngine* sha256, MakeHashEngine* sha512);

  /// Adds a job; `job.out` must stay where it is until run().
  void add(Hash hash, const HashJob& job) { jobs_[index(hash)].push_back(job); }
  /// Forgets all jobs: memory may have run out between add() and the end of run(), and what they
  /// point to is gone by the next batch.
  void forget() {
    for (std::vector<HashJob>& jobs : jobs_) jobs.clear();
  }
  /// Does all jobs and forgets them. Lane use is added to the counts of the two kernels.
  void run(LaneUse& sha256, LaneUse& sha512);

 private:
  static std::size_t index(Hash hash) {
    return static_cast<std::size_t>(hash) - static_cast<std::size_t>(Hash::kSha256);
  }
  void run_one(Hash hash, std::vector<HashJob>& jobs, LaneUse& use);

  MakeHashEngine* make_[2];
  std::unique_ptr<HashEngine> engines_[2];  ///< made when first needed: SHA-256, the longer two
  std::vector<HashJob> jobs_[3];
  std::vector<HashJob> sorted_;
  std::vector<std::uint32_t> lengths_;  ///< in blocks
  LanePlan plan_;
};

/// The multi-buffer library of this build, "IPsec-MB 1.3.0"; empty: none.
std::string hash_library();

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_HASH_MANY_H_
