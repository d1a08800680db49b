// Room G: claims under a good signature (RFC 7519 s4.1), at their boundaries and past them.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

/// arg is NAME=JSON.
void claim(Forge& f, std::string_view arg) {
  const std::size_t at = arg.find('=');
  f.claims().set(arg.substr(0, at), std::string(arg.substr(at + 1)));
}
void remove(Forge& f, std::string_view name) { f.claims().remove(name); }
bool required(const World& world, std::string_view claim) {
  return std::ranges::find(world.policy().require, claim) != world.policy().require.end();
}

/// Times around their limit: arg is the distance in seconds as text, with what stands behind the
/// integer ("1", "0.0", "-5").
std::string at_limit(std::int64_t limit, std::string_view distance) {
  const std::size_t tail = distance.find_first_of(".eE");
  const std::string whole(distance.substr(0, tail));
  return std::to_string(limit + std::stoll(whole)) +
         std::string(tail == std::string_view::npos ? "" : distance.substr(tail));
}
void exp_at(Forge& f, std::string_view distance) {
  f.claims().set("exp",
                 at_limit(f.world().base_time_s() - f.world().policy().leeway_exp_s, distance));
}
void nbf_at(Forge& f, std::string_view distance) {
  f.claims().set("nbf",
                 at_limit(f.world().base_time_s() + f.world().policy().leeway_nbf_s, distance));
}
void iat_ahead(Forge& f, std::string_view distance) {
  f.claims().set("iat",
                 at_limit(f.world().base_time_s() + f.world().policy().leeway_iat_s, distance));
}
void iat_too_old(Forge& f, std::string_view distance) {
  const RecipePolicy& policy = f.world().policy();
  const std::int64_t oldest = f.world().base_time_s() - *policy.max_age_s - policy.leeway_iat_s;
  f.claims().set("iat", at_limit(oldest, distance));
}

/// The right name with a small change, JSON text.
void near_issuer(Forge& f, std::string_view how) {
  std::string text = *f.claims().find("iss");  // with its quotes
  if (how == "slash") text.insert(text.size() - 1, "/");
  if (how == "nul") text.insert(text.size() - 1, "\\u0000");
  if (how == "space") text.insert(1, " ");
  if (how == "case") text[1] = static_cast<char>(text[1] ^ 0x20);
  if (how == "cut") text.erase(text.size() - 2, 1);
  if (how == "host") text.insert(text.size() - 1, ".attacker.invalid");
  f.claims().set("iss", text);
}
void near_audience(Forge& f, std::string_view how) {
  const std::string& good = f.world().recipe().audiences.front();
  std::string value = json_quote(good + "x");
  if (how == "cut") value = json_quote(std::string_view(good).substr(0, good.size() - 1));
  if (how == "list_in_string") value = json_quote("[\"" + good + "\"]");
  if (how == "joined") value = json_quote(good + " other");
  if (how == "near_ones")
    value = fmt::format("[{},{}]", json_quote(good + "2"), json_quote(" " + good));
  f.claims().set("aud", value);
}
void near_subject(Forge& f, std::string_view how) {
  std::string text = *f.claims().find("sub");
  if (how == "case") text[1] = static_cast<char>(text[1] ^ 0x20);
  if (how == "space") text.insert(text.size() - 1, " ");
  if (how == "nul") text.insert(text.size() - 1, "\\u0000");
  f.claims().set("sub", text);
}

// Several faults at once: the first of the table counts.
void expired_and(Forge& f, std::string_view other) {
  exp_at(f, "-10");
  claim(f, other);
}
void missing_sub_and_expired(Forge& f, std::string_view) {
  f.claims().remove("sub");
  exp_at(f, "-10");
}
void not_yet_valid_and_issuer(Forge& f, std::string_view) {
  nbf_at(f, "10");
  claim(f, "iss=\"https://attacker.invalid\"");
}
void all_names_wrong(Forge& f, std::string_view first) {
  if (first == "iss") claim(f, "iss=\"https://attacker.invalid\"");
  claim(f, "aud=\"nobody\"");
  claim(f, "sub=\"nobody\"");
}

}  // namespace

