// One signature a lane in four words: the twin that every other variant is tested against.

#include "kernels/ed25519/ed25519_verify-inl.h"

namespace jotmill::kernels {
namespace {

using Field = Ed25519Field<Ed25519Plain>;

void verify(const EccBatch& batch) { ed25519_verify<Field, Ed25519Scalars, Word1, 2>(batch); }

}  // namespace

const EccKernel ed25519_portable = {ed25519_build<Field>, verify};

const std::uint8_t kEd25519BasePoint[32] = {
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

}  // namespace jotmill::kernels
