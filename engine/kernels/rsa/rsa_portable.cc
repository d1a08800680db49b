#include "kernels/lane52/lane52_portable.h"
#include "kernels/rsa/rsa-inl.h"

namespace jotmill::kernels {

void rsa_public_portable(const RsaJob* jobs, std::size_t count) {
  if (count == 0) return;
  switch (jobs[0].key->limbs) {
    case 40: return rsa_all<Lane52Portable, 40, 4, 2>(jobs, count);
    case 60: return rsa_all<Lane52Portable, 60, 4, 2>(jobs, count);
    case 80: return rsa_all<Lane52Portable, 80, 4, 2>(jobs, count);
  }
}

}  // namespace jotmill::kernels
