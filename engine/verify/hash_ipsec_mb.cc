// Intel IPsec-MB: jobs go into a manager, which hashes as many at a time as the CPU has lanes and
// hands them out when they are done, in any order. Each job carries its own states, so tokens of
// different keys share the lanes. Submitting costs some 30 ns a message, which is why two lanes of
// SHA-NI lose against one message after the other.
#define NO_COMPAT_IMB_API_053  // old names that clash with OpenSSL's
#include "verify/hash_ipsec_mb.h"

#include <intel-ipsec-mb.h>
#include <string.h>  // explicit_bzero

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace jotmill {
namespace {

struct FreeManager {
  void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
};
using ManagerPtr = std::unique_ptr<IMB_MGR, FreeManager>;

/// The library counts lengths in 16 bits.
constexpr std::size_t kMostBytes = 60'000;
/// Jobs between two flushes: fewer than its ring holds.
constexpr std::size_t kAtATime = 128;
static_assert(kAtATime < IMB_MAX_JOBS);

/// HMAC states as the library reads them: SHA-256's eight words of 32 bits.
struct Words32 {
  std::array<std::uint32_t, 8> inner, outer;
};

IMB_HASH_ALG algorithm(Hash hash, bool tag) {
  switch (hash) {
    case Hash::kSha256: return tag ? IMB_AUTH_HMAC_SHA_256 : IMB_AUTH_SHA_256;
    case Hash::kSha384: return tag ? IMB_AUTH_HMAC_SHA_384 : IMB_AUTH_SHA_384;
    case Hash::kSha512: return tag ? IMB_AUTH_HMAC_SHA_512 : IMB_AUTH_SHA_512;
    case Hash::kNone: break;
  }
  return IMB_AUTH_NULL;
}

class IpsecMbHash final : public HashEngine {
 public:
  IpsecMbHash(ManagerPtr manager, std::uint32_t lanes)
      : manager_(std::move(manager)), lanes_(lanes), words_(kAtATime) {}
  ~IpsecMbHash() override { ::explicit_bzero(words_.data(), words_.size() * sizeof(Words32)); }
  IpsecMbHash(const IpsecMbHash&) = delete;
  IpsecMbHash& operator=(const IpsecMbHash&) = delete;

  bool run(Hash hash, std::span<const HashJob> jobs) override {
    for (std::size_t done = 0; done < jobs.size();) {
      const std::size_t count = std::min(kAtATime, jobs.size() - done);
      if (!run_some(hash, jobs.subspan(done, count))) return false;
      done += count;
    }
    return true;
  }
  std::uint32_t lanes() const override { return lanes_; }

 private:
  bool run_some(Hash hash, std::span<const HashJob> jobs) {
    std::size_t submitted = 0, completed = 0;
    const auto count = [&completed](const IMB_JOB* job) {
      if (job != nullptr && job->status == IMB_STATUS_COMPLETED) ++completed;
    };
    for (const HashJob& one : jobs) {
      if (one.message.empty() || one.message.size() > kMostBytes) {
        *one.out = one.states ? hmac_tag(hash, *one.states, one.message) : sha2(hash, one.message);
        continue;
      }
      fill(*IMB_GET_NEXT_JOB(manager_.get()), hash, one, words_[submitted]);
      ++submitted;
      count(IMB_SUBMIT_JOB_NOCHECK(manager_.get()));
      while (const IMB_JOB* job = IMB_GET_COMPLETED_JOB(manager_.get())) count(job);
    }
    while (const IMB_JOB* job = IMB_FLUSH_JOB(manager_.get())) count(job);
    return completed == submitted;
  }

  static void fill(IMB_JOB& job, Hash hash, const HashJob& one, Words32& words) {
    job.cipher_mode = IMB_CIPHER_NULL;
    job.cipher_direction = IMB_DIR_ENCRYPT;
    job.chain_order = IMB_ORDER_HASH_CIPHER;
    job.hash_alg = algorithm(hash, one.states != nullptr);
    job.src = one.message.data();
    job.hash_start_src_offset_in_bytes = 0;
    job.msg_len_to_hash_in_bytes = one.message.size();
    job.auth_tag_output = one.out->data();
    job.auth_tag_output_len_in_bytes = hash_bytes(hash);
    if (one.states == nullptr) return;
    if (hash == Hash::kSha256) {
      for (std::size_t i = 0; i < 8; ++i) {
        words.inner[i] = static_cast<std::uint32_t>(one.states->inner[i]);
        words.outer[i] = static_cast<std::uint32_t>(one.states->outer[i]);
      }
      job.u.HMAC._hashed_auth_key_xor_ipad =
          reinterpret_cast<const std::uint8_t*>(words.inner.data());
      job.u.HMAC._hashed_auth_key_xor_opad =
          reinterpret_cast<const std::uint8_t*>(words.outer.data());
    } else {
      job.u.HMAC._hashed_auth_key_xor_ipad =
          reinterpret_cast<const std::uint8_t*>(one.states->inner.data());
      job.u.HMAC._hashed_auth_key_xor_opad =
          reinterpret_cast<const std::uint8_t*>(one.states->outer.data());
    }
  }

  ManagerPtr manager_;
  std::uint32_t lanes_;
  std::vector<Words32> words_;  ///< as good as the keys: wiped
};

std::unique_ptr<HashEngine> make(std::uint64_t flags, void (*init)(IMB_MGR*), std::uint32_t lanes) {
  ManagerPtr manager(alloc_mb_mgr(flags));
  if (!manager) return nullptr;
  init(manager.get());
  if (imb_get_errno(manager.get()) != 0) return nullptr;
  return std::make_unique<IpsecMbHash>(std::move(manager), lanes);
}

}  // namespace

std::string ipsec_mb_version() { return std::string("IPsec-MB ") + imb_get_version_str(); }

std::unique_ptr<HashEngine> make_ipsec_mb_avx512() { return make(0, init_mb_mgr_avx512, 16); }
std::unique_ptr<HashEngine> make_ipsec_mb_shani() { return make(0, init_mb_mgr_avx2, 2); }
std::unique_ptr<HashEngine> make_ipsec_mb_avx2() {
  return make(IMB_FLAG_SHANI_OFF, init_mb_mgr_avx2, 8);
}

}  // namespace jotmill
