#ifndef JOTMILL_KERNELS_RSA_RSA_INL_H_
#define JOTMILL_KERNELS_RSA_RSA_INL_H_

// s^65537 mod n for groups of signatures, written once over the lanes of lane52.h.
//
// With M(a, b) = a b / R: sixteen squarings of s give s^65536 / R^65535, M with s gives s^65537 /
// R^65536, and M with C = R^65537 mod n gives s^65537: eighteen products, and no conversion into
// the Montgomery domain or out of it.

#include "kernels/lane52/mont52-inl.h"
#include "kernels/rsa/rsa.h"

namespace jotmill::kernels {
namespace {

/// a := a mod n for a < 2n, limbs below 2^52; those of a `stride` words apart.
inline void subtract_once(std::uint64_t* a, int stride, const std::uint64_t* n, int limb_count) {
  std::uint64_t difference[kRsaMaxLimbs];
  std::uint64_t borrow = 0;
  for (int i = 0; i < limb_count; ++i) {
    const std::uint64_t d = a[i * stride] - n[i] - borrow;
    difference[i] = d & kLimbMask;
    borrow = d >> 63;
  }
  if (borrow != 0) return;
  for (int i = 0; i < limb_count; ++i) a[i * stride] = difference[i];
}

template <class L, int kLimbs, int kRows>
struct RsaGroups {
  using Mont = Mont52<L, kLimbs, kRows>;
  using Group = typename Mont::Group;
  static constexpr int kLanes = L::kLanes;

  /// Jobs of one run: kGroups * kLanes of them at most, at least one. Lanes without a job repeat
  /// the last one.
  template <int kGroups>
  static void run(const RsaJob* jobs, int count) {
    Group groups[kGroups];
    for (int g = 0; g < kGroups; ++g) fill(groups[g], jobs, g * kLanes, count);
    for (int i = 0; i < 16; ++i) Mont::template square<kGroups>(groups);
    Mont::template multiply<kGroups>(groups);
    for (int g = 0; g < kGroups; ++g) fill_constant(groups[g], jobs, g * kLanes, count);
    Mont::template multiply<kGroups>(groups);
    for (int g = 0; g < kGroups; ++g) write_blocks(groups[g], jobs, g * kLanes, count);
  }

 private:
  static constexpr int kBytes = kLimbs / 20 * 128;
  static constexpr int kTop = (8 * kBytes - 1) / kLimbBits;  ///< the limb with the highest bit
  static constexpr int kWords = kBytes / 8;
  static_assert(8 * kBytes + 1 <= kLimbBits * (kTop + 1), "numbers below 2n end in limb kTop");
  static_assert(kWords % kLanes == 0 && kRsaMaxLimbs % kLanes == 0, "whole rows");
  using Word = typename L::Word;
  using Factor = typename L::Factor;

  static const RsaJob& job_at(const RsaJob* jobs, int index, int count) {
    return jobs[index < count ? index : count - 1];
  }

  /// The moduli, and the signatures as x and y.
  static void fill(Group& group, const RsaJob* jobs, int first, int count) {
    const std::uint8_t* n[kLanes];
    const std::uint8_t* s[kLanes];
    std::uint64_t k0[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const RsaJob& job = job_at(jobs, first + lane, count);
      n[lane] = reinterpret_cast<const std::uint8_t*>(job.key->n);
      s[lane] = job.signature;
      k0[lane] = job.key->k0;
    }
    load_limbs(n, group.n);
    group.k0 = L::factor(L::load(k0));
    Mont::derive(group);

    Word words[kWords + 2];  // lowest first
    for (int k = 0; k < kWords; k += kLanes) {
      Word rows[kLanes];
      L::load_rows(s, kBytes - 8 * (k + kLanes), rows);
      for (int i = 0; i < kLanes; ++i) words[k + kLanes - 1 - i] = L::swap_bytes(rows[i]);
    }
    words[kWords] = words[kWords + 1] = L::set(0);
    for (int i = 0; i < kLimbs; ++i) {
      const int at = i * kLimbBits / 64, shift = i * kLimbBits % 64;
      const Word limb = L::add(L::right(words[at], shift), L::left(words[at + 1], 64 - shift));
      group.x[i] = group.y[i] = L::factor(limb);
    }
  }

  static void fill_constant(Group& group, const RsaJob* jobs, int first, int count) {
    const std::uint8_t* c[kLanes];
    for (int lane = 0; lane < kLanes; ++lane)
      c[lane] = reinterpret_cast<const std::uint8_t*>(job_at(jobs, first + lane, count).key->c);
    load_limbs(c, group.y);
  }

  /// The limbs of n or c of a key for each lane. (Both have room for kRsaMaxLimbs, a multiple of
  /// kLanes.)
  static void load_limbs(const std::uint8_t* const (&from)[kLanes], Factor* to) {
    for (int i = 0; i < kLimbs; i += kLanes) {
      Word rows[kLanes];
      L::load_rows(from, 8 * i, rows);
      for (int k = 0; k < kLanes && i + k < kLimbs; ++k) to[i + k] = L::factor(rows[k]);
    }
  }

  static void write_blocks(const Group& group, const RsaJob* jobs, int first, int count) {
    std::uint64_t limbs[kLimbs + 2][kLanes];
    for (int i = 0; i < kLimbs; ++i) L::store(limbs[i], L::word(group.x[i]));
    for (int i = kLimbs; i < kLimbs + 2; ++i) L::store(limbs[i], L::set(0));
    std::uint8_t dropped[kBytes];
    std::uint8_t* blocks[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      blocks[lane] = dropped;
      if (first + lane >= count) continue;
      const RsaJob& job = jobs[first + lane];
      blocks[lane] = job.block;
      // x may be n or a little more; its highest limb tells when it can be.
      if (limbs[kTop][lane] >= job.key->n[kTop])
        subtract_once(&limbs[0][lane], kLanes, job.key->n, kLimbs);
    }
    Word words[kWords];
    for (int k = 0; k < kWords; ++k) {
      const int at = k * 64 / kLimbBits, shift = k * 64 % kLimbBits;
      const int next = kLimbBits - shift;  // bits that the first limb gives
      const Word lower =
          L::add(L::right(L::load(limbs[at]), shift), L::left(L::load(limbs[at + 1]), next));
      words[k] = L::swap_bytes(L::add(lower, L::left(L::load(limbs[at + 2]), next + kLimbBits)));
    }
    for (int k = 0; k < kWords; k += kLanes) {
      Word rows[kLanes];
      for (int i = 0; i < kLanes; ++i) rows[i] = words[k + kLanes - 1 - i];
      L::store_rows(rows, blocks, kBytes - 8 * (k + kLanes));
    }
  }
};

/// Any number of jobs, kGroups groups at a time, at least two; the last few in as few groups as
/// hold them.
template <class L, int kLimbs, int kRows, int kGroups>
void rsa_all(const RsaJob* jobs, std::size_t count) {
  using Groups = RsaGroups<L, kLimbs, kRows>;
  constexpr std::size_t kFull = static_cast<std::size_t>(kGroups) * L::kLanes;
  for (; count >= kFull; jobs += kFull, count -= kFull)
    Groups::template run<kGroups>(jobs, static_cast<int>(kFull));
  const int rest = static_cast<int>(count);
  if (rest > 2 * L::kLanes) return Groups::template run<kGroups>(jobs, rest);
  if (rest > L::kLanes) return Groups::template run<2>(jobs, rest);
  if (rest > 0) return Groups::template run<1>(jobs, rest);
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_RSA_RSA_INL_H_
