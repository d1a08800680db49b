#ifndef JOTMILL_KERNELS_LANE52_LANE52_H_
#define JOTMILL_KERNELS_LANE52_LANE52_H_

// Big numbers in radix 2^52, several at once: one vector holds the same limb of kLanes numbers.
// Arithmetic on them is written once, as templates over a "lane" type L, and compiled for each
// instruction set in a file of its own:
//
//   lane52_portable.h     Lane52Portable     8 lanes, plain C++
//   lane52_avx512ifma.h   Lane52Avx512Ifma   8 lanes, vpmadd52luq and vpmadd52huq
//   lane52_avx2fma.h      Lane52Avx2Fma      4 lanes, fused multiply-add of doubles
//
// What a lane type offers, all of it static:
//
//   kLanes
//   Word       kLanes unsigned 64-bit numbers; sums wrap
//   Factor     kLanes numbers below 2^52, in the form that the multiplier takes
//
//   Word load(const std::uint64_t*), void store(std::uint64_t*, Word)
//                                    kLanes numbers, any alignment
//   void load_rows(from, offset, Word (&words)[kLanes]), store_rows(words, to, offset)
//                                    kLanes numbers each at kLanes pointers plus offset, any
//                                    alignment: number k of row l is lane l of words[k]
//   Word swap_bytes(Word)            each number read from its other end
//   Word set(std::uint64_t)          the same number in every lane
//   Word add(Word, Word), sub(Word, Word)
//   Word low52(Word), high(Word)     w mod 2^52, w >> 52
//   Word right(Word, int bits), left(Word, int bits)
//                                    w >> bits, w << bits for 0 <= bits <= 127: 0 from 64 on
//   Factor factor(Word), Word word(Factor)
//                                    of low52(w): higher bits need not be cleared; and the way back
//   Factor split(Word w, Word& high)
//                                    factor(w), and high := w >> 52
//   void mac(Word& low, Word& high, Factor a, Factor b)
//                                    low += a b mod 2^52, high += a b >> 52, each with a constant
//                                    kLowBias or kHighBias on top: the sum of the constants is
//                                    known at compile time, and whoever reads a column removes it
//   Factor low_product(Factor a, Factor b)
//                                    a b mod 2^52
//
// ISA files include these headers: everything in them has internal linkage, and they see nothing of
// the C++ library but <cstddef> and <cstdint>.

#include <cstddef>
#include <cstdint>

#include "kernels/unrolled.h"

namespace jotmill::kernels {
namespace {

constexpr int kLimbBits = 52;
constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_LANE52_H_
