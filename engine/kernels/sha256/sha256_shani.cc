// SHA-256 by SHA-NI, two messages in step. sha256rnds2 does two rounds and its result is the input
// of the next one, four cycles later; another can start every other cycle. So one message leaves
// half of the unit idle, two fill it, and more would only want for registers.

#include <immintrin.h>

#include "kernels/sha256/sha256-inl.h"

namespace jotmill::kernels {
namespace {

/// The state as the instructions want it: (A, B, E, F) and (C, D, G, H), highest word first.
struct State {
  __m128i abef, cdgh;
};

State load(const std::uint32_t* words) {
  const __m128i dcba = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words));
  const __m128i hgfe = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words + 4));
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xF0)};
}

void store(const State& state, std::uint32_t* words) {
  const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(words), _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(words + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// The blocks `from` to `to` of `kLanes` messages.
template <unsigned kLanes>
void compress(State* state, const Sha256Job* const* jobs, std::size_t from, std::size_t to) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  for (std::size_t b = from; b < to; ++b) {
    State now[kLanes];
    __m128i w[kLanes][4];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      now[lane] = state[lane];
      const auto* block = reinterpret_cast<const __m128i*>(block_of(*jobs[lane], b));
      for (unsigned i = 0; i < 4; ++i)
        w[lane][i] = _mm_shuffle_epi8(_mm_loadu_si128(block + i), big_endian);
    }
#pragma GCC unroll 16
    for (unsigned four = 0; four < 16; ++four) {
      const __m128i k = _mm_load_si128(reinterpret_cast<const __m128i*>(kRounds + 4 * four));
#pragma GCC unroll 2
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        __m128i* words = w[lane];
        __m128i& word = words[four % 4];
        if (four >= 4) {
          const __m128i before = words[(four + 3) % 4];
          const __m128i seven = _mm_alignr_epi8(before, words[(four + 2) % 4], 4);
          word = _mm_sha256msg2_epu32(
              _mm_add_epi32(_mm_sha256msg1_epu32(word, words[(four + 1) % 4]), seven), before);
        }
        const __m128i add = _mm_add_epi32(word, k);
        now[lane].cdgh = _mm_sha256rnds2_epu32(now[lane].cdgh, now[lane].abef, add);
        now[lane].abef =
            _mm_sha256rnds2_epu32(now[lane].abef, now[lane].cdgh, _mm_shuffle_epi32(add, 0x0E));
      }
    }
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      state[lane].abef = _mm_add_epi32(state[lane].abef, now[lane].abef);
      state[lane].cdgh = _mm_add_epi32(state[lane].cdgh, now[lane].cdgh);
    }
  }
}

void run_one(const Sha256Job& job, std::size_t from) {
  State state = load(job.state);
  const Sha256Job* const jobs[1] = {&job};
  compress<1>(&state, jobs, from, blocks_of(job));
  store(state, job.state);
}

void run_two(const Sha256Job& a, const Sha256Job& b) {
  const std::size_t both = blocks_of(a) < blocks_of(b) ? blocks_of(a) : blocks_of(b);
  State states[2] = {load(a.state), load(b.state)};
  const Sha256Job* const jobs[2] = {&a, &b};
  compress<2>(states, jobs, 0, both);
  store(states[0], a.state);
  store(states[1], b.state);
  if (blocks_of(a) > both) run_one(a, both);
  if (blocks_of(b) > both) run_one(b, both);
}

}  // namespace

void sha256_blocks_shani(const Sha256Job* jobs, std::size_t count) {
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) run_two(jobs[i], jobs[i + 1]);
  if (i < count) run_one(jobs[i], 0);
}

}  // namespace jotmill::kernels
