// Blocks of 4 rows: 4 rows, 5 columns, one limb of the other operand, two constants and the halves
// under way fill the 16 registers.

#include "kernels/lane52/lane52_avx2fma.h"
#include "kernels/rsa/rsa-inl.h"

namespace jotmill::kernels {
namespace {

/// Not inlined: nothing of it may move out of the rounding mode around it.
template <int kLimbs, int kGroups>
[[gnu::noinline]] void all(const RsaJob* jobs, std::size_t count) {
  rsa_all<Lane52Avx2Fma, kLimbs, 4, kGroups>(jobs, count);
}

}  // namespace

void rsa_public_avx2fma(const RsaJob* jobs, std::size_t count) {
  if (count == 0) return;
  const unsigned callers_mode = round_towards_zero();
  switch (jobs[0].key->limbs) {
    case 40: all<40, 4>(jobs, count); break;
    case 60: all<60, 4>(jobs, count); break;
    case 80: all<80, 4>(jobs, count); break;
  }
  _mm_setcsr(callers_mode);
}

}  // namespace jotmill::kernels
