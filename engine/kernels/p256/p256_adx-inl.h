// The Montgomery product of P-256 with MULX and two carry chains (ADCX, ADOX): what the compilers
// make of the portable form takes two (clang 14) to four (g++ 12) times as long. After each row of
// the product one word is reduced away: as -1/p is 1 modulo 2^64, that word is its own quotient q,
// and q p = q 2^256 - q 2^224 + q 2^192 + q 2^96 - q needs one MULX and two shifts (S. Gueron and
// V. Krasnov, "Fast prime field elliptic-curve cryptography with 256-bit primes", 2014).

#ifndef JOTMILL_KERNELS_P256_P256_ADX_INL_H_
#define JOTMILL_KERNELS_P256_P256_ADX_INL_H_

#include "kernels/p256/p256_4x64-inl.h"

namespace jotmill::kernels {
namespace {

// A0..A5: the running sum, least significant first; A5 enters as 0. One row: A += a * b[i]. `off`
// is the byte offset of b[i].
#define JM_P256_ROW(off, A0, A1, A2, A3, A4, A5) \
  "movq " off                                    \
  "(%[b]), %%rdx\n\t"                            \
  "xorl %k[" A5 "], %k[" A5                      \
  "]\n\t"                                        \
  "mulxq (%[a]), %[t0], %[t1]\n\t"               \
  "adcxq %[t0], %[" A0 "]\n\tadoxq %[t1], %[" A1 \
  "]\n\t"                                        \
  "mulxq 8(%[a]), %[t0], %[t1]\n\t"              \
  "adcxq %[t0], %[" A1 "]\n\tadoxq %[t1], %[" A2 \
  "]\n\t"                                        \
  "mulxq 16(%[a]), %[t0], %[t1]\n\t"             \
  "adcxq %[t0], %[" A2 "]\n\tadoxq %[t1], %[" A3 \
  "]\n\t"                                        \
  "mulxq 24(%[a]), %[t0], %[t1]\n\t"             \
  "adcxq %[t0], %[" A3 "]\n\tadoxq %[t1], %[" A4 \
  "]\n\t"                                        \
  "movl $0, %k[t0]\n\t"                          \
  "adcxq %[t0], %[" A4 "]\n\tadoxq %[t0], %[" A5 \
  "]\n\t"                                        \
  "adcxq %[t0], %[" A5 "]\n\t"
// A := (A + A0 p) / 2^64: A1..A5 remain.
#define JM_P256_REDUCE(A0, A1, A2, A3, A4, A5) \
  "movq %[" A0                                 \
  "], %%rdx\n\t"                               \
  "movq %[" A0                                 \
  "], %[t0]\n\tshlq $32, %[t0]\n\t"            \
  "movq %[" A0                                 \
  "], %[t1]\n\tshrq $32, %[t1]\n\t"            \
  "addq %[t0], %[" A1 "]\n\tadcq %[t1], %[" A2 \
  "]\n\t"                                      \
  "mulxq %[p3], %[t0], %[t1]\n\t"              \
  "adcq %[t0], %[" A3 "]\n\tadcq %[t1], %[" A4 "]\n\tadcq $0, %[" A5 "]\n\t"

struct P256Adx {
  static U256 mul(const U256& a, const U256& b) {
    u64 r0 = 0, r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5, t0, t1;
    __asm__(JM_P256_ROW("0", "r0", "r1", "r2", "r3", "r4", "r5")
                JM_P256_REDUCE("r0", "r1", "r2", "r3", "r4", "r5")
                    JM_P256_ROW("8", "r1", "r2", "r3", "r4", "r5", "r0")
                        JM_P256_REDUCE("r1", "r2", "r3", "r4", "r5", "r0")
                            JM_P256_ROW("16", "r2", "r3", "r4", "r5", "r0", "r1")
                                JM_P256_REDUCE("r2", "r3", "r4", "r5", "r0", "r1")
                                    JM_P256_ROW("24", "r3", "r4", "r5", "r0", "r1", "r2")
                                        JM_P256_REDUCE("r3", "r4", "r5", "r0", "r1", "r2")
            // The sum is in r4 r5 r0 r1 with a carry in r2; it is less than 2p.
            "movq %[r4], %[r3]\n\tmovq %[r5], %[t0]\n\tmovq %[r0], %[t1]\n\tmovq %[r1], %%rdx\n\t"
            "subq $-1, %[r4]\n\tsbbq %[p1], %[r5]\n\tsbbq $0, %[r0]\n\tsbbq %[p3], %[r1]\n\t"
            "sbbq $0, %[r2]\n\t"
            "cmovcq %[r3], %[r4]\n\tcmovcq %[t0], %[r5]\n\tcmovcq %[t1], %[r0]\n\tcmovcq %%rdx, "
            "%[r1]\n\t"
            : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [r4] "+&r"(r4),
              [r5] "=&r"(r5), [t0] "=&r"(t0), [t1] "=&r"(t1)
            : [a] "r"(a.w), [b] "r"(b.w), [p1] "m"(kP256Prime.w[1]), [p3] "m"(kP256Prime.w[3]),
              "m"(a), "m"(b)
            : "rdx", "cc");
    return {{r4, r5, r0, r1}};
  }
};

#undef JM_P256_ROW
#undef JM_P256_REDUCE

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_P256_P256_ADX_INL_H_
