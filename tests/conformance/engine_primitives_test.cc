// Every primitive file of Wycheproof through the engine's own binding and signature stages. The
// messages are no signing inputs, so the rows of the batch are made by hand: the message stands
// where a signing input would.

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/batch.h"
#include "keys/bind.h"
#include "keys/load.h"
#include "pipeline/shop.h"
#include "support/catch.h"
#include "support/cpu_under_test.h"
#include "support/engine_adapter.h"
#include "support/vectors.h"
#include "verify/verify.h"

using namespace jotmill;

namespace {

/// How the work was done is added to `work`.
std::string engine_verdict(const vectors::SignatureCase& one, SignatureSetup setup,
                           BatchWork& work) {
  Result<KeyRing> ring = load_keys(testing::engine_keys({one.key}), true);
  if (!ring) return "keys refused: " + ring.error().reason;

  Chunk chunk;
  TokenBatch batch;
  batch.chunk = &chunk;
  batch.unwrapped.assign(one.message.begin(), one.message.end());
  batch.unwrapped.push_back('.');
  batch.add(0, static_cast<std::uint32_t>(batch.unwrapped.size()), true, 0, 0);
  batch.dot2[0] = static_cast<std::uint32_t>(one.message.size());
  batch.arena.reset(one.signature.size() + 1);
  std::ranges::copy(one.signature, batch.arena.data());
  batch.seg_len[2][0] = static_cast<std::uint32_t>(one.signature.size());
  const auto alg = alg_from_name(one.alg);
  REQUIRE(alg.has_value());
  batch.alg[0] = *alg;
  batch.passed[0] = kPassedDecode | kPassedHeader;

  bind_keys(batch, ring.value());
  RsaKeys rsa_keys(ring.value());
  if (setup.rsa_public != nullptr) {
    setup.rsa_keys = &rsa_keys;
    setup.rsa_forced = true;  // a single signature would be left to OpenSSL
  }
  // Likewise a table from the first signature on, with the kernels that were asked for by name.
  EccTables ecc_tables(ring.value(), setup.p256, setup.ed25519, std::size_t{1} << 20);
  setup.ecc_tables = &ecc_tables;
  SignatureVerifier verifier(ring.value(), setup);
  StageTimes stage_ns{};
  StageTimer timer(stage_ns);
  verifier.verify_signatures(batch, timer, work);
  if (batch.pending(0)) return (batch.passed[0] & kPassedSignature) != 0 ? "accepted" : "forgotten";
  return std::string(code(batch.verdict[0]));
}

}  // namespace

TEST_CASE("every primitive case of Wycheproof") {
  if (!vectors::available("wycheproof")) return;
  const std::vector<vectors::SignatureCase> all = vectors::primitives();
  CHECK(all.size() > 5000);
  // What is chosen here, and OpenSSL, with all cases; each variant with those that it computes.
  struct Way {
    std::map<std::string, std::string> overrides;
    std::vector<std::string> algs = {};  ///< how their names begin; none: all
    WorkKernel used = WorkKernel::kOpenssl;
  };
  std::vector<Way> ways = {
      {}, {.overrides = {{"rsa", "openssl"}, {"sha256", "openssl"}, {"sha512", "openssl"}}}};
  const auto each = [&ways](const std::string& kernel, const auto& variants,
                            const std::vector<std::string>& algs, WorkKernel used) {
    for (const auto& one : variants) {
      if (one.name != "openssl") ways.push_back({{{kernel, std::string(one.name)}}, algs, used});
    }
  };
  each("rsa", rsa_kernel().variants, {"R", "P"}, WorkKernel::kRsa);
  each("p256", p256_kernel().variants, {"ES256"}, WorkKernel::kP256);
  each("ed25519", ed25519_kernel().variants, {"Ed"}, WorkKernel::kEd25519);
  each("sha256", sha256_kernel().variants, {"H"}, WorkKernel::kSha256);
  each("sha512", sha512_kernel().variants, {"H"}, WorkKernel::kSha512);
  int tried = 0;
  for (const Way& way : ways) {
    const Result<ChosenKernels> chosen =
        choose_kernels(way.overrides, testing::cpu_mask_under_test());
    if (!chosen) continue;  // not on this machine
    ++tried;
    std::vector<vectors::SignatureCase> cases;
    std::ranges::copy_if(all, std::back_inserter(cases), [&](const vectors::SignatureCase& one) {
      return way.algs.empty() || std::ranges::any_of(way.algs, [&](const std::string& begin) {
               return one.alg.starts_with(begin);
             });
    });
    CHECK(cases.size() > 100);
    BatchWork work;
    const auto wrong = vectors::mismatches(cases, [&](const vectors::SignatureCase& one) {
      return engine_verdict(one, chosen.value().signatures, work);
    });
    for (const auto& [kernel, variant] : way.overrides) UNSCOPED_INFO(kernel << "=" << variant);
    for (const std::string& line : wrong) UNSCOPED_INFO(line);
    CHECK(wrong.empty());
    CHECK(work.of(way.used).used > 50);
  }
  CHECK(tried >= 5);  // chosen, all of OpenSSL, and the portable ones
}
