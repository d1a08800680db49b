#ifndef JOTMILL_KERNELS_LANE52_LANE52_PORTABLE_H_
#define JOTMILL_KERNELS_LANE52_LANE52_PORTABLE_H_

#include "kernels/lane52/lane52.h"

namespace jotmill::kernels {
namespace {

/// Eight lanes in plain C++: the twin that the vector lanes are tested against.
struct Lane52Portable {
  static constexpr int kLanes = 8;
  static constexpr std::uint64_t kLowBias = 0, kHighBias = 0;

  struct Word {
    std::uint64_t lane[kLanes];
  };
  using Factor = Word;

  static Word load(const std::uint64_t* from) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = from[i];
    return w;
  }
  static void store(std::uint64_t* to, const Word& w) {
    for (int i = 0; i < kLanes; ++i) to[i] = w.lane[i];
  }
  static void load_rows(const std::uint8_t* const (&from)[kLanes], int offset,
                        Word (&words)[kLanes]) {
    for (int i = 0; i < kLanes; ++i) {
      for (int k = 0; k < kLanes; ++k)
        __builtin_memcpy(&words[k].lane[i], from[i] + offset + 8 * k, 8);
    }
  }
  static void store_rows(const Word (&words)[kLanes], std::uint8_t* const (&to)[kLanes],
                         int offset) {
    for (int i = 0; i < kLanes; ++i) {
      for (int k = 0; k < kLanes; ++k)
        __builtin_memcpy(to[i] + offset + 8 * k, &words[k].lane[i], 8);
    }
  }
  static Word set(std::uint64_t value) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = value;
    return w;
  }
  static Word add(const Word& a, const Word& b) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = a.lane[i] + b.lane[i];
    return w;
  }
  static Word sub(const Word& a, const Word& b) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = a.lane[i] - b.lane[i];
    return w;
  }
  static Word low52(const Word& a) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = a.lane[i] & kLimbMask;
    return w;
  }
  static Word right(const Word& a, int bits) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = bits < 64 ? a.lane[i] >> bits : 0;
    return w;
  }
  static Word left(const Word& a, int bits) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = bits < 64 ? a.lane[i] << bits : 0;
    return w;
  }
  static Word high(const Word& a) { return right(a, kLimbBits); }
  static Word swap_bytes(const Word& a) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = __builtin_bswap64(a.lane[i]);
    return w;
  }
  static Factor factor(const Word& w) { return low52(w); }
  static Factor split(const Word& w, Word& high_bits) {
    high_bits = high(w);
    return low52(w);
  }
  static Word word(const Factor& f) { return f; }
  static void mac(Word& low, Word& high, const Factor& a, const Factor& b) {
    __extension__ using Wide = unsigned __int128;
    for (int i = 0; i < kLanes; ++i) {
      const Wide product = Wide{a.lane[i]} * b.lane[i];
      low.lane[i] += static_cast<std::uint64_t>(product) & kLimbMask;
      high.lane[i] += static_cast<std::uint64_t>(product >> kLimbBits);
    }
  }
  static Factor low_product(const Factor& a, const Factor& b) {
    Word w;
    for (int i = 0; i < kLanes; ++i) w.lane[i] = (a.lane[i] * b.lane[i]) & kLimbMask;
    return w;
  }
};

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_LANE52_LANE52_PORTABLE_H_
