#include "verify/ecc_many.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <random>
#include <tuple>
#include <utility>

#include "core/check.h"

namespace jotmill {

Wariness::Wariness() {
  std::random_device device;
  random_ = (std::uint64_t{device()} << 32 | device()) | 1;
}

std::size_t Wariness::any_below(std::size_t n) {
  random_ ^= random_ << 13;  // xorshift64: unforeseen, no secret
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return static_cast<std::size_t>(random_ % n);
}

std::size_t Wariness::to_try(std::size_t count) {
  constexpr std::size_t kEnough = 64;
  if (tried_ < kEnough || special_ * 8 < tried_ * 7) return count;
  waiting_ += count;
  const std::size_t tries = waiting_ / 8;
  waiting_ %= 8;
  return std::min(tries, count);
}

void Wariness::learn(std::size_t tried, std::size_t special) {
  constexpr std::size_t kMost = 128;
  tried_ += tried;
  special_ += special;
  // A block of 256 counts like one of 128.
  while (tried_ > kMost) tried_ = (tried_ + 1) / 2, special_ = (special_ + 1) / 2;
}

void EccMany::FreeMemory::operator()(void* p) const { std::free(p); }

bool EccMany::Group::same_windows(const Group& other) const {
  return tables.key->window == other.tables.key->window &&
         tables.base->window == other.tables.base->window;
}

bool EccMany::run(std::span<const Job> jobs, bool again, HashMany& hashes, LaneUse& sha512_use,
                  LaneUse& use) {
  const bool soon = find_tables(jobs, again);
  if (groups_.empty()) return soon;
  if (!scratch_) {
    scratch_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(64, kernels::kEccScratchBytes)));
    if (!scratch_) throw std::bad_alloc();
  }
  if (ring_.keys()[jobs[0].key].curve == Curve::kEd25519) hash_ed25519(jobs, hashes, sha512_use);
  // Tables of one pair of windows make one batch, whatever their keys.
  std::sort(groups_.begin(), groups_.end(), [](const Group& a, const Group& b) {
    return std::tuple(a.tables.key->window, a.tables.base->window, a.begin) <
           std::tuple(b.tables.key->window, b.tables.base->window, b.begin);
  });
  for (std::size_t begin = 0, end = 0; begin < groups_.size(); begin = end) {
    while (end < groups_.size() && groups_[end].same_windows(groups_[begin])) ++end;
    verify_groups(jobs, std::span(groups_).subspan(begin, end - begin), use);
  }
  groups_.clear();  // lets go of tables that may be replaced
  return soon;
}

/// The keys that have a table; the jobs of the others are not in any group.
bool EccMany::find_tables(std::span<const Job> jobs, bool again) {
  groups_.clear();
  bool soon = false;
  for (std::size_t i = 0; i < jobs.size();) {
    std::size_t end = i + 1;
    while (end < jobs.size() && jobs[end].key == jobs[i].key) ++end;
    EccTables::Pair tables = tables_.get(jobs[i].key, again ? 0 : end - i);
    soon = soon || tables.soon;
    if (tables.key) {
      groups_.push_back(
          {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end - i), std::move(tables)});
    }
    i = end;
  }
  return soon;
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
      JM_CHECK(jobs[i].signature.size() == 64 && key.size() == 32);
      end = std::copy_n(jobs[i].signature.begin(), 32, end);
      end = std::copy(key.begin(), key.end(), end);
      end = std::copy(jobs[i].message.begin(), jobs[i].message.end(), end);
      hashes.add(Hash::kSha512, {{begin, end}, nullptr, &digests_[i]});
    }
  }
  LaneUse no_sha256;
  hashes.run(no_sha256, sha512_use);
}

/// Groups of one pair of windows, in one batch.
void EccMany::verify_groups(std::span<const Job> jobs, std::span<const Group> groups,
                            LaneUse& use) {
  const EccTables::Pair& first = groups[0].tables;
  const EccCurve& curve = *tables_.curve_of(jobs[0].key);
  const bool ed25519 = ring_.keys()[jobs[0].key].curve == Curve::kEd25519;
  batch_.clear();
  batch_jobs_.clear();
  for (const Group& group : groups) {
    JM_CHECK(tables_.curve_of(jobs[group.begin].key) == &curve);
    for (std::uint32_t i = group.begin; i < group.begin + group.count; ++i) {
      JM_CHECK(jobs[i].signature.size() == 64 && (ed25519 || jobs[i].message.size() == 32));
      batch_.push_back({jobs[i].signature.data(),
                        ed25519 ? digests_[i].data() : jobs[i].message.data(),
                        group.tables.key->lines});
      batch_jobs_.push_back(i);
    }
  }
  answers_.assign(batch_.size(), kernels::EccAnswer::kUseScalar);
  std::size_t lanes = 0;
  for (std::size_t begin = 0; begin < batch_.size(); begin += kernels::kEccBlock) {
    const std::size_t size = std::min<std::size_t>(kernels::kEccBlock, batch_.size() - begin);
    const std::size_t count = wariness_.to_try(size);
    for (std::size_t i = 0; count < size && i < count; ++i) {
      const std::size_t other = i + wariness_.any_below(size - i);
      std::swap(batch_[begin + i], batch_[begin + other]);
      std::swap(batch_jobs_[begin + i], batch_jobs_[begin + other]);
    }
    verify_block(*curve.kernel, first, begin, count);
    lanes += (count + curve.lanes - 1) / curve.lanes * curve.lanes;
    use.used += count;
  }
  use.total += lanes;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (answers_[i] == kernels::EccAnswer::kUseScalar) continue;
    const Job& job = jobs[batch_jobs_[i]];
    *job.result =
        answers_[i] == kernels::EccAnswer::kGood ? SignatureCheck::kGood : SignatureCheck::kBad;
    *job.done = true;
  }
}

/// batch_[begin, begin + count) to their answers; the windows are those of all of them.
void EccMany::verify_block(const kernels::EccKernel& kernel, const EccTables::Pair& windows,
                           std::size_t begin, std::size_t count) {
  if (count == 0) return;
  kernel.verify({batch_.data() + begin, count, windows.base->lines, windows.base->window,
                 windows.key->window, scratch_.get(), answers_.data() + begin});
  const auto answers = std::span(answers_).subspan(begin, count);
  wariness_.learn(count, static_cast<std::size_t>(std::count(answers.begin(), answers.end(),
                                                             kernels::EccAnswer::kUseScalar)));
}

}  // namespace jotmill
