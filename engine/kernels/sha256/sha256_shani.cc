// SHA-256 by SHA-NI, two messages in step. sha256rnds2 does two rounds and its result is the input
// of the next one, four cycles later; another can start every other cycle. So one message leaves
// half of the unit idle, two fill it, and more would only want for registers.

#include <immintrin.h>

#include "kernels/sha256/sha256.h"

namespace jotmill::kernels {
namespace {

alignas(16) constexpr std::uint32_t kRounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

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

/// `blocks` blocks of `kLanes` messages.
template <unsigned kLanes>
void compress(State* state, const std::uint8_t* const* data, std::size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  for (std::size_t b = 0; b < blocks; ++b) {
    State now[kLanes];
    __m128i w[kLanes][4];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      now[lane] = state[lane];
      const auto* block = reinterpret_cast<const __m128i*>(data[lane] + b * kSha256BlockBytes);
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
  const std::uint8_t* const data = job.data + from * kSha256BlockBytes;
  compress<1>(&state, &data, job.blocks - from);
  store(state, job.state);
}

void run_two(const Sha256Job& a, const Sha256Job& b) {
  const std::size_t both = a.blocks < b.blocks ? a.blocks : b.blocks;
  State states[2] = {load(a.state), load(b.state)};
  const std::uint8_t* const data[2] = {a.data, b.data};
  compress<2>(states, data, both);
  store(states[0], a.state);
  store(states[1], b.state);
  if (a.blocks > both) run_one(a, both);
  if (b.blocks > both) run_one(b, both);
}

}  // namespace

void sha256_blocks_shani(const Sha256Job* jobs, std::size_t count) {
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) run_two(jobs[i], jobs[i + 1]);
  if (i < count) run_one(jobs[i], 0);
}

}  // namespace jotmill::kernels
