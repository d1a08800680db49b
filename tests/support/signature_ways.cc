#include "support/signature_ways.h"

#include <algorithm>

#include "core/check.h"
#include "kernels/rsa/rsa_variants.h"
#include "support/cpu_under_test.h"

namespace jotmill {

namespace kernels {
#if defined(JOTMILL_HAVE_SIMDE)
RsaPublicFn rsa_public_avx512ifma_emulated;
#endif
}  // namespace kernels

namespace testing {
namespace {

std::vector<kernels::Variant<kernels::RsaPublicFn>> rsa_variants_here() {
  std::vector<kernels::Variant<kernels::RsaPublicFn>> variants;
  for (const auto& variant : kernels::rsa_variants()) {
    if (variant.fn != nullptr && variant.fn != kernels::rsa_public_openssl &&
        cpu_under_test().has(variant.needs))
      variants.push_back(variant);
  }
#if defined(JOTMILL_HAVE_SIMDE)
  variants.push_back({"avx512ifma-emulated", {}, 8, kernels::rsa_public_avx512ifma_emulated});
#endif
  return variants;
}

std::vector<kernels::Variant<MakeHashEngine>> hash_variants_here(
    const kernels::Kernel<MakeHashEngine>& kernel) {
  std::vector<kernels::Variant<MakeHashEngine>> variants;
  for (const auto& variant : kernel.variants) {
    if (state_of(variant, cpu_under_test(), kernel.self_test) == kernels::VariantState::kUsable)
      variants.push_back(variant);
  }
  return variants;
}

}  // namespace

std::vector<SignatureWay> signature_ways() {
  const auto rsa = rsa_variants_here();
  const auto sha256 = hash_variants_here(sha256_kernel());
  const auto sha512 = hash_variants_here(sha512_kernel());
  std::vector<SignatureWay> ways(std::max({rsa.size(), sha256.size(), sha512.size()}));
  for (std::size_t i = 0; i < ways.size(); ++i) {
    // Where a kernel has no more variants its best runs again, which costs the least.
    const auto& r = rsa[i < rsa.size() ? i : 0];
    const auto& a = sha256[i < sha256.size() ? i : 0];
    const auto& b = sha512[i < sha512.size() ? i : 0];
    ways[i].name = "rsa=" + std::string(r.name) + " sha256=" + std::string(a.name) +
                   " sha512=" + std::string(b.name);
    SignatureSetup& setup = ways[i].setup;
    setup.sha256 = a.fn;
    setup.sha512 = b.fn;
    setup.rsa_public = r.fn;
    setup.rsa_lanes = r.lanes;
    setup.rsa_forced = true;
  }
  return ways;
}

void fill(TokenBatch& batch, std::span<const SignatureRow> rows) {
  batch.clear();
  batch.arena.reset(rows.size() * kSignatureStride);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const SignatureRow& row = rows[i];
    JM_CHECK(row.signature.size() <= kSignatureStride);
    const auto off = static_cast<std::uint32_t>(batch.unwrapped.size());
    const auto len = static_cast<std::uint32_t>(row.message.size());
    batch.unwrapped.insert(batch.unwrapped.end(), row.message.begin(), row.message.end());
    batch.unwrapped.push_back('.');
    batch.add(off, len + 1, true, off, i);
    batch.dot2[i] = len;
    batch.seg_off[2][i] = i * kSignatureStride;
    batch.seg_len[2][i] = static_cast<std::uint32_t>(row.signature.size());
    std::ranges::copy(row.signature, batch.arena.data() + i * kSignatureStride);
    batch.alg[i] = row.alg;
    batch.cand_off[i] = i;
    batch.cand_count[i] = 1;
    batch.candidates.push_back(row.key);
    batch.passed[i] = kPassedDecode | kPassedHeader | kPassedBind;
  }
  batch.unwrapped.resize(batch.unwrapped.size() + kSlackBytes);
}

std::vector<Verdict> verify(SignatureVerifier& verifier, TokenBatch& batch, BatchWork& work) {
  static const Chunk chunk;
  batch.chunk = &chunk;
  StageTimes stage_ns{};
  StageTimer timer(stage_ns);
  verifier.verify_signatures(batch, timer, work);
  std::vector<Verdict> verdicts;
  for (std::size_t i = 0; i < batch.size; ++i) {
    const bool passed = (batch.passed[i] & kPassedSignature) != 0;
    verdicts.push_back(!batch.pending(i) ? batch.verdict[i]
                       : passed          ? Verdict::kAccepted
                                         : Verdict::kInternalError);
  }
  return verdicts;
}

}  // namespace testing
}  // namespace jotmill
