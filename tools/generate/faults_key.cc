// Room D: which key a token selects. Each token is signed as well as its key allows, so that a
// verifier which overlooks the key's fault accepts.
#include <algorithm>
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"
#include "tools/generate/world_files.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

void unknown_kid(Forge& f, std::string_view kid) { f.kid(kid); }

/// The kid of a real key, changed a little: kid is compared byte for byte.
void near_kid(Forge& f, std::string_view how) {
  std::string kid = f.key().kid;
  if (how == "upper")
    std::ranges::transform(kid, kid.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
  if (how == "space") kid += ' ';
  if (how == "nul") kid += '\0';
  if (how == "cut") kid.pop_back();
  if (how == "prefix") kid.insert(0, "./");
  if (how == "long") kid.append(4000, 'x');
  if (f.world().key(kid) != nullptr) kid += '?';  // the kid of another key
  f.kid(kid);
}

void embedded_key(Forge& f, std::string_view member) {
  f.kid("in-the-header");
  JsonMembers jwk = f.key().members;
  jwk.set_string("kid", "in-the-header");
  f.header().set(member,
                 member == "jwk" ? jwk.text() : json_quote("https://attacker.invalid/keys"));
}

/// No kid, and more usable keys than may be tried. Signed with one of them.
void crowd(Forge& f, std::string_view) { f.no_kid(); }
void crowd_bad(Forge& f, std::string_view) {
  f.no_kid();
  f.signature()[0] = static_cast<char>(f.signature()[0] ^ 1);
}
bool crowded(const World& world, std::string_view name) {
  return world.usable_count(*alg_named(name)) > kMostCandidates &&
         contains(world.mix_algs(), *alg_named(name));
}

bool short_for_alg(const World& world, const TestKey& key, AlgId alg) {
  return world.has_own_kid(key) && key.symmetric() && key.expect == kAccepted && !key.alg &&
         key.secret.size() < kAlgs[alg].hash_bytes && contains(world.policy().algs, alg);
}

bool has_short_secret(const World& world, std::string_view alg) {
  return std::ranges::any_of(world.keys(), [&](const World::Key& key) {
    return short_for_alg(world, *key, *alg_named(alg));
  });
}

/// A secret long enough for HS256, asked to serve a longer hash (RFC 7518 s3.2).
void short_secret(Forge& f, std::string_view alg_name) {
  const AlgId alg = *alg_named(alg_name);
  const auto& keys = f.world().keys();
  for (std::size_t at = f.rng().below(keys.size());; at = (at + 1) % keys.size()) {
    if (short_for_alg(f.world(), *keys[at], alg)) return f.use(alg, *keys[at]);
  }
}

/// Keys of the set that pass `wanted`.
template <typename Wanted>
bool has_key(const World& world, Wanted wanted) {
  return std::ranges::any_of(world.keys(), [&](const World::Key& key) { return wanted(*key); });
}
/// One of them, drawn; there must be one.
template <typename Wanted>
const TestKey& draw_key(Forge& f, Wanted wanted) {
  const auto& keys = f.world().keys();
  std::size_t at = f.rng().below(keys.size());
  while (!wanted(*keys[at])) at = (at + 1) % keys.size();
  return *keys[at];
}

bool sound(const World& world, const TestKey& key) {
  return key.expect == kAccepted && world.has_own_kid(key);
}

/// Whether each algorithm of the recipe meets a sound key that does not fit it.
bool has_other_types(const World& world, std::string_view) {
  for (AlgId alg = 0; alg < kAlgCount; ++alg) {
    if (!contains(world.mix_algs(), alg)) continue;
    if (!has_key(world,
                 [&](const TestKey& key) { return sound(world, key) && !fits(key.type, alg); }))
      return false;
  }
  return true;
}

const TestKey& draw_misfit(Forge& f) {
  return draw_key(
      f, [&](const TestKey& key) { return sound(f.world(), key) && !fits(key.type, f.alg()); });
}

/// A good signature, but the kid of a key of another type.
void other_types_kid(Forge& f, std::string_view) { f.kid(draw_misfit(f).kid); }

/// Signed with a key of another type in that key's own way; only the header's alg tells another
/// story.
void other_types_signature(Forge& f, std::string_view) {
  const AlgId said = f.alg();
  const TestKey& key = draw_misfit(f);
  AlgId real = 0;
  while (!fits(key.type, real)) ++real;
  f.use(real, key);
  f.say_alg(said);
}

/// An allowed algorithm that no key of a set without kids fits; 16 when there is none.
AlgId alg_without_key(const World& world) {
  AlgId alg = 0;
  while (alg < kAlgCount &&
         (!contains(world.policy().algs, alg) ||
          has_key(world, [&](const TestKey& key) { return fits(key.type, alg); }))) {
    ++alg;
  }
  return alg;
}
bool keys_without_kid_miss_an_alg(const World& world, std::string_view) {
  return world.recipe().pem && alg_without_key(world) < kAlgCount;
}
void no_key_fits(Forge& f, std::string_view) { f.say_alg(alg_without_key(f.world())); }

bool has_rsa(const World& world, std::string_view) {
  return has_key(
      world, [&](const TestKey& key) { return sound(world, key) && key.type == KeyType::kRsa; });
}

/// The classic confusion: an HMAC whose secret is some form of a public key (RFC 8725 s2.1).
void public_key_as_secret(Forge& f, std::string_view form) {
  const AlgId alg = f.alg();
  const TestKey& key =
      draw_key(f, [&](const TestKey& k) { return sound(f.world(), k) && k.type == KeyType::kRsa; });
  f.use(alg, key);
  f.replace_signature(
      f.signer().hmac(kAlgs[alg].hash_bytes, public_key_bytes(key, form), f.signing_input()));
}

// ---- keys of the set that are there to be refused; arg is the kid

/// An algorithm that fits the key and is allowed; any of the recipe when there is none.
AlgId draw_fitting(Forge& f, const TestKey& key, AlgSet without = 0) {
  AlgSet among = static_cast<AlgSet>(algs_for(key.type) & f.world().policy().algs & ~without);
  if (among == 0) return f.alg();
  // PS512 does not fit into a modulus of 1024 bits.
  if (key.type == KeyType::kRsa && key.modulus.size() < 256)
    among = static_cast<AlgSet>(among & kRsaAlgs);
  AlgId alg = static_cast<AlgId>(f.rng().below(kAlgCount));
  while (!contains(among, alg)) alg = static_cast<AlgId>((alg + 1) % kAlgCount);
  return alg;
}

void refused_key(Forge& f, std::string_view kid) {
  const TestKey& key = *f.world().key(kid);
  f.use(draw_fitting(f, key), key);
  if (key.can_sign()) return;
  std::string bytes = f.rng().bytes(key.type == KeyType::kRsa ? key.modulus.size() : 64);
  if (kid == "refused-rsa-e1") {  // with an exponent of 1 the signature is the padded hash itself
    const AlgId alg = static_cast<AlgId>(*alg_named("RS256"));
    f.use(alg, key);
    bytes = pkcs1_block(key.modulus.size(), 32, f.signer().digest(32, f.signing_input()));
  }
  f.replace_signature(bytes);
}

/// The key's refusal comes before its type.
void refused_key_other_type(Forge& f, std::string_view) {
  const TestKey& key = draw_key(f, [&](const TestKey& k) {
    return k.expect == kKeyRejected && k.type != KeyType::kOther && !fits(k.type, f.alg());
  });
  f.kid(key.kid);
}
bool has_refused_types(const World& world, std::string_view) {
  const auto refused = [&](KeyType type) {
    return has_key(world,
                   [&](const TestKey& k) { return k.expect == kKeyRejected && k.type == type; });
  };
  return refused(KeyType::kRsa) && refused(KeyType::kP256);
}

void misused_key(Forge& f, std::string_view kid) {
  const TestKey& key = *f.world().key(kid);
  f.use(draw_fitting(f, key), key);
}

/// The key's type comes before its use.
void misused_key_other_type(Forge& f, std::string_view) {
  const TestKey& key = draw_key(
      f, [&](const TestKey& k) { return k.expect == kKeyUseMismatch && !fits(k.type, f.alg()); });
  f.kid(key.kid);
}
bool has_misused_types(const World& world, std::string_view) {
  const auto misused = [&](KeyType type) {
    return has_key(world,
                   [&](const TestKey& k) { return k.expect == kKeyUseMismatch && k.type == type; });
  };
  return misused(KeyType::kRsa) && misused(KeyType::kP256);
}

AlgSet own_alg(const TestKey& key) { return only(*alg_named(*key.alg)); }

void bound_key(Forge& f, std::string_view kid) {
  const TestKey& key = *f.world().key(kid);
  f.use(draw_fitting(f, key, own_alg(key)), key);
}

void unknown_kid_bad_signature(Forge& f, std::string_view kid) {
  f.kid(kid);
  f.replace_signature("");
}

}  // namespace

