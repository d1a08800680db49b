// The product modulo 2^255 - 19 with MULX and two carry chains (ADCX, ADOX); the upper half comes
// back times 38.

#ifndef JOTMILL_KERNELS_ED25519_ED25519_ADX_INL_H_
#define JOTMILL_KERNELS_ED25519_ED25519_ADX_INL_H_

#include "kernels/ed25519/ed25519_4x64-inl.h"

namespace jotmill::kernels {
namespace {

// A0..A4 += a * b[i], A4 entering as 0. `off` is the byte offset of b[i].
#define JM_ED25519_ROW(off, A0, A1, A2, A3, A4)  \
  "movq " off                                    \
  "(%[b]), %%rdx\n\t"                            \
  "xorl %k[" A4 "], %k[" A4                      \
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
  "movl $0, %k[t0]\n\tadcxq %[t0], %[" A4 "]\n\t"

struct Ed25519Adx {
  static U256 mul(const U256& a, const U256& b) {
    u64 r0 = 0, r1 = 0, r2 = 0, r3 = 0, r4, r5, r6, r7, t0, t1;
    __asm__(
        JM_ED25519_ROW("0", "r0", "r1", "r2", "r3", "r4")
        JM_ED25519_ROW("8", "r1", "r2", "r3", "r4", "r5")
        JM_ED25519_ROW("16", "r2", "r3", "r4", "r5", "r6")
        JM_ED25519_ROW("24", "r3", "r4", "r5", "r6", "r7")
        "movl $38, %%edx\n\t"
        "mulxq %[r4], %[t0], %[t1]\n\t"
        "xorl %k[r4], %k[r4]\n\t"
        "adcxq %[t0], %[r0]\n\tadoxq %[t1], %[r1]\n\t"
        "mulxq %[r5], %[t0], %[t1]\n\t"
        "adcxq %[t0], %[r1]\n\tadoxq %[t1], %[r2]\n\t"
        "mulxq %[r6], %[t0], %[t1]\n\t"
        "adcxq %[t0], %[r2]\n\tadoxq %[t1], %[r3]\n\t"
        "mulxq %[r7], %[t0], %[t1]\n\t"
        "adcxq %[t0], %[r3]\n\tadoxq %[r4], %[t1]\n\tadcxq %[r4], %[t1]\n\t"
        // What is above 2^256 once more, and the carry of that.
        "imulq $38, %[t1], %[t1]\n\t"
        "addq %[t1], %[r0]\n\tadcq $0, %[r1]\n\tadcq $0, %[r2]\n\tadcq $0, %[r3]\n\t"
        "sbbq %[t0], %[t0]\n\tandl $38, %k[t0]\n\taddq %[t0], %[r0]\n\t"
        : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [r4] "=&r"(r4),
          [r5] "=&r"(r5), [r6] "=&r"(r6), [r7] "=&r"(r7), [t0] "=&r"(t0), [t1] "=&r"(t1)
        : [a] "r"(a.w), [b] "r"(b.w)
        : "rdx", "cc", "memory");  // "m"(a) and "m"(b) would ask clang for two more registers
    return {{r0, r1, r2, r3}};
  }
};

#undef JM_ED25519_ROW

}  // namespace
}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ED25519_ED25519_ADX_INL_H_
