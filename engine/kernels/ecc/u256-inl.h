// Numbers of 256 bits as four words, least significant first. Included by each variant for a copy
// of its own: everything here has internal linkage.

#ifndef JOTMILL_KERNELS_ECC_U256_INL_H_
#define JOTMILL_KERNELS_ECC_U256_INL_H_

#include <cstddef>
#include <cstdint>

namespace jotmill::kernels {
namespace {

using u64 = std::uint64_t;
using u128 = unsigned __int128;
using i128 = __int128;

struct U256 {
  u64 w[4];
};

constexpr u64 low64(u128 x) { return static_cast<u64>(x); }
constexpr u64 high64(u128 x) { return static_cast<u64>(x >> 64); }

// g++ 12 makes of the portable forms below a chain of comparisons and not of ADC, three times as
// slow, hence the assembly.

/// *sum = a + b; the carry.
inline u64 add(const U256& a, const U256& b, U256* sum) {
#if defined(__x86_64__)
  u64 w0 = a.w[0], w1 = a.w[1], w2 = a.w[2], w3 = a.w[3], carry = 0;
  __asm__(
      "addq %[b0], %[w0]\n\tadcq %[b1], %[w1]\n\tadcq %[b2], %[w2]\n\tadcq %[b3], %[w3]\n\t"
      "adcq $0, %[carry]"
      : [w0] "+&r"(w0), [w1] "+&r"(w1), [w2] "+&r"(w2), [w3] "+&r"(w3), [carry] "+&r"(carry)
      : [b0] "rm"(b.w[0]), [b1] "rm"(b.w[1]), [b2] "rm"(b.w[2]), [b3] "rm"(b.w[3])
      : "cc");
  *sum = {{w0, w1, w2, w3}};
  return carry;
#else
  u128 t = 0;
  for (int i = 0; i < 4; ++i) {
    t += static_cast<u128>(a.w[i]) + b.w[i];
    sum->w[i] = low64(t);
    t >>= 64;
  }
  return low64(t);
#endif
}

/// *difference = a - b; all ones when a < b, else 0.
inline u64 subtract(const U256& a, const U256& b, U256* difference) {
#if defined(__x86_64__)
  u64 w0 = a.w[0], w1 = a.w[1], w2 = a.w[2], w3 = a.w[3], borrow;
  __asm__(
      "subq %[b0], %[w0]\n\tsbbq %[b1], %[w1]\n\tsbbq %[b2], %[w2]\n\tsbbq %[b3], %[w3]\n\t"
      "sbbq %[borrow], %[borrow]"
      : [w0] "+&r"(w0), [w1] "+&r"(w1), [w2] "+&r"(w2), [w3] "+&r"(w3), [borrow] "=&r"(borrow)
      : [b0] "rm"(b.w[0]), [b1] "rm"(b.w[1]), [b2] "rm"(b.w[2]), [b3] "rm"(b.w[3])
      : "cc");
  *difference = {{w0, w1, w2, w3}};
  return borrow;
#else
  u64 borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const u128 t = static_cast<u128>(a.w[i]) - b.w[i] - borrow;
    difference->w[i] = low64(t);
    borrow = high64(t) & 1;
  }
  return u64{0} - borrow;
#endif
}

inline bool less(const U256& a, const U256& b) {
  U256 unused;
  return subtract(a, b, &unused) != 0;
}
inline bool is_zero(const U256& a) { return (a.w[0] | a.w[1] | a.w[2] | a.w[3]) == 0; }
inline bool equal(const U256& a, const U256& b) {
  return ((a.w[0] ^ b.w[0]) | (a.w[1] ^ b.w[1]) | (a.w[2] ^ b.w[2]) | (a.w[3] ^ b.w[3])) == 0;
}

/// `mask` (all ones or 0) ? a : b, without a branch: which it is, is a coin toss.
inline U256 select(u64 mask, const U256& a, const U256& b) {
  U256 out;
  for (int i = 0; i < 4; ++i) out.w[i] = (a.w[i] & mask) | (b.w[i] & ~mask);
  return out;
}

inline U256 load_big_endian(const std::uint8_t* bytes) {
  U256 out;
  for (int i = 0; i < 4; ++i) {
    u64 word;
    __builtin_memcpy(&word, bytes + 8 * (3 - i), 8);
    out.w[i] = __builtin_bswap64(word);
  }
  return out;
}

inline U256 load_little_endian(const std::uint8_t* bytes) {
  U256 out;
  __builtin_memcpy(out.w, bytes, 32);
  return out;
}

/// a * b, eight words.
inline void multiply(const U256& a, const U256& b, u64 (&product)[8]) {
  u64 carry = 0;
  for (int j = 0; j < 4; ++j) {
    const u128 t = static_cast<u128>(a.w[0]) * b.w[j] + carry;
    product[j] = low64(t);
    carry = high64(t);
  }
  product[4] = carry;
  for (int i = 1; i < 4; ++i) {
    carry = 0;
    for (int j = 0; j < 4; ++j) {
      const u128 t = static_cast<u128>(a.w[i]) * b.w[j] + product[i + j] + carry;
      product[i + j] = low64(t);
      carry = high64(t);
    }
    product[i + 4] = carry;
  }
}

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_U256_INL_H_
