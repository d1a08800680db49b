#include "support/token_gen.h"

#include <array>

#include "support/codec.h"
#include "support/gen_json.h"
#include "support/gen_keys.h"
#include "support/gen_mutate.h"
#include "support/reference_algorithms.h"

namespace jotmill::gen {
namespace {

using reference::Nanoseconds;
using reference::Policy;

constexpr Nanoseconds kSecond = 1'000'000'000;

Nanoseconds some_leeway(Random& random, const WorldOptions& options) {
  const Nanoseconds leeway =
      random.pick(std::array<Nanoseconds, 8>{0, 0, 0, 1, 60, 300, 86400, 31536000}) * kSecond;
  return options.fractional_times && random.percent(15)
             ? leeway + static_cast<Nanoseconds>(random.below(1'000'000'000))
             : leeway;
}

void add_claim_policy(Random& random, const WorldOptions& options, Policy& policy) {
  if (random.percent(40)) policy.issuers = {"https://a.example"};
  if (random.percent(10)) policy.issuers.push_back("https://b.example/\xC3\xA9");
  if (random.percent(35)) policy.audiences = {"api"};
  if (random.percent(15)) policy.audiences.push_back("web");
  if (random.percent(20)) policy.subjects = {"alice", "bob"};
  for (const char* name : {"exp", "nbf", "iat", "jti", "sub", "scope"}) {
    if (random.percent(8)) policy.require.emplace_back(name);
  }
  policy.exp_leeway = some_leeway(random, options);
  policy.nbf_leeway = some_leeway(random, options);
  policy.iat_leeway = some_leeway(random, options);
  if (random.percent(92)) {
    policy.as_of = (1'700'000'000 + static_cast<Nanoseconds>(random.below(100'000'000))) * kSecond;
    if (random.percent(3)) policy.as_of = 0;
    if (options.fractional_times && random.percent(20))
      *policy.as_of += static_cast<Nanoseconds>(random.below(1'000'000'000));
    if (random.percent(30))
      policy.max_age = random.pick(std::array<Nanoseconds, 4>{1, 3600, 86400, 31536000}) * kSecond;
  }
}

Policy make_policy(Random& random, const WorldOptions& options) {
  Policy policy;
  if (random.percent(10)) {
    for (const reference::Algorithm& algorithm : reference::kAlgorithms) {
      if (random.percent(60)) policy.algs.emplace_back(algorithm.name);
    }
  }
  policy.claims = !random.percent(8);
  if (policy.claims) add_claim_policy(random, options, policy);
  if (random.percent(15))
    policy.typ = random.pick(std::array{"JWT", "at+jwt", "application/at+jwt"});
  policy.allow_padding = random.percent(20);
  policy.allow_weak_secret = random.percent(15);
  if (random.percent(6)) policy.max_token_bytes = 150 + random.below(700);
  return policy;
}

std::string alg_for(Random& random, const Signer& signer) {
  if (signer.alg && random.percent(85)) return *signer.alg;
  return random.pick(fitting_algs(signer.key));
}

// A signature by the rules, or one of the near misses that only a signer can make.
std::string make_signature(Random& random, const Signer& signer, Base& base,
                           const std::string& input) {
  const SigningKey& key = signer.key;
  if (key.kty == "RSA" && random.percent(12)) {
    RsaFault fault;
    if (base.alg.starts_with("PS")) {
      fault.salt_bytes = random.pick(std::array{0, 20, 32, 48, 64});
      if (random.percent(30)) fault.mgf_hash = "SHA1";
    } else {
      (random.percent(50) ? fault.without_null : fault.padding_type_2) = true;
    }
    base.what += " signature:near miss";
    return sign_rsa_with_fault(base.alg, key, input, fault);
  }
  if (key.kty != "oct" && random.percent(4)) {
    base.what += " signature:public key as secret";
    return codec::hmac(
        "SHA256", random.percent(50) ? as_pem(key, FileShape::spki) : as_der(key, FileShape::spki),
        input);
  }
  return sign(base.alg, key, input);
}

Base make_base(Random& random, const World& world) {
  Base base;
  base.signer = random.below(world.signers.size());
  const Signer& signer = world.signers[base.signer];
  base.alg = alg_for(random, signer);
  base.what = base.alg;
  base.header = make_header(random, world, signer, base.alg, base.what);
  base.payload = make_payload(random, world.policy, base.what);
  const std::string input = codec::base64url(base.header) + "." + codec::base64url(base.payload);
  base.signature = make_signature(random, signer, base, input);
  return base;
}

std::string join(const std::array<std::string, 3>& segments) {
  std::string token;
  token.reserve(segments[0].size() + segments[1].size() + segments[2].size() + 2);
  return token.append(segments[0])
      .append(1, '.')
      .append(segments[1])
      .append(1, '.')
      .append(segments[2]);
}

std::array<std::string, 3> encode(const Base& base) {
  return {codec::base64url(base.header), codec::base64url(base.payload),
          codec::base64url(base.signature)};
}

// HMAC is cheap enough to sign every token anew. The padding that a policy may allow is part of
// what is signed.
void sign_again(Random& random, const World& world, Base& base,
                std::array<std::string, 3>& segments) {
  const SigningKey& key = world.signers[base.signer].key;
  if (random.percent(world.policy.allow_padding ? 40 : 1)) {
    for (int i = 0; i < 2; ++i) {
      if (segments[i].size() % 4 != 0) segments[i].append(4 - segments[i].size() % 4, '=');
    }
    base.what += " padded";
  }
  base.signature = sign(base.alg, key, segments[0] + "." + segments[1]);
  segments[2] = codec::base64url(base.signature);
}

std::optional<size_t> any_symmetric_signer(Random& random, const World& world) {
  std::vector<size_t> found;
  for (size_t i = 0; i < world.signers.size(); ++i) {
    if (world.signers[i].key.kty == "oct") found.push_back(i);
  }
  if (found.empty()) return std::nullopt;
  return random.pick(found);
}

GeneratedToken fresh_token(Random& random, const World& world, size_t signer_index) {
  const Signer& signer = world.signers[signer_index];
  Base base;
  base.signer = signer_index;
  base.alg = alg_for(random, signer);
  base.what = "fresh " + base.alg;
  base.header = make_header(random, world, signer, base.alg, base.what);
  base.payload = make_payload(random, world.policy, base.what);
  auto segments = encode(base);
  sign_again(random, world, base, segments);
  return {join(segments), base.what};
}

// One change at a layer of its own, in a copy of a base.
GeneratedToken mutated_token(Random& random, const World& world) {
  Base base = random.pick(world.bases);
  const bool symmetric = world.signers[base.signer].key.kty == "oct";
  const size_t layer = random.below(100);
  if (layer < 20) {
    const bool in_header = random.percent(50);
    base.what += in_header ? " mutated header:" : " mutated payload:";
    base.what += mutate_json(random, in_header ? base.header : base.payload);
    auto segments = encode(base);
    if (symmetric && random.percent(70)) sign_again(random, world, base, segments);
    return {join(segments), base.what};
  }
  if (layer < 50) {
    base.what += " mutated signature:" + mutate_signature(random, world, base, base.signature);
    return {join(encode(base)), base.what};
  }
  auto segments = encode(base);
  if (layer < 72) {
    const size_t which = random.below(3);
    base.what +=
        " mutated segment " + std::to_string(which) + ":" + mutate_segment(random, segments[which]);
    return {join(segments), base.what};
  }
  std::string token = join(segments);
  for (int i = random.percent(15) ? 2 : 1; i > 0; --i)
    base.what += " mutated token:" + mutate_token(random, token);
  return {std::move(token), std::move(base.what)};
}

}  // namespace

World make_world(uint64_t seed, const WorldOptions& options) {
  Random random(mix(seed, 0x776F726C64));
  World world;
  world.seed = seed;
  world.policy = make_policy(random, options);
  add_key_files(random, options, world);
  for (size_t i = 0; i < options.bases; ++i) world.bases.push_back(make_base(random, world));
  return world;
}

GeneratedToken make_token(const World& world, uint64_t index) {
  Random random(mix(world.seed, index));
  const size_t kind = random.below(100);
  if (kind < 12) {
    const Base& base = random.pick(world.bases);
    return {join(encode(base)), "as signed " + base.what};
  }
  if (kind < 55) {
    if (const auto signer = any_symmetric_signer(random, world))
      return fresh_token(random, world, *signer);
  }
  return mutated_token(random, world);
}

}  // namespace jotmill::gen
