// The portable variant with a faster product: for every machine with BMI2 and ADX (Broadwell, Zen).

#include "kernels/p256/p256_adx-inl.h"
#include "kernels/p256/p256_verify-inl.h"

namespace jotmill::kernels {
namespace {

using Field = P256Field<P256Adx>;

bool build(const std::uint8_t* key, std::uint32_t window, std::uint64_t* lines) {
  return p256_build<Field>(key, window, lines, [](const U256& x) { return x; });
}

void verify(const EccBatch& batch) { p256_verify<Field, P256Scalars, Word1, 2>(batch); }

}  // namespace

const EccKernel p256_bmi2 = {build, verify};

}  // namespace jotmill::kernels
