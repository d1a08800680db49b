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

/// Big-endian bytes to 52-bit limbs, lowest first, `stride` words apart. len is 256, 384 or 512.
inline void limbs_from_bytes(const std::uint8_t* bytes, std::size_t len, std::uint64_t* limbs,
                             int limb_count, int stride) {
  for (int i = 0; i < limb_count; ++i) {
    const std::size_t bit = static_cast<std::size_t>(i) * kLimbBits;
    const std::size_t from_end = bit / 8;  // this byte, counted from the last, holds the lowest bit
    std::uint64_t word = 0;
    if (from_end + 8 <= len) {
      __builtin_memcpy(&word, bytes + (len - from_end - 8), 8);
      word = __builtin_bswap64(word);
    } else {
      for (std::size_t k = 0; from_end + k < len; ++k)
        word |= std::uint64_t{bytes[len - 1 - from_end - k]} << (8 * k);
    }
    limbs[i * stride] = (word >> (bit % 8)) & kLimbMask;
  }
}

/// The way back. `limbs` are below 2^52, one after the other; the number fits `len` bytes.
inline void bytes_from_limbs(const std::uint64_t* limbs, int limb_count, std::uint8_t* bytes,
                             std::size_t len) {
  for (std::size_t done = 0; done < len; done += 8) {
    const std::size_t bit = done * 8;
    const std::size_t first = bit / kLimbBits, shift = bit % kLimbBits;
    std::uint64_t word = limbs[first] >> shift;
    word |= limbs[first + 1] << (kLimbBits - shift);
    if (2 * kLimbBits - shift < 64 && first + 2 < static_cast<std::size_t>(limb_count))
      word |= limbs[first + 2] << (2 * kLimbBits - shift);
    word = __builtin_bswap64(word);
    __builtin_memcpy(bytes + (len - done - 8), &word, 8);
  }
}

/// a := a mod n for a < 2n, limbs below 2^52.
inline void subtract_once(std::uint64_t* a, const std::uint64_t* n, int limb_count) {
  std::uint64_t difference[kRsaMaxLimbs];
  std::uint64_t borrow = 0;
  for (int i = 0; i < limb_count; ++i) {
    const std::uint64_t d = a[i] - n[i] - borrow;
    difference[i] = d & kLimbMask;
    borrow = d >> 63;
  }
  if (borrow != 0) return;
  for (int i = 0; i < limb_count; ++i) a[i] = difference[i];
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
  using Lanes = std::uint64_t[kLimbs][kLanes];

  static const RsaJob& job_at(const RsaJob* jobs, int index, int count) {
    return jobs[index < count ? index : count - 1];
  }

  static void to_factors(const Lanes& lanes, typename L::Factor* factors) {
    for (int i = 0; i < kLimbs; ++i) factors[i] = L::factor(L::load(lanes[i]));
  }

  /// The moduli, and the signatures as x and y.
  static void fill(Group& group, const RsaJob* jobs, int first, int count) {
    Lanes n, s;
    std::uint64_t k0[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const RsaJob& job = job_at(jobs, first + lane, count);
      for (int i = 0; i < kLimbs; ++i) n[i][lane] = job.key->n[i];
      k0[lane] = job.key->k0;
      limbs_from_bytes(job.signature, job.key->bytes, &s[0][lane], kLimbs, kLanes);
    }
    to_factors(n, group.n);
    group.k0 = L::factor(L::load(k0));
    to_factors(s, group.x);
    for (int i = 0; i < kLimbs; ++i) group.y[i] = group.x[i];
  }

  static void fill_constant(Group& group, const RsaJob* jobs, int first, int count) {
    Lanes c;
    for (int lane = 0; lane < kLanes; ++lane) {
      const RsaJob& job = job_at(jobs, first + lane, count);
      for (int i = 0; i < kLimbs; ++i) c[i][lane] = job.key->c[i];
    }
    to_factors(c, group.y);
  }

  static void write_blocks(const Group& group, const RsaJob* jobs, int first, int count) {
    Lanes result;
    for (int i = 0; i < kLimbs; ++i) L::store(result[i], group.t[kLimbs + i]);
    for (int lane = 0; lane < kLanes && first + lane < count; ++lane) {
      const RsaJob& job = jobs[first + lane];
      std::uint64_t limbs[kLimbs];
      for (int i = 0; i < kLimbs; ++i) limbs[i] = result[i][lane];
      subtract_once(limbs, job.key->n, kLimbs);
      bytes_from_limbs(limbs, kLimbs, job.block, job.key->bytes);
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
