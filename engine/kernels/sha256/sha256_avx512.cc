// SHA-256 of sixteen messages in step: a vector holds the same word of each. A round is 17
// instructions of 512 bits and a step of the schedule 11, at two a cycle; a rotation is one
// instruction, and so is any function of three words.

#include <immintrin.h>

#include "kernels/sha256/sha256-inl.h"
#include "kernels/unrolled.h"

namespace jotmill::kernels {
namespace {

constexpr int kLanes = 16;
/// Jobs left over that are as fast two by two.
constexpr std::size_t kFew = 8;

using Word = __m512i;

Word add(Word a, Word b) { return _mm512_add_epi32(a, b); }
/// Truth tables of three bits, as vpternlogd reads them: bit 4a + 2b + c.
Word exclusive_or(Word a, Word b, Word c) { return _mm512_ternarylogic_epi32(a, b, c, 0x96); }
Word choice(Word e, Word f, Word g) { return _mm512_ternarylogic_epi32(e, f, g, 0xCA); }
Word majority(Word a, Word b, Word c) { return _mm512_ternarylogic_epi32(a, b, c, 0xE8); }

template <int kA, int kB, int kC>
Word big_sigma(Word x) {
  return exclusive_or(_mm512_ror_epi32(x, kA), _mm512_ror_epi32(x, kB), _mm512_ror_epi32(x, kC));
}
template <int kA, int kB, int kShift>
Word small_sigma(Word x) {
  return exclusive_or(_mm512_ror_epi32(x, kA), _mm512_ror_epi32(x, kB),
                      _mm512_srli_epi32(x, kShift));
}

/// Word k of row i to lane i of word k: pairs of rows, fours, then quarters of 128 bits.
[[gnu::always_inline]] inline void transpose(Word (&rows)[kLanes]) {
  Word fours[kLanes];  // [4 * group + j]: word 4q + j of the rows 4 * group to + 3 in quarter q
  unrolled<0, 4>([&](auto g) __attribute__((always_inline)) {
    const Word* r = rows + 4 * g.value;
    const Word ab_low = _mm512_unpacklo_epi32(r[0], r[1]);
    const Word ab_high = _mm512_unpackhi_epi32(r[0], r[1]);
    const Word cd_low = _mm512_unpacklo_epi32(r[2], r[3]);
    const Word cd_high = _mm512_unpackhi_epi32(r[2], r[3]);
    fours[4 * g.value] = _mm512_unpacklo_epi64(ab_low, cd_low);
    fours[4 * g.value + 1] = _mm512_unpackhi_epi64(ab_low, cd_low);
    fours[4 * g.value + 2] = _mm512_unpacklo_epi64(ab_high, cd_high);
    fours[4 * g.value + 3] = _mm512_unpackhi_epi64(ab_high, cd_high);
  });
  unrolled<0, 4>([&](auto j) __attribute__((always_inline)) {
    constexpr int kJ = j.value;
    const Word low01 = _mm512_shuffle_i32x4(fours[kJ], fours[4 + kJ], 0x44);
    const Word high01 = _mm512_shuffle_i32x4(fours[kJ], fours[4 + kJ], 0xEE);
    const Word low23 = _mm512_shuffle_i32x4(fours[8 + kJ], fours[12 + kJ], 0x44);
    const Word high23 = _mm512_shuffle_i32x4(fours[8 + kJ], fours[12 + kJ], 0xEE);
    rows[kJ] = _mm512_shuffle_i32x4(low01, low23, 0x88);
    rows[4 + kJ] = _mm512_shuffle_i32x4(low01, low23, 0xDD);
    rows[8 + kJ] = _mm512_shuffle_i32x4(high01, high23, 0x88);
    rows[12 + kJ] = _mm512_shuffle_i32x4(high01, high23, 0xDD);
  });
}

/// The sixteen words of a block of each lane.
[[gnu::always_inline]] inline void load_blocks(const std::uint8_t* const (&blocks)[kLanes],
                                               Word (&w)[kLanes]) {
  const Word big_endian = _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
  unrolled<0, kLanes>([&](auto i) __attribute__((always_inline)) {
    w[i.value] = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[i.value]), big_endian);
  });
  transpose(w);
}

