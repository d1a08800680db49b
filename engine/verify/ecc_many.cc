#include "verify/ecc_many.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "core/check.h"

namespace jotmill {

void EccMany::FreeMemory::operator()(void* p) const { std::free(p); }

void EccMany::run(std::span<const Job> jobs, HashMany& hashes, LaneUse& sha512_use, LaneUse& use) {
  find_tables(jobs);
  if (groups_.empty()) return;
  if (!scratch_) {
    scratch_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(64, kernels::kEccScratchBytes)));
    if (!scratch_) throw std::bad_alloc();
  }
  const bool ed25519 = ring_.keys()[jobs[0].key].curve == Curve::kEd25519;
  if (ed25519) hash_ed25519(jobs, hashes, sha512_use);
  // Tables of one pair of windows make one batch, whatever their keys.
  std::stable_sort(groups_.begin(), groups_.end(), [](const Group& a, const Group& b) {
    if (a.tables.key->window != b.tables.key->window)
      return a.tables.key->window < b.tables.key->window;
    return a.tables.base->window < b.tables.base->window;
  });
  for (std::size_t g = 0; g < groups_.size();) {
    const EccTables::Pair first = groups_[g].tables;
    verify_window(jobs, g, use);
    while (g < groups_.size() && groups_[g].tables.key->window == first.key->window &&
           groups_[g].tables.base->window == first.base->window) {
      ++g;
    }
  }
  groups_.clear();  // lets go of tables that may be replaced
}

/// The keys that have a table; the jobs of the others are not in any group.
void EccMany::find_tables(std::span<const Job> jobs) {
  groups_.clear();
  for (std::size_t i = 0; i < jobs.size();) {
    std::size_t end = i + 1;
    while (end < jobs.size() && jobs[end].key == jobs[i].key) ++end;
    EccTables::Pair tables = tables_.get(jobs[i].key, end - i);
    if (tables.key) {
      groups_.push_back(
          {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end - i), std::move(tables)});
    }
    i = end;
  }
}

/// SHA-512(R || A || M), RFC 8032 s5.1.7.
void EccMany::hash_ed25519(std::span<const Job> jobs, HashMany& hashes, LaneUse& sha512_use) {
  std::size_t bytes = 0;
  for (const Group& group : groups_) {
    for (const Job& job : jobs.subspan(group.begin, group.count)) bytes += 64 + job.message.size();
  }
  if (hash_texts_.size() < bytes) hash_texts_.resize(bytes);
  if (digests_.size() < jobs.size()) digests_.resize(jobs.size());
  std::uint8_t* end = hash_texts_.data();
  for (const Group& group : groups_) {
    for (std::size_t i = group.begin; i < group.begin + group.count; ++i) {
      std::uint8_t* const begin = end;
      const std::vector<std::uint8_t>& key = ring_.keys()[jobs[i].key].x;
      end = std::copy_n(jobs[i].signature.begin(), 32, end);
      end = std::copy(key.begin(), key.end(), end);
      end = std::copy(jobs[i].message.begin(), jobs[i].message.end(), end);
      hashes.add(Hash::kSha512, {{begin, end}, nullptr, &digests_[i]});
    }
  }
  LaneUse no_sha256;
  hashes.run(no_sha256, sha512_use);
}

/// All groups with the windows of the first one, in one batch.
void EccMany::verify_window(std::span<const Job> jobs, std::size_t first_group, LaneUse& use) {
  const EccTables::Pair& first = groups_[first_group].tables;
  const bool ed25519 = ring_.keys()[jobs[0].key].curve == Curve::kEd25519;
  batch_.clear();
  batch_jobs_.clear();
  for (std::size_t g = first_group; g < groups_.size(); ++g) {
    const Group& group = groups_[g];
    if (group.tables.key->window != first.key->window ||
        group.tables.base->window != first.base->window) {
      break;
    }
    for (std::uint32_t i = group.begin; i < group.begin + group.count; ++i) {
      JM_CHECK(jobs[i].signature.size() == 64 && (ed25519 || jobs[i].message.size() == 32));
      batch_.push_back({jobs[i].signature.data(),
                        ed25519 ? digests_[i].data() : jobs[i].message.data(),
                        group.tables.key->lines});
      batch_jobs_.push_back(i);
    }
  }
  answers_.assign(batch_.size(), kernels::EccAnswer::kUseScalar);
  tables_.kernel_of(jobs[0].key)
      ->verify({batch_.data(), batch_.size(), first.base->lines, first.base->window,
                first.key->window, scratch_.get(), answers_.data()});
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    const Job& job = jobs[batch_jobs_[i]];
    if (answers_[i] == kernels::EccAnswer::kUseScalar) continue;
    *job.result =
        answers_[i] == kernels::EccAnswer::kGood ? SignatureCheck::kGood : SignatureCheck::kBad;
    *job.done = true;
  }
  const std::uint32_t lanes = ed25519 ? ed25519_lanes_ : p256_lanes_;
  use.add({batch_.size(), (batch_.size() + lanes - 1) / lanes * lanes});
}

}  // namespace jotmill
