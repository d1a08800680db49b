// Every primitive file of Wycheproof through the engine's own binding and signature stages. The
// messages are no signing inputs, so the rows of the batch are made by hand: the message stands
// where a signing input would.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/batch.h"
#include "keys/bind.h"
#include "keys/load.h"
#include "pipeline/shop.h"
#include "support/catch.h"
#include "support/engine_adapter.h"
#include "support/vectors.h"
#include "verify/verify.h"

using namespace jotmill;

namespace {

std::string engine_verdict(const vectors::SignatureCase& one, SignatureSetup setup) {
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
  SignatureVerifier verifier(ring.value(), setup);
  StageTimes stage_ns{};
  StageTimer timer(stage_ns);
  BatchWork work;
  verifier.verify_signatures(batch, timer, work);
  if (batch.pending(0)) return (batch.passed[0] & kPassedSignature) != 0 ? "accepted" : "forgotten";
  return std::string(code(batch.verdict[0]));
}

}  // namespace

TEST_CASE("every primitive case of Wycheproof") {
  if (!vectors::available("wycheproof")) return;
  const std::vector<vectors::SignatureCase> cases = vectors::primitives();
  CHECK(cases.size() > 5000);
  using Overrides = std::map<std::string, std::string>;
  std::vector<Overrides> ways = {
      {}, {{"rsa", "openssl"}, {"sha256", "openssl"}, {"sha512", "openssl"}}};
  for (const auto& variant : rsa_kernel().variants)
    ways.push_back({{"rsa", std::string(variant.name)}});
  for (const auto& variant : sha256_kernel().variants)
    ways.push_back({{"sha256", std::string(variant.name)}});
  for (const auto& variant : sha512_kernel().variants)
    ways.push_back({{"sha512", std::string(variant.name)}});
  int tried = 0;
  for (const Overrides& overrides : ways) {
    const Result<ChosenKernels> chosen = choose_kernels(overrides, {});
    if (!chosen) continue;  // not on this machine
    ++tried;
    const auto wrong = vectors::mismatches(cases, [&](const vectors::SignatureCase& one) {
      return engine_verdict(one, chosen.value().signatures);
    });
    for (const auto& [kernel, variant] : overrides) UNSCOPED_INFO(kernel << "=" << variant);
    for (const std::string& line : wrong) UNSCOPED_INFO(line);
    CHECK(wrong.empty());
  }
  CHECK(tried >= 5);  // chosen, all of OpenSSL, portable RSA, OpenSSL for either hash
}