void add_trap_keys(const World& world, std::vector<Variant>& out) {
  if (!world.meets(kKids)) return;
  for (const World::Key& key : world.keys()) {
    const auto add = [&](Verdict verdict, auto make) {
      out.push_back(
          {std::string(code(verdict)) + "." + key->kid, verdict, kAnyAlg, make, key->kid});
    };
    const AlgSet fitting = static_cast<AlgSet>(algs_for(key->type) & world.policy().algs);
    if (key->expect == kKeyRejected) add(kKeyRejected, refused_key);
    if (key->expect == kKeyUseMismatch && fitting != 0) add(kKeyUseMismatch, misused_key);
    if (key->pool == "bound" && (fitting & ~own_alg(*key)) != 0) add(kKeyAlgMismatch, bound_key);
  }
}

std::span<const FaultRow> key_faults() {
  static constexpr auto kRows = std::to_array<FaultRow>({
      {"key_not_found.unknown", kKeyNotFound, kKids, kAnyAlg, unknown_kid, "no-such-key"sv},
      {"key_not_found.empty", kKeyNotFound, kKids, kAnyAlg, unknown_kid, ""sv},
      {"key_not_found.path", kKeyNotFound, kKids, kAnyAlg, unknown_kid, "../../../../dev/null"sv},
      {"key_not_found.sql", kKeyNotFound, kKids, kAnyAlg, unknown_kid, "x' UNION SELECT 'secret"sv},
      {"key_not_found.format", kKeyNotFound, kKids, kAnyAlg, unknown_kid, "%s%n%x"sv},
      {"key_not_found.star", kKeyNotFound, kKids, kAnyAlg, unknown_kid, "*"sv},
      {"key_not_found.utf8", kKeyNotFound, kKids, kAnyAlg, unknown_kid,
       "\xE2\x80\xAE\xF0\x9F\x97\x9D"sv},
      {"key_not_found.upper_case", kKeyNotFound, kKids, kAnyAlg, near_kid, "upper"sv},
      {"key_not_found.space_behind", kKeyNotFound, kKids, kAnyAlg, near_kid, "space"sv},
      {"key_not_found.nul_behind", kKeyNotFound, kKids, kAnyAlg, near_kid, "nul"sv},
      {"key_not_found.cut", kKeyNotFound, kKids, kAnyAlg, near_kid, "cut"sv},
      {"key_not_found.prefix", kKeyNotFound, kKids, kAnyAlg, near_kid, "prefix"sv},
      {"key_not_found.long", kKeyNotFound, kKids, kAnyAlg, near_kid, "long"sv},
      {"key_not_found.embedded_jwk", kKeyNotFound, kKids, static_cast<AlgSet>(~kHmacAlgs),
       embedded_key, "jwk"sv},
      {"key_not_found.embedded_jku", kKeyNotFound, kKids, kAnyAlg, embedded_key, "jku"sv},
      {"key_not_found.embedded_x5u", kKeyNotFound, kKids, kAnyAlg, embedded_key, "x5u"sv},
      {"key_not_found.and_no_signature", kKeyNotFound, kKids, kAnyAlg, unknown_kid_bad_signature,
       "gone"sv},

      {"key_rejected.short_for_hs384", kKeyRejected, kKids | kWeakRefused, kAnyAlg, short_secret,
       "HS384"sv, has_short_secret},
      {"key_rejected.short_for_hs512", kKeyRejected, kKids | kWeakRefused, kAnyAlg, short_secret,
       "HS512"sv, has_short_secret},
      {"key_rejected.and_other_type",
       kKeyRejected,
       kKids,
       kAnyAlg,
       refused_key_other_type,
       {},
       has_refused_types},

      {"key_type_mismatch.kid_of_another",
       kKeyTypeMismatch,
       kKids,
       kAnyAlg,
       other_types_kid,
       {},
       has_other_types},
      {"key_type_mismatch.alg_of_another",
       kKeyTypeMismatch,
       kKids,
       kAnyAlg,
       other_types_signature,
       {},
       has_other_types},
      {"key_type_mismatch.no_key_fits",
       kKeyTypeMismatch,
       kNone,
       kAnyAlg,
       no_key_fits,
       {},
       keys_without_kid_miss_an_alg},
      {"key_type_mismatch.pem_as_secret", kKeyTypeMismatch, kKids, kHmacAlgs, public_key_as_secret,
       "pem"sv, has_rsa},
      {"key_type_mismatch.der_as_secret", kKeyTypeMismatch, kKids, kHmacAlgs, public_key_as_secret,
       "der"sv, has_rsa},
      {"key_type_mismatch.jwk_as_secret", kKeyTypeMismatch, kKids, kHmacAlgs, public_key_as_secret,
       "jwk"sv, has_rsa},
      {"key_type_mismatch.n_as_secret", kKeyTypeMismatch, kKids, kHmacAlgs, public_key_as_secret,
       "n"sv, has_rsa},
      {"key_type_mismatch.empty_secret", kKeyTypeMismatch, kKids, kHmacAlgs, public_key_as_secret,
       "empty"sv, has_rsa},
      {"key_type_mismatch.and_use",
       kKeyTypeMismatch,
       kKids,
       kAnyAlg,
       misused_key_other_type,
       {},
       has_misused_types},

      {"key_ambiguous.hs256", kKeyAmbiguous, kKids, only(0), crowd, "HS256"sv, crowded},
      {"key_ambiguous.hs384", kKeyAmbiguous, kKids, only(1), crowd, "HS384"sv, crowded},
      {"key_ambiguous.hs384_bad_signature", kKeyAmbiguous, kKids, only(1), crowd_bad, "HS384"sv,
       crowded},
      {"key_ambiguous.rs256", kKeyAmbiguous, kKids, only(3), crowd, "RS256"sv, crowded},
      {"key_ambiguous.es256", kKeyAmbiguous, kKids, only(9), crowd, "ES256"sv, crowded},
  });
  return kRows;
}

}  // namespace jotmill::tools