#define JM_BAD_DATE(name)                                                                          \
  {"claim_invalid." name "_string", kClaimInvalid, kClaimsOn, kAnyAlg, claim,                      \
   name "=\"1800000060\""sv},                                                                      \
      {"claim_invalid." name "_null", kClaimInvalid, kClaimsOn, kAnyAlg, claim, name "=null"sv},   \
      {"claim_invalid." name "_true", kClaimInvalid, kClaimsOn, kAnyAlg, claim, name "=true"sv},   \
      {"claim_invalid." name "_array", kClaimInvalid, kClaimsOn, kAnyAlg, claim, name "=[1]"sv},   \
      {"claim_invalid." name "_2_63", kClaimInvalid, kClaimsOn, kAnyAlg, claim,                    \
       name "=9223372036854775808"sv},                                                             \
      {"claim_invalid." name "_minus_2_63", kClaimInvalid, kClaimsOn, kAnyAlg, claim,              \
       name "=-9223372036854775808"sv},                                                            \
      {"claim_invalid." name "_1e19", kClaimInvalid, kClaimsOn, kAnyAlg, claim, name "=1e19"sv}, { \
    "claim_invalid." name "_1e400", kClaimInvalid, kClaimsOn, kAnyAlg, claim, name "=1e400"sv      \
  }

