#include "verify/hash_many.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "core/check.h"
#include "verify/hash_ipsec_mb.h"
#include "verify/hash_lanes.h"
#include "verify/sha2_known.h"

namespace jotmill {
namespace {

using enum CpuFeature;
using kernels::Variant;

/// One message after the other, through OpenSSL's state functions (sha2.h).
class OpensslHash final : public HashEngine {
 public:
  bool run(Hash hash, std::span<const HashJob> jobs) override {
    for (const HashJob& job : jobs) {
      *job.out = job.states ? hmac_tag(hash, *job.states, job.message) : sha2(hash, job.message);
    }
    return true;
  }
  std::uint32_t lanes() const override { return 1; }
};

std::unique_ptr<HashEngine> make_openssl() { return std::make_unique<OpensslHash>(); }

#if defined(__x86_64__)
std::unique_ptr<HashEngine> make_shani() {
  return make_hash_lanes(kernels::sha256_blocks_shani, 2);
}
std::unique_ptr<HashEngine> make_avx512() {
  return make_hash_lanes(kernels::sha256_blocks_avx512, 16);
}
constexpr MakeHashEngine* kMakeTwoLanes = make_shani;
constexpr MakeHashEngine* kMakeSixteenLanes = make_avx512;
#else
constexpr MakeHashEngine* kMakeTwoLanes = nullptr;
constexpr MakeHashEngine* kMakeSixteenLanes = nullptr;
#endif

// Null where this build does not hold IPsec-MB. What it executes it finds out by itself; the masks
// name what sets the variants apart.
#if defined(JOTMILL_HAVE_IPSEC_MB)
std::string multi_buffer_library() { return ipsec_mb_version(); }
constexpr MakeHashEngine* kMakeAvx512 = make_ipsec_mb_avx512;
constexpr MakeHashEngine* kMakeShani = make_ipsec_mb_shani;
constexpr MakeHashEngine* kMakeAvx2 = make_ipsec_mb_avx2;
#else
std::string multi_buffer_library() { return {}; }
constexpr MakeHashEngine* kMakeAvx512 = nullptr;
constexpr MakeHashEngine* kMakeShani = nullptr;
constexpr MakeHashEngine* kMakeAvx2 = nullptr;
#endif

constexpr CpuMask kNeedsAvx2 = kAvx | kAvx2 | kAes | kPclmulqdq | kBmi2;
constexpr CpuMask kNeedsShani = kNeedsAvx2 | kShaNi;
constexpr CpuMask kNeedsOurShani = kShaNi | kSsse3 | kSse41;
constexpr CpuMask kNeedsOurAvx512 = kNeedsOurShani | kAvx | kAvx2 | kFma | kAvx512f | kAvx512bw;
constexpr CpuMask kNeedsAvx512 = kNeedsAvx2 | kAvx512f | kAvx512dq | kAvx512bw | kAvx512vl;

// Two lanes of SHA-NI do 44 million blocks a second on a Zen 3 core where OpenSSL does 26, and
// IPsec-MB's SHA-NI, which pays for its job queue, less than that. Sixteen lanes of AVX-512 are
// ahead of it, ours by what the queue costs.
constexpr std::array<Variant<MakeHashEngine>, 6> kSha256Variants = {{
    {"avx512", kNeedsOurAvx512, 16, kMakeSixteenLanes},
    {"ipsec-mb-avx512", kNeedsAvx512, 16, kMakeAvx512},
    {"shani", kNeedsOurShani, 2, kMakeTwoLanes},
    {"ipsec-mb-shani", kNeedsShani, 2, kMakeShani},
    {"ipsec-mb-avx2", kNeedsAvx2, 8, kMakeAvx2},
    {"openssl", {}, 1, make_openssl},
}};
constexpr std::array<Variant<MakeHashEngine>, 3> kSha512Variants = {{
    {"ipsec-mb-avx512", kNeedsAvx512, 8, kMakeAvx512},
    {"ipsec-mb-avx2", kNeedsAvx2, 4, kMakeAvx2},
    {"openssl", {}, 1, make_openssl},
}};

/// Lengths on both sides of every border of padding and of blocks, and of the counts of lanes.
constexpr std::size_t kSelfTestMessages = 300;

bool answers_right(HashEngine& engine, Hash hash, bool tags) {
  std::array<std::uint8_t, kSelfTestMessages> text{};
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i * 167 + 13);
  std::array<HmacStates, 3> states{};
  for (std::size_t s = 0; s < states.size(); ++s) {
    for (std::size_t w = 0; w < 8; ++w) {
      // Any words are a state; the 32-bit ones of SHA-256 stand in the low halves.
      const std::uint64_t word = 0x9E3779B97F4A7C15u * (s * 16 + w + 1);
      states[s].inner[w] = hash == Hash::kSha256 ? word >> 32 : word;
      states[s].outer[w] = hash == Hash::kSha256 ? word & 0xFFFFFFFFu : ~word;
    }
  }
  std::vector<DigestBytes> out(text.size());
  std::vector<HashJob> jobs;
  for (std::size_t len = 0; len < text.size(); ++len) {
    jobs.push_back({{text.data(), len}, tags ? &states[len % states.size()] : nullptr, &out[len]});
  }
  if (!engine.run(hash, jobs)) return false;
  for (std::size_t len = 0; len < text.size(); ++len) {
    const DigestBytes right =
        tags ? hmac_tag(hash, *jobs[len].states, jobs[len].message) : sha2(hash, jobs[len].message);
    if (std::memcmp(right.data(), out[len].data(), hash_bytes(hash)) != 0) return false;
  }
  return true;
}

bool self_test(MakeHashEngine* make, std::span<const Hash> hashes) {
  const std::unique_ptr<HashEngine> engine = make();
  if (!engine) return false;
  return std::all_of(hashes.begin(), hashes.end(), [&](Hash hash) {
    return gives_published_answers(hash, sha2, hmac_tag) && answers_right(*engine, hash, false) &&
           answers_right(*engine, hash, true);
  });
}

bool sha256_self_test(MakeHashEngine* make) { return self_test(make, std::array{Hash::kSha256}); }
bool sha512_self_test(MakeHashEngine* make) {
  return self_test(make, std::array{Hash::kSha384, Hash::kSha512});
}

/// Blocks that the message fills with its padding; an HMAC's second hash is one more for all.
std::uint32_t blocks(Hash hash, const HashJob& job) {
  const std::size_t block = hash == Hash::kSha256 ? 64 : 128;
  return static_cast<std::uint32_t>((job.message.size() + block / 8) / block + 1 +
                                    (job.states ? 1 : 0));
}

}  // namespace

