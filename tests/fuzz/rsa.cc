// The RSA public operation: every variant that this CPU has says what OpenSSL's numbers say, of up
// to three odd moduli of one size and 17 signatures, those beyond the modulus too. The bytes are
// the numbers.
#include "kernels/rsa/rsa.h"

#include <openssl/bn.h>

#include <array>
#include <vector>

#include "cpu/features.h"
#include "fuzz/require.h"
#include "fuzz/stream.h"
#include "kernels/rsa/rsa_variants.h"

namespace {

using namespace jotmill::kernels;
using jotmill::testing::Stream;
using Bytes = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, 3> kExponent = {1, 0, 1};

struct Key {
  Bytes n;
  RsaKey ready;
};

Bytes power(const Bytes& s, const Bytes& n) {
  static BN_CTX* const ctx = BN_CTX_new();
  static BIGNUM *const base = BN_new(), *const modulus = BN_new(), *const e = BN_new(),
                       *const out = BN_new();
  BN_bin2bn(s.data(), static_cast<int>(s.size()), base);
  BN_bin2bn(n.data(), static_cast<int>(n.size()), modulus);
  BN_set_word(e, 65537);
  FUZZ_REQUIRE(BN_mod_exp(out, base, e, modulus, ctx) == 1);
  Bytes block(n.size());
  BN_bn2binpad(out, block.data(), static_cast<int>(block.size()));
  return block;
}

/// Any number of the size, or the modulus with another last byte.
Bytes signature(Stream& in, const Bytes& n) {
  if (in.below(4) != 0) return in.bytes(n.size());
  Bytes s = n;
  s.back() = in.byte();
  return s;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const jotmill::CpuMask cpu = jotmill::detect_cpu();
  Stream in(data, size);
  const std::size_t bytes = 256 + 128 * in.below(3);
  std::vector<Key> keys(1 + in.below(3));
  for (Key& key : keys) {
    key.n = in.bytes(bytes);
    key.n.front() |= 0x80;
    key.n.back() |= 1;
    FUZZ_REQUIRE(rsa_prepare(key.n.data(), bytes, kExponent.data(), kExponent.size(), &key.ready));
  }
  std::vector<Bytes> signatures, wanted, blocks;
  std::vector<RsaJob> jobs(1 + in.below(17));
  for (RsaJob& job : jobs) {
    const Key& key = keys[in.below(keys.size())];
    job.key = &key.ready;
    signatures.push_back(signature(in, key.n));
    job.signature = signatures.back().data();
    wanted.push_back(power(signatures.back(), key.n));
  }
  for (const auto& variant : rsa_variants()) {
    if (variant.fn == nullptr || variant.fn == rsa_public_openssl || !cpu.has(variant.needs))
      continue;
    blocks.assign(jobs.size(), Bytes(bytes));
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].block = blocks[i].data();
    variant.fn(jobs.data(), jobs.size());
    FUZZ_REQUIRE(blocks == wanted);
  }
  return 0;
}
