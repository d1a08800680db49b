#include "verify/rsa_many.h"

#include <algorithm>

#include "core/check.h"
#include "verify/rsa_encoding.h"

namespace jotmill {

RsaKeys::RsaKeys(const KeyRing& ring)
    : ring_(ring), made_(ring.keys().size()), seen_(ring.keys().size()) {}

RsaKeys::~RsaKeys() {
  for (const auto& key : made_) delete key.load(std::memory_order_relaxed);
}

bool RsaKeys::takes(std::uint32_t key) const {
  const PreparedKey& row = ring_.keys()[key];
  return row.type == KeyType::kRsa &&
         kernels::rsa_is_ours(row.n.data(), row.n.size(), row.e.data(), row.e.size());
}

bool RsaKeys::worthwhile(std::uint32_t key, std::uint32_t checks) {
  constexpr std::uint32_t kPays = 8;
  if (made_[key].load(std::memory_order_relaxed) != nullptr) return true;
  return seen_[key].fetch_add(checks, std::memory_order_relaxed) + checks >= kPays;
}

const kernels::RsaKey* RsaKeys::get(std::uint32_t key) {
  std::atomic<const kernels::RsaKey*>& slot = made_[key];
  if (const kernels::RsaKey* made = slot.load(std::memory_order_acquire)) return made;
  const PreparedKey& row = ring_.keys()[key];
  auto fresh = std::make_unique<kernels::RsaKey>();
  JM_CHECK(
      kernels::rsa_prepare(row.n.data(), row.n.size(), row.e.data(), row.e.size(), fresh.get()));
  const kernels::RsaKey* first = nullptr;
  if (slot.compare_exchange_strong(first, fresh.get(), std::memory_order_acq_rel))
    return fresh.release();
  return first;  // another worker was faster; both made the same
}

void RsaMany::run(std::span<const Job> jobs, LaneUse& use) {
  for (std::size_t done = 0; done < jobs.size(); done += kStep)
    run_step(jobs.subspan(done, std::min(kStep, jobs.size() - done)));
  use.used += jobs.size();
  use.total += (jobs.size() + lanes_ - 1) / lanes_ * lanes_;
}

void RsaMany::run_step(std::span<const Job> jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const kernels::RsaKey* key = keys_.get(jobs[i].key);
    JM_CHECK(key->limbs == keys_.get(jobs[0].key)->limbs);
    JM_CHECK(jobs[i].signature.size() == key->bytes);
    step_[i] = {key, jobs[i].signature.data(), blocks_.data() + i * kernels::kRsaMaxBytes};
  }
  rsa_public_(step_.data(), jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Job& job = jobs[i];
    const AlgInfo& row = info(job.alg);
    const Bytes block{step_[i].block, step_[i].key->bytes};
    const bool good = row.family == Family::kRsaPss
                          ? is_pss_encoding(row.hash, job.digest, block)
                          : is_pkcs1_encoding(row.hash, job.digest, block);
    JM_CHECK(row.family == Family::kRsaPss || row.family == Family::kRsaPkcs1);
    *job.result = good ? SignatureCheck::kGood : SignatureCheck::kBad;
  }
}

}  // namespace jotmill
