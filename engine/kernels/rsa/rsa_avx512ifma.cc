// Blocks of 8 rows (10 where 8 does not divide 60 limbs): 8 rows, 8 low and 8 high columns and one
// limb of the other operand are 25 of the 32 registers, with 10 rows 31.

#include "kernels/lane52/lane52_avx512ifma.h"
#include "kernels/rsa/rsa-inl.h"

namespace jotmill::kernels {

void rsa_public_avx512ifma(const RsaJob* jobs, std::size_t count) {
  if (count == 0) return;
  switch (jobs[0].key->limbs) {
    case 40: return rsa_all<Lane52Avx512Ifma, 40, 8, 2>(jobs, count);
    case 60: return rsa_all<Lane52Avx512Ifma, 60, 10, 2>(jobs, count);
    case 80: return rsa_all<Lane52Avx512Ifma, 80, 8, 2>(jobs, count);
  }
}

}  // namespace jotmill::kernels
