#include "tools/generate/world.h"

#include <algorithm>
#include <map>

namespace jotmill::tools {
namespace {

Error wrong(std::string subject, std::string reason) {
  return {ErrorKind::kFormat, std::move(subject), std::move(reason)};
}

/// RSA signing costs grow with the cube of the length: long keys are drawn less often.
std::uint32_t draw_weight(const TestKey& key) {
  if (key.type != KeyType::kRsa) return 4;
  return key.modulus.size() > 384 ? 1 : key.modulus.size() > 256 ? 2 : 8;
}

/// The weight of a variant: by its full name, else by its code, else by "*".
std::uint32_t weight_of(const Mix& mix, const Variant& variant) {
  for (const std::string_view name :
       {std::string_view(variant.name), code(variant.verdict), std::string_view("*")}) {
    if (const auto at = mix.weights.find(name); at != mix.weights.end()) return at->second;
  }
  return 0;
}

/// Round robin over the verdicts: the first variant of each, then the second of each, and so on.
std::vector<const Variant*> schedule(const Mix& mix, const std::vector<Variant>& variants) {
  std::map<Verdict, std::vector<const Variant*>> by_verdict;
  for (const Variant& variant : variants) {
    auto& list = by_verdict[variant.verdict];
    list.insert(list.end(), weight_of(mix, variant), &variant);
  }
  std::vector<const Variant*> out;
  for (std::size_t round = 0, added = 1; added > 0; ++round) {
    added = 0;
    for (const auto& [verdict, list] : by_verdict) {
      if (round >= list.size()) continue;
      out.push_back(list[round]);
      ++added;
    }
  }
  return out;
}

/// Every name of a mix must mean something, or a misspelt fault would silently be no fault.
std::optional<Error> check_names(const Mix& mix, const std::vector<Variant>& variants,
                                 const std::string& member) {
  for (const auto& [name, weight] : mix.weights) {
    const bool known =
        name == "*" || std::ranges::any_of(variants, [&name = name](const Variant& v) {
          return v.name == name || code(v.verdict) == name;
        });
    if (!known) return wrong(member + ".mix." + name, "matches nothing that this recipe can make");
  }
  return std::nullopt;
}

/// Whether tokens of this verdict can be found in text. What is no token by its first part or its
/// dots is never found; a short signature may be a finding instead; with --as-of record it is the
/// record's time that makes a token expired.
bool survives_extraction(Verdict verdict, const RecipePolicy& policy) {
  if (policy.as_of_record && (verdict == Verdict::kExpired || verdict == Verdict::kNotYetValid))
    return false;
  if (verdict == Verdict::kTokenTooLarge || verdict == Verdict::kEncryptedToken) return true;
  return verdict >= Verdict::kAlgNone && verdict != Verdict::kSignatureLength;
}

}  // namespace

Result<World> World::build(Recipe recipe, const KeyPools& pools) {
  World world;
  world.recipe_ = std::move(recipe);
  RecipeOutput& output = world.recipe_.output;
  // In lines every line but a blank one is a token: a record without one cannot be.
  if (output.shape == nullptr && output.format == CaptureFormat::kLines)
    output.without_token = output.not_json = 0;
  if (output.shape == nullptr && world.policy().as_of_record)
    return wrong("policy.as_of", "can be \"record\" with an output.shape alone");
  if (std::optional<Error> error = world.take_keys(pools)) return *error;
  if (std::optional<Error> error = world.find_signers()) return *error;
  world.note_provided();
  if (std::optional<Error> error = world.resolve_mixes()) return *error;
  return world;
}

std::optional<Error> World::take_keys(const KeyPools& pools) {
  for (const auto& [name, count] : recipe_.keys) {
    const auto& pool = pools.pool(name);
    if (pool.empty()) return wrong("keys." + name, "is no pool of test keys");
    if (count > pool.size()) {
      return wrong("keys." + name, "has only " + std::to_string(pool.size()) + " keys");
    }
    if (name == "weak" && !policy().allow_weak_secret) {
      return wrong("keys.weak", "needs policy.allow_weak_secret");
    }
    if (name == "refused" && policy().allow_weak_secret) {
      return wrong("keys.refused",
                   "holds short secrets that policy.allow_weak_secret would let in");
    }
    keys_.insert(keys_.end(), pool.begin(), pool.begin() + count);
  }
  for (const ClaimSize& size : recipe_.sizes) {
    constexpr std::size_t kAround =
        2048;  // the longest header, signature (RSA-4096) and claims that are always there
    if (size.bytes * std::size_t{4} / 3 + kAround > max_token_bytes()) {
      return wrong("claims.sizes." + std::to_string(size.bytes),
                   "would not fit into max_token_bytes");
    }
  }
  for (const std::string& claim : policy().require) {
    static constexpr std::string_view kAlways[] = {"iss", "sub", "aud", "exp", "iat", "jti"};
    if (std::ranges::find(kAlways, claim) == std::end(kAlways)) {
      return wrong("policy.require", "names a claim that good tokens may lack: " + claim);
    }
  }
  for (const std::string& name : recipe_.secret_files) {
    for (const Key& key : pools.pool(name)) {
      if (!key->symmetric()) return wrong("secret_files", name + " holds keys that are no secrets");
    }
  }
  return std::nullopt;
}

bool World::usable(const TestKey& key, AlgId alg) const {
  if (key.expect != Verdict::kAccepted || !fits(key.type, alg)) return false;
  if (key.alg && *key.alg != kAlgs[alg].name) return false;
  return !key.symmetric() || policy().allow_weak_secret ||
         key.secret.size() >= kAlgs[alg].hash_bytes;
}

std::optional<Error> World::find_signers() {
  for (AlgId alg = 0; alg < kAlgCount; ++alg) {
    std::vector<const TestKey*> shared;
    Signers& signers = signers_[alg];
    for (const Key& key : keys_) {
      if (usable(*key, alg)) (has_own_kid(*key) ? signers.keys : shared).push_back(key.get());
    }
    signers.own_kid = signers.keys.size();
    signers.keys.insert(signers.keys.end(), shared.begin(), shared.end());
    usable_count_[alg] = signers.keys.size();
    std::uint32_t sum = 0;
    for (const TestKey* key : signers.keys) signers.up_to.push_back(sum += draw_weight(*key));
    if (recipe_.algorithms[alg] == 0) continue;
    const std::string member = "algorithms." + std::string(kAlgs[alg].name);
    if (signers.own_kid == 0) return wrong(member, "has no usable key in this recipe");
    if (!contains(policy().algs, alg)) return wrong(member, "is not allowed by policy.alg");
    if (recipe_.pem && usable_count_[alg] > kMostCandidates) {
      return wrong(member, "would be ambiguous: more than 16 keys without kid");
    }
    mix_algs_ = static_cast<AlgSet>(mix_algs_ | only(alg));
  }
  if (mix_algs_ == 0) return wrong("algorithms", "has no algorithm with a weight");
  return std::nullopt;
}

void World::note_provided() {
  const RecipePolicy& p = policy();
  const auto note = [this](bool condition, Need yes, Need no = kNone) {
    provided_ |= condition ? yes : no;
  };
  note(!recipe_.pem, kKids);
  if (recipe_.output.shape == nullptr)
    note(recipe_.output.format == CaptureFormat::kLines, kLines, kJsonl);
  note(p.allow_padding, kPaddingAllowed, kPaddingRefused);
  note(!p.allow_weak_secret, kWeakRefused);
  note(p.claims, kClaimsOn, kClaimsOff);
  note(p.lists_algs, kAlgList);
  note(p.typ.empty(), kNoTyp, kTyp);
  note(p.max_token_bytes && *p.max_token_bytes <= 65'536, kSmallTokens);
  if (!p.claims) return;
  note(p.as_of_s.has_value(), kAsOf, kNoAsOf);
  note(p.issuer, kIssuer);
  note(p.audience, kAudience, kNoAudience);
  note(p.subject, kSubject);
  note(p.max_age_s && p.as_of_s, kMaxAge);
  note(!p.max_age_s, kNoMaxAge);
  note(std::ranges::find(p.require, "exp") != p.require.end(), kExpRequired, kExpOptional);
}

std::optional<Error> World::resolve_mixes() {
  faults_ = std::make_shared<const std::vector<Variant>>(faults_for(*this));
  oddities_ = std::make_shared<const std::vector<Variant>>(oddities_for(*this));
  if (recipe_.output.shape != nullptr) {
    std::vector<Variant> kept = *faults_;
    std::erase_if(kept,
                  [this](const Variant& v) { return !survives_extraction(v.verdict, policy()); });
    faults_ = std::make_shared<const std::vector<Variant>>(std::move(kept));
  }
  if (recipe_.faults.share > 0) {
    if (auto error = check_names(recipe_.faults, *faults_, "faults")) return error;
    fault_schedule_ = schedule(recipe_.faults, *faults_);
    if (fault_schedule_.empty()) return wrong("faults.mix", "leaves no fault");
  }
  if (recipe_.oddities.share > 0) {
    if (auto error = check_names(recipe_.oddities, *oddities_, "oddities")) return error;
    oddity_schedule_ = schedule(recipe_.oddities, *oddities_);
    if (oddity_schedule_.empty()) return wrong("oddities.mix", "leaves nothing");
  }
  return std::nullopt;
}

const TestKey* World::key(std::string_view kid) const {
  const TestKey* found = nullptr;
  for (const Key& key : keys_) {
    if (key->kid != kid) continue;
    if (found != nullptr) return nullptr;
    found = key.get();
  }
  return found;
}

AlgId World::draw_alg(Rng& rng, AlgSet among) const {
  std::uint64_t sum = 0;
  for (AlgId alg = 0; alg < kAlgCount; ++alg)
    sum += contains(among, alg) ? recipe_.algorithms[alg] : 0;
  std::uint64_t at = rng.below(sum);
  for (AlgId alg = 0;; ++alg) {
    const std::uint64_t weight = contains(among, alg) ? recipe_.algorithms[alg] : 0;
    if (at < weight) return alg;
    at -= weight;
  }
}

const TestKey& World::draw_key(Rng& rng, AlgId alg, bool own_kid) const {
  const Signers& signers = signers_[alg];
  const std::size_t count = own_kid ? signers.own_kid : signers.keys.size();
  const std::uint64_t at = rng.below(signers.up_to[count - 1]);
  const auto chosen = std::upper_bound(signers.up_to.begin(), signers.up_to.end(), at);
  return *signers.keys[static_cast<std::size_t>(chosen - signers.up_to.begin())];
}

std::uint32_t World::draw_payload_bytes(Rng& rng) const {
  std::uint64_t sum = 0;
  for (const ClaimSize& size : recipe_.sizes) sum += size.weight;
  std::uint64_t at = rng.below(sum);
  for (const ClaimSize& size : recipe_.sizes) {
    if (at < size.weight) return size.bytes;
    at -= size.weight;
  }
  return recipe_.sizes.back().bytes;
}

}  // namespace jotmill::tools