/// Sixteen rounds. The eight words stay where they are and change their names: a of round t is
/// v[-t mod 8]. `w` holds W of these rounds, or before kSchedule those of the sixteen before.
template <bool kSchedule>
[[gnu::always_inline]] inline void rounds(Word (&v)[8], Word (&w)[16], const std::uint32_t* k) {
  unrolled<0, 16>([&](auto t) __attribute__((always_inline)) {
    constexpr int kT = t.value;
    Word& word = w[kT];
    if constexpr (kSchedule) {
      word = add(add(word, small_sigma<7, 18, 3>(w[(kT + 1) % 16])),
                 add(w[(kT + 9) % 16], small_sigma<17, 19, 10>(w[(kT + 14) % 16])));
    }
    const auto at = [&v](int name) __attribute__((always_inline))->Word& {
      return v[(name + 16 - kT) % 8];
    };
    Word &d = at(3), &h = at(7);
    const Word a = at(0), b = at(1), c = at(2), e = at(4), f = at(5), g = at(6);
    const Word known = add(add(word, _mm512_set1_epi32(static_cast<int>(k[kT]))), h);
    const Word t1 = add(add(known, choice(e, f, g)), big_sigma<6, 11, 25>(e));
    d = add(d, t1);
    h = add(add(t1, majority(a, b, c)), big_sigma<2, 13, 22>(a));
  });
}

/// One to sixteen jobs. A lane that has no block any more takes another's and keeps its state.
void run_group(const Sha256Job* jobs, std::size_t count) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < count; ++i)
    longest = blocks_of(jobs[i]) > longest ? blocks_of(jobs[i]) : longest;
  Word state[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    state[i] = _mm512_castsi256_si512(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(jobs[i < count ? i : 0].state)));
  }
  transpose(state);
  for (std::size_t b = 0; b < longest; ++b) {
    const std::uint8_t* blocks[kLanes];
    const std::uint8_t* anyone = nullptr;
    unsigned active = 0;
    for (std::size_t i = 0; i < kLanes; ++i) {
      blocks[i] = i < count && b < blocks_of(jobs[i]) ? block_of(jobs[i], b) : nullptr;
      if (blocks[i] == nullptr) continue;
      active |= 1u << i;
      anyone = blocks[i];
    }
    for (std::size_t i = 0; i < kLanes; ++i) {
      if (blocks[i] == nullptr) blocks[i] = anyone;
    }
    Word w[16], v[8];
    load_blocks(blocks, w);
    unrolled<0, 8>([&](auto i) __attribute__((always_inline)) { v[i.value] = state[i.value]; });
    rounds<false>(v, w, kRounds);
    for (int from = 16; from < 64; from += 16) rounds<true>(v, w, kRounds + from);
    unrolled<0, 8>([&](auto i) __attribute__((always_inline)) {
      state[i.value] = _mm512_mask_add_epi32(state[i.value], static_cast<__mmask16>(active),
                                             state[i.value], v[i.value]);
    });
  }
  transpose(state);
  for (std::size_t i = 0; i < count; ++i) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(jobs[i].state),
                        _mm512_castsi512_si256(state[i]));
  }
  // States of HMAC are as good as the keys: they do not stay on the stack.
  unrolled<0, kLanes>([&](auto i) __attribute__((always_inline)) {
    state[i.value] = _mm512_setzero_si512();
  });
  asm volatile("" : : "r"(state) : "memory");
}

}  // namespace

void sha256_blocks_avx512(const Sha256Job* jobs, std::size_t count) {
  for (; count >= kFew;) {
    const std::size_t some = count < kLanes ? count : kLanes;
    run_group(jobs, some);
    jobs += some;
    count -= some;
  }
  sha256_blocks_shani(jobs, count);
}

}  // namespace jotmill::kernels
