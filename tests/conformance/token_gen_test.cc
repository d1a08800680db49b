// The generator of the differential tests: it must replay, and it must reach what it is there to
// reach.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/reference_signature.h"
#include "support/token_gen.h"

namespace jotmill::gen {
namespace {

reference::Keys load(const World& world) {
  reference::Keys keys;
  for (const auto& file : world.key_files)
    (void)keys.load(file);  // a refused file is left out, as it should be
  return keys;
}

TEST_CASE("a world and its tokens follow from their numbers alone") {
  for (const uint64_t seed : {1u, 2u, 77u}) {
    const World first = make_world(seed);
    const World second = make_world(seed);
    REQUIRE(first.key_files.size() == second.key_files.size());
    for (size_t i = 0; i < first.key_files.size(); ++i) {
      CHECK(first.key_files[i].bytes == second.key_files[i].bytes);
    }
    std::vector<std::string> upward;
    for (uint64_t i = 0; i < 50; ++i) upward.push_back(make_token(first, i).bytes);
    for (uint64_t i = 50; i-- > 0;) CHECK(make_token(second, i).bytes == upward[i]);
  }
  CHECK(make_token(make_world(1), 1).bytes != make_token(make_world(2), 1).bytes);
}

TEST_CASE("the signer's signatures verify, for every algorithm") {
  Random random(5);
  const SigningKey oct = make_oct(random, 64);
  const SigningKey rsa = make_rsa(random, 2049, 65537);
  std::map<std::string, SigningKey> keys;
  for (const char* alg : {"HS256", "HS384", "HS512"}) keys[alg] = oct;
  for (const char* alg : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) keys[alg] = rsa;
  keys["ES256"] = make_ec(random, "P-256");
  keys["ES384"] = make_ec(random, "P-384");
  keys["ES512"] = make_ec(random, "P-521");
  keys["ES256K"] = make_ec(random, "secp256k1");
  keys["EdDSA"] = keys["Ed25519"] = make_okp(random, "Ed25519");
  keys["Ed448"] = make_okp(random, "Ed448");
  REQUIRE(keys.size() == 16);
  for (const auto& [alg, key] : keys) {
    reference::Key key_half;
    key_half.kty = key.kty, key_half.crv = key.crv, key_half.secret = key.secret;
    key_half.n = key.n, key_half.e = key.e, key_half.x = key.x, key_half.y = key.y;
    INFO(alg);
    const std::string signature = sign(alg, key, "message");
    CHECK(reference::verify_signature(alg, key_half, "message", signature) == "accepted");
    CHECK(reference::verify_signature(alg, key_half, "massage", signature) == "signature_mismatch");
    CHECK(reference::verify_signature(alg, key_half, "message", signature + "x") ==
          "signature_length");
    if (key.kty == "EC") {
      CHECK(reference::verify_signature(alg, key_half, "message", other_s(key.crv, signature)) ==
            "accepted");
    }
  }
}

TEST_CASE("generated tokens reach every verdict a token can get") {
  std::map<std::string, int> reached;
  for (uint64_t seed = 0; seed < 120; ++seed) {
    const World world = make_world(seed, {.bases = 20});
    const reference::Keys keys = load(world);
    for (uint64_t i = 0; i < 250; ++i)
      ++reached[reference::judge(make_token(world, i).bytes, keys, world.policy).verdict];
  }
  for (const char* code : {"token_empty",
                           "token_too_large",
                           "json_serialization",
                           "encrypted_token",
                           "segment_count",
                           "header_encoding",
                           "payload_encoding",
                           "signature_encoding",
                           "header_not_utf8",
                           "header_not_json",
                           "header_duplicate_member",
                           "header_bad_type",
                           "alg_missing",
                           "alg_none",
                           "alg_unsupported",
                           "alg_not_allowed",
                           "crit_invalid",
                           "crit_unsupported",
                           "b64_unsupported",
                           "typ_mismatch",
                           "key_not_found",
                           "key_rejected",
                           "key_type_mismatch",
                           "key_use_mismatch",
                           "key_alg_mismatch",
                           "key_ambiguous",
                           "signature_missing",
                           "signature_length",
                           "signature_out_of_range",
                           "signature_mismatch",
                           "nested_unsupported",
                           "payload_not_utf8",
                           "payload_not_json",
                           "payload_not_object",
                           "payload_duplicate_member",
                           "claim_invalid",
                           "claim_missing",
                           "expired",
                           "not_yet_valid",
                           "issued_in_future",
                           "token_too_old",
                           "issuer_mismatch",
                           "audience_mismatch",
                           "subject_mismatch",
                           "accepted"}) {
    INFO(code);
    CHECK(reached[code] > 0);
  }
  CHECK(reached.size() == 45);  // and no other: internal_error least of all
}

}  // namespace
}  // namespace jotmill::gen
