#include "tools/generate/forge.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace jotmill::tools {
namespace {

/// A record shows these as they are; everything else it escapes or cuts.
bool plain_in_a_record(std::string_view text) {
  return text.size() <= 256 &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

Forge::Forge(const World& world, Signer& signer, Rng rng)
    : world_(world), signer_(signer), rng_(rng) {}

void Forge::begin(AlgSet among, bool own_kid) {
  alg_ = world_.draw_alg(rng_, static_cast<AlgSet>(among & world_.mix_algs()));
  key_ = &world_.draw_key(rng_, alg_, own_kid);
  header_.set("alg", "null");
  const std::string& typ = world_.policy().typ;
  if (!typ.empty() || rng_.below(4) != 0) header_.set_string("typ", typ.empty() ? "JWT" : typ);
  use(alg_, *key_);
  if (world_.recipe().pem && rng_.below(2) == 0) no_kid();  // keys without a kid serve every kid
  if (rng_.below(3) == 0) std::ranges::reverse(header_.all());
  claims_ = good_claims(world_, rng_);
}

void Forge::use(AlgId alg, const TestKey& key) {
  alg_ = alg;
  key_ = &key;
  say_alg(alg);
  kid(key.kid);
}

void Forge::say_alg(AlgId alg) {
  label_alg_ = alg;
  header_.set_string("alg", kAlgs[alg].name);
}

void Forge::kid(std::string_view kid) {
  header_.set_string("kid", kid);
  label_kid_.reset();
  if (plain_in_a_record(kid)) label_kid_ = kid;
}

void Forge::no_kid() {
  header_.remove("kid");
  label_kid_.reset();
}

void Forge::finish_stage() {
  switch (stage_) {
    case Stage::kMembers:
      header_text_ = header_.text();
      payload_text_ = claims_.text();
      break;
    case Stage::kTexts: segments_ = {base64url(header_text_), base64url(payload_text_)}; break;
    case Stage::kSegments: signature_ = signer_.sign(alg_, *key_, signing_input()); break;
    case Stage::kSignature: signature_text_ = base64url(signature_); break;
    case Stage::kSignatureText: token_ = signing_input() + "." + signature_text_; break;
    case Stage::kToken: break;
  }
  stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
}

void Forge::advance(Stage stage) {
  if (stage < stage_) {
    std::fputs("jotmill: internal check failed: a token cannot go back a stage\n", stderr);
    std::abort();
  }
  while (stage_ < stage) finish_stage();
}

JsonMembers& Forge::header() {
  advance(Stage::kMembers);
  return header_;
}
JsonMembers& Forge::claims() {
  advance(Stage::kMembers);
  return claims_;
}
std::string& Forge::header_text() {
  advance(Stage::kTexts);
  return header_text_;
}
std::string& Forge::payload_text() {
  advance(Stage::kTexts);
  return payload_text_;
}
std::string& Forge::segment(int index) {
  advance(Stage::kSegments);
  return segments_[static_cast<std::size_t>(index)];
}
std::string Forge::signing_input() {
  if (stage_ < Stage::kSegments) advance(Stage::kSegments);
  return segments_[0] + "." + segments_[1];
}
std::string& Forge::signature() {
  advance(Stage::kSignature);
  return signature_;
}
void Forge::replace_signature(std::string raw) {
  if (stage_ < Stage::kSegments) advance(Stage::kSegments);
  if (stage_ == Stage::kSegments) stage_ = Stage::kSignature;
  advance(Stage::kSignature);
  signature_ = std::move(raw);
}
std::string& Forge::signature_text() {
  advance(Stage::kSignatureText);
  return signature_text_;
}
std::string& Forge::token() {
  advance(Stage::kToken);
  return token_;
}

JsonMembers good_claims(const World& world, Rng& rng) {
  const Recipe& recipe = world.recipe();
  const std::int64_t now = world.base_time_s();
  const std::int64_t oldest =
      recipe.policy.max_age_s ? std::min<std::int64_t>(*recipe.policy.max_age_s, 3600) : 3600;
  const std::int64_t iat =
      now - static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(oldest)));
  JsonMembers claims;
  claims.set_string("iss", recipe.issuers[rng.below(recipe.issuers.size())]);
  const std::string& audience = recipe.audiences[rng.below(recipe.audiences.size())];
  if (rng.below(4) == 0) {
    claims.set("aud", fmt::format("[\"other\",{}]", json_quote(audience)));
  } else {
    claims.set_string("aud", audience);
  }
  claims.set_string("sub", subject_name(rng.below(recipe.subjects)));
  claims.set("iat", std::to_string(iat));
  if (rng.below(2) == 0) claims.set("nbf", std::to_string(iat));
  claims.set("exp", std::to_string(now + 1 + static_cast<std::int64_t>(rng.below(86'400))));
  claims.set_string("jti", rng.word(22));
  const std::size_t wanted = world.draw_payload_bytes(rng);
  constexpr std::size_t kMemberCost = 11;  // ,"data":"" and one character at least
  if (claims.text_size() + kMemberCost <= wanted) {
    claims.set_string("data", rng.word(wanted - claims.text_size() - (kMemberCost - 1)));
  }
  return claims;
}

ForgedToken forge_token(const World& world, Signer& signer, Rng rng, const Variant* variant) {
  Forge forge(world, signer, rng);
  ForgedToken made;
  if (variant == nullptr) {
    forge.begin(kAnyAlg, false);
    const bool can_lack = !world.recipe().pem && world.usable_count(forge.alg()) <= kMostCandidates;
    if (forge.rng().chance(world.recipe().kidless) && can_lack) forge.no_kid();
    made.what = "plain";
    const auto date = [&forge](std::string_view name) -> std::optional<std::int64_t> {
      const std::string* value = forge.claims().find(name);
      return value == nullptr ? std::nullopt : std::optional<std::int64_t>(std::stoll(*value));
    };
    made.exp_s = date("exp");
    made.nbf_s = date("nbf");
  } else {
    forge.begin(variant->among, true);
    variant->make(forge, variant->arg);
    made.verdict = variant->verdict;
    made.what = variant->name;
  }
  made.bytes = forge.token();
  // Before room D nothing is certain about what a record says of alg and kid.
  if (made.verdict == Verdict::kAccepted || made.verdict >= Verdict::kKeyNotFound) {
    made.alg = kAlgs[forge.label_alg()].name;
    made.kid = forge.label_kid();
  }
  return made;
}

}  // namespace jotmill::tools