std::span<const FaultRow> claim_faults() {
  static constexpr auto kRows = std::to_array<FaultRow>({
      JM_BAD_DATE("exp"),
      JM_BAD_DATE("nbf"),
      JM_BAD_DATE("iat"),
      {"claim_invalid.iss_number", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "iss=1"sv},
      {"claim_invalid.iss_array", kClaimInvalid, kClaimsOn, kAnyAlg, claim,
       "iss=[\"https://issuer.example\"]"sv},
      {"claim_invalid.iss_null", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "iss=null"sv},
      {"claim_invalid.sub_number", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "sub=7"sv},
      {"claim_invalid.sub_object", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "sub={}"sv},
      {"claim_invalid.jti_number", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "jti=1e400"sv},
      {"claim_invalid.jti_null", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "jti=null"sv},
      {"claim_invalid.aud_number", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "aud=1"sv},
      {"claim_invalid.aud_object", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "aud={\"api\":1}"sv},
      {"claim_invalid.aud_null", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "aud=null"sv},
      {"claim_invalid.aud_mixed", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "aud=[\"api\",1]"sv},
      {"claim_invalid.aud_nested", kClaimInvalid, kClaimsOn, kAnyAlg, claim, "aud=[[\"api\"]]"sv},
      {"claim_invalid.and_expired", kClaimInvalid, kAsOf, kAnyAlg, expired_and, "jti=5"sv},

      {"claim_missing.exp", kClaimMissing, kExpRequired, kAnyAlg, remove, "exp"sv},
      {"claim_missing.iss", kClaimMissing, kIssuer, kAnyAlg, remove, "iss"sv},
      {"claim_missing.aud", kClaimMissing, kAudience, kAnyAlg, remove, "aud"sv},
      {"claim_missing.sub", kClaimMissing, kSubject, kAnyAlg, remove, "sub"sv},
      {"claim_missing.iat", kClaimMissing, kMaxAge, kAnyAlg, remove, "iat"sv},
      {"claim_missing.jti", kClaimMissing, kClaimsOn, kAnyAlg, remove, "jti"sv, required},
      {"claim_missing.and_expired", kClaimMissing, kSubject | kAsOf, kAnyAlg,
       missing_sub_and_expired},

      {"expired.now", kExpired, kAsOf, kAnyAlg, exp_at, "0"sv},
      {"expired.now_fraction", kExpired, kAsOf, kAnyAlg, exp_at, "0.000"sv},
      {"expired.a_fraction_ago", kExpired, kAsOf, kAnyAlg, exp_at, "-1.999999999999"sv},
      {"expired.now_exponent", kExpired, kAsOf, kAnyAlg, exp_at, "0E+0"sv},
      {"expired.a_day_ago", kExpired, kAsOf, kAnyAlg, exp_at, "-86400"sv},
      {"expired.zero", kExpired, kAsOf, kAnyAlg, claim, "exp=0"sv},
      {"expired.minus_zero", kExpired, kAsOf, kAnyAlg, claim, "exp=-0"sv},
      {"expired.minus_one", kExpired, kAsOf, kAnyAlg, claim, "exp=-1"sv},
      {"expired.near_minus_2_63", kExpired, kAsOf, kAnyAlg, claim, "exp=-9223372036854775807"sv},
      {"expired.tiny", kExpired, kAsOf, kAnyAlg, claim, "exp=1e-400"sv},
      {"expired.exponent", kExpired, kAsOf, kAnyAlg, claim, "exp=1.5e9"sv},
      {"expired.and_issuer", kExpired, kAsOf | kIssuer, kAnyAlg, expired_and,
       "iss=\"https://attacker.invalid\""sv},
      {"expired.and_not_yet_valid", kExpired, kAsOf, kAnyAlg, expired_and, "nbf=99999999999"sv},

      {"not_yet_valid.by_one", kNotYetValid, kAsOf, kAnyAlg, nbf_at, "1"sv},
      {"not_yet_valid.by_a_fraction", kNotYetValid, kAsOf, kAnyAlg, nbf_at, "0.000000000000001"sv},
      {"not_yet_valid.by_a_day", kNotYetValid, kAsOf, kAnyAlg, nbf_at, "86400"sv},
      {"not_yet_valid.milliseconds", kNotYetValid, kAsOf, kAnyAlg, claim, "nbf=1700000000000"sv},
      {"not_yet_valid.and_issuer", kNotYetValid, kAsOf | kIssuer, kAnyAlg,
       not_yet_valid_and_issuer},

      {"issued_in_future.by_one", kIssuedInFuture, kMaxAge, kAnyAlg, iat_ahead, "1"sv},
      {"issued_in_future.by_a_fraction", kIssuedInFuture, kMaxAge, kAnyAlg, iat_ahead, "0.5"sv},
      {"issued_in_future.by_a_year", kIssuedInFuture, kMaxAge, kAnyAlg, iat_ahead, "31536000"sv},

      {"token_too_old.by_one", kTokenTooOld, kMaxAge, kAnyAlg, iat_too_old, "-1"sv},
      {"token_too_old.by_a_day", kTokenTooOld, kMaxAge, kAnyAlg, iat_too_old, "-86400"sv},
      {"token_too_old.zero", kTokenTooOld, kMaxAge, kAnyAlg, claim, "iat=0"sv},

      {"issuer_mismatch.other", kIssuerMismatch, kIssuer, kAnyAlg, claim,
       "iss=\"https://attacker.invalid\""sv},
      {"issuer_mismatch.empty", kIssuerMismatch, kIssuer, kAnyAlg, claim, "iss=\"\""sv},
      {"issuer_mismatch.slash_behind", kIssuerMismatch, kIssuer, kAnyAlg, near_issuer, "slash"sv},
      {"issuer_mismatch.nul_behind", kIssuerMismatch, kIssuer, kAnyAlg, near_issuer, "nul"sv},
      {"issuer_mismatch.space_before", kIssuerMismatch, kIssuer, kAnyAlg, near_issuer, "space"sv},
      {"issuer_mismatch.case", kIssuerMismatch, kIssuer, kAnyAlg, near_issuer, "case"sv},
      {"issuer_mismatch.cut", kIssuerMismatch, kIssuer, kAnyAlg, near_issuer, "cut"sv},
      {"issuer_mismatch.longer_host", kIssuerMismatch, kIssuer, kAnyAlg, near_issuer, "host"sv},
      {"issuer_mismatch.and_all_names", kIssuerMismatch, kIssuer, kAnyAlg, all_names_wrong,
       "iss"sv},

      {"audience_mismatch.empty_array", kAudienceMismatch, kAudience, kAnyAlg, claim, "aud=[]"sv},
      {"audience_mismatch.empty_string", kAudienceMismatch, kAudience, kAnyAlg, claim,
       "aud=\"\""sv},
      {"audience_mismatch.others", kAudienceMismatch, kAudience, kAnyAlg, claim,
       "aud=[\"nobody\",\"\"]"sv},
      {"audience_mismatch.longer", kAudienceMismatch, kAudience, kAnyAlg, near_audience,
       "longer"sv},
      {"audience_mismatch.cut", kAudienceMismatch, kAudience, kAnyAlg, near_audience, "cut"sv},
      {"audience_mismatch.list_in_string", kAudienceMismatch, kAudience, kAnyAlg, near_audience,
       "list_in_string"sv},
      {"audience_mismatch.joined", kAudienceMismatch, kAudience, kAnyAlg, near_audience,
       "joined"sv},
      {"audience_mismatch.near_ones", kAudienceMismatch, kAudience, kAnyAlg, near_audience,
       "near_ones"sv},
      {"audience_mismatch.and_subject", kAudienceMismatch, kAudience, kAnyAlg, all_names_wrong,
       "aud"sv},

      {"subject_mismatch.other", kSubjectMismatch, kSubject, kAnyAlg, claim, "sub=\"root\""sv},
      {"subject_mismatch.empty", kSubjectMismatch, kSubject, kAnyAlg, claim, "sub=\"\""sv},
      {"subject_mismatch.case", kSubjectMismatch, kSubject, kAnyAlg, near_subject, "case"sv},
      {"subject_mismatch.space_behind", kSubjectMismatch, kSubject, kAnyAlg, near_subject,
       "space"sv},
      {"subject_mismatch.nul_behind", kSubjectMismatch, kSubject, kAnyAlg, near_subject, "nul"sv},
  });
  return kRows;
}

#undef JM_BAD_DATE

}  // namespace jotmill::tools
