// The portable variant with a faster product: for every machine with BMI2 and ADX (Broadwell, Zen).

#include "kernels/ed25519/ed25519_adx-inl.h"
#include "kernels/ed25519/ed25519_verify-inl.h"

namespace jotmill::kernels {
namespace {

using Field = Ed25519Field<Ed25519Adx>;

void verify(const EccBatch& batch) { ed25519_verify<Field, Ed25519Scalars, Word1, 2>(batch); }

}  // namespace

const EccKernel ed25519_bmi2 = {ed25519_build<Field>, verify};

}  // namespace jotmill::kernels
