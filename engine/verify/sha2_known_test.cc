#include "verify/sha2_known.h"

#include "keys/hmac_states.h"
#include "support/catch.h"

namespace jotmill {
namespace {

constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};

DigestBytes other_digest(Hash hash, Bytes data) {
  DigestBytes out = sha2(hash, data);
  out[hash_bytes(hash) - 1] ^= 1;
  return out;
}
DigestBytes other_tag(Hash hash, const HmacStates& states, Bytes data) {
  DigestBytes out = hmac_tag(hash, states, data);
  out[0] ^= 0x80;
  return out;
}
/// Takes the states of the caller for those of another secret.
DigestBytes tag_of_another(Hash hash, const HmacStates&, Bytes data) {
  const auto states = make_hmac_states(as_bytes("jefe"));
  return hmac_tag(hash, states[hash == Hash::kSha256 ? 0 : hash == Hash::kSha384 ? 1 : 2], data);
}

TEST_CASE("the one-message functions give the published digests and tags; altered ones do not") {
  for (const Hash hash : kHashes) {
    CAPTURE(hash_bytes(hash));
    CHECK(gives_published_answers(hash, sha2, hmac_tag));
    CHECK_FALSE(gives_published_answers(hash, other_digest, hmac_tag));
    CHECK_FALSE(gives_published_answers(hash, sha2, other_tag));
    CHECK_FALSE(gives_published_answers(hash, sha2, tag_of_another));
  }
  CHECK_FALSE(gives_published_answers(Hash::kNone, sha2, hmac_tag));
}

}  // namespace
}  // namespace jotmill
