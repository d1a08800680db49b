// Blocks of 10 rows: 10 rows, 11 columns and one limb of the other operand are 22 of the 32
// registers. A column is added to twice a step, 8 cycles, and a step of 20 multiplications
// takes 10.

#include "kernels/lane52/lane52_avx512ifma.h"
#include "kernels/rsa/rsa-inl.h"

namespace jotmill::kernels {

void rsa_public_avx512ifma(const RsaJob* jobs, std::size_t count) {
  if (count == 0) return;
  switch (jobs[0].key->limbs) {
    case 40: return rsa_all<Lane52Avx512Ifma, 40, 10, 2>(jobs, count);
    case 60: return rsa_all<Lane52Avx512Ifma, 60, 10, 2>(jobs, count);
    case 80: return rsa_all<Lane52Avx512Ifma, 80, 10, 2>(jobs, count);
  }
}

}  // namespace jotmill::kernels
