// Every primitive file of Wycheproof through the engine's own binding and signature stages. The
// messages are no signing inputs, so the rows of the batch are made by hand: the message stands
// where a signing input would.

#include <algorithm>
#include <string>

#include "core/batch.h"
#include "keys/bind.h"
#include "keys/load.h"
#include "support/catch.h"
#include "support/engine_adapter.h"
#include "support/vectors.h"
#include "verify/verify.h"

using namespace jotmill;

namespace {

std::string engine_verdict(const vectors::SignatureCase& one) {
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
  SignatureVerifier verifier(ring.value());
  verifier.verify_signatures(batch);
  if (batch.pending(0)) return (batch.passed[0] & kPassedSignature) != 0 ? "accepted" : "forgotten";
  return std::string(code(batch.verdict[0]));
}

}  // namespace

TEST_CASE("every primitive case of Wycheproof") {
  if (!vectors::available("wycheproof")) return;
  const std::vector<vectors::SignatureCase> cases = vectors::primitives();
  CHECK(cases.size() > 5000);
  const auto wrong = vectors::mismatches(cases, engine_verdict);
  for (const std::string& line : wrong) UNSCOPED_INFO(line);
  CHECK(wrong.empty());
}