const kernels::Kernel<MakeHashEngine>& sha256_kernel() {
  static constexpr kernels::Kernel<MakeHashEngine> kKernel = {"sha256", kSha256Variants,
                                                              sha256_self_test};
  return kKernel;
}
const kernels::Kernel<MakeHashEngine>& sha512_kernel() {
  static constexpr kernels::Kernel<MakeHashEngine> kKernel = {"sha512", kSha512Variants,
                                                              sha512_self_test};
  return kKernel;
}

HashMany::HashMany(MakeHashEngine* sha256, MakeHashEngine* sha512) : make_{sha256, sha512} {
  JM_CHECK(sha256 != nullptr && sha512 != nullptr);
}

void HashMany::run(LaneUse& sha256, LaneUse& sha512) {
  run_one(Hash::kSha256, jobs_[0], sha256);
  run_one(Hash::kSha384, jobs_[1], sha512);
  run_one(Hash::kSha512, jobs_[2], sha512);
}

void HashMany::run_one(Hash hash, std::vector<HashJob>& jobs, LaneUse& use) {
  if (jobs.empty()) return;
  const std::size_t which = hash == Hash::kSha256 ? 0 : 1;
  if (!engines_[which]) engines_[which] = make_[which]();
  HashEngine* engine = engines_[which].get();
  const std::uint32_t lanes = engine ? engine->lanes() : 1;
  lengths_.clear();
  std::span<const HashJob> in_order = jobs;
  if (lanes > 1) {
    plan_.clear();
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
      plan_.add({.family = jobs[i].states ? 1u : 0u,
                 .size = 0,
                 .length = blocks(hash, jobs[i]),
                 .index = i});
    }
    plan_.make();
    sorted_.clear();
    for (const std::uint32_t i : plan_.order()) sorted_.push_back(jobs[i]);
    in_order = sorted_;
  }
  for (const HashJob& job : in_order) lengths_.push_back(blocks(hash, job));
  use.add(lane_use(lengths_, lanes));
  if (!engine || !engine->run(hash, in_order)) OpensslHash().run(hash, in_order);
  jobs.clear();
}

std::string hash_library() { return multi_buffer_library(); }

}  // namespace jotmill
