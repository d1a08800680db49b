// Good tokens that look strange: each would be refused by some check that is a little too strict or
// a little too clever.
#include <algorithm>
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

void header_member(Forge& f, std::string_view text) {
  std::string& header = f.header_text();
  header.insert(header.size() - 1, text);
}
void payload_member(Forge& f, std::string_view text) {
  std::string& payload = f.payload_text();
  payload.insert(payload.size() - 1, text);
}
void set_typ(Forge& f, std::string_view typ) { f.header().set_string("typ", typ); }
void remove_typ(Forge& f, std::string_view) { f.header().remove("typ"); }
void remove_claim(Forge& f, std::string_view name) { f.claims().remove(name); }
bool not_required(const World& world, std::string_view claim) {
  return std::ranges::find(world.policy().require, claim) == world.policy().require.end();
}
void payload_is(Forge& f, std::string_view text) { f.payload_text() = text; }
void plain(Forge&, std::string_view) {}

/// arg is NAME=JSON.
void claim(Forge& f, std::string_view arg) {
  const std::size_t at = arg.find('=');
  f.claims().set(arg.substr(0, at), std::string(arg.substr(at + 1)));
}

/// Claims exactly on the good side of their limit; arg is what stands behind the whole number of
/// seconds.
void exp_last_moment(Forge& f, std::string_view tail) {
  const std::int64_t limit = f.world().base_time_s() - f.world().policy().leeway_exp_s;
  const bool fraction = tail.starts_with('.');
  f.claims().set("exp", std::to_string(limit + (fraction ? 0 : 1)) + std::string(tail));
}
void nbf_first_moment(Forge& f, std::string_view tail) {
  const std::int64_t limit = f.world().base_time_s() + f.world().policy().leeway_nbf_s;
  f.claims().set("nbf", std::to_string(limit) + std::string(tail));
}
void iat_now(Forge& f, std::string_view tail) {
  const std::int64_t limit = f.world().base_time_s() + f.world().policy().leeway_iat_s;
  f.claims().set("iat", std::to_string(limit) + std::string(tail));
}
void iat_oldest(Forge& f, std::string_view) {
  f.claims().set("iat",
                 std::to_string(f.world().base_time_s() - *f.world().policy().max_age_s + 1));
}

/// The name of a claim or header member, its first letter written as an escape.
std::string escaped_first_letter(const std::string& literal) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto letter = static_cast<unsigned char>(literal[1]);
  std::string out = "\"\\u00";
  out += kHex[letter >> 4];
  out += kHex[letter & 15];
  return out + literal.substr(2);
}
void escape_claim_names(Forge& f, std::string_view) {
  for (JsonMembers::Member& member : f.claims().all())
    member.name = escaped_first_letter(member.name);
}
void escape_header(Forge& f, std::string_view) {
  for (JsonMembers::Member& member : f.header().all()) {
    member.name = escaped_first_letter(member.name);
    member.value = escaped_first_letter(member.value);
  }
}

/// White space wherever RFC 8259 s2 allows some around an object.
void spaces(Forge& f, std::string_view) {
  for (std::string* text : {&f.header_text(), &f.payload_text()}) {
    text->insert(1, "\r\n\t ");
    text->insert(text->size() - 1, "\n");
    *text = " \t\n" + *text + "\r\n ";
  }
}

std::string nested(std::size_t levels) {
  return ",\"x\":" + std::string(levels, '[') + std::string(levels, ']');
}
void header_of_64_levels(Forge& f, std::string_view) { header_member(f, nested(63)); }
void payload_of_64_levels(Forge& f, std::string_view) { payload_member(f, nested(63)); }

void long_integer(Forge& f, std::string_view) {
  payload_member(f, ",\"x\":-" + std::string(400, '7'));
}
void many_members(Forge& f, std::string_view) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += ",\"m" + std::to_string(i) + "\":" + std::to_string(i);
  payload_member(f, text);
}

/// (r, n - s) verifies as (r, s) does; JWS does not ask for the lower one (RFC 7515 A.3 has the
/// higher).
void other_s(Forge& f, std::string_view) {
  std::string& signature = f.signature();
  const std::size_t half = signature.size() / 2;
  signature.replace(half, half,
                    subtract_big_endian(group_order(f.key().type), signature.substr(half)));
}

void foreign_jwk(Forge& f, std::string_view) {
  f.header().set("jwk", R"({"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})");
}

/// The padding of RFC 4648 s3.2 where it is needed, as load balancers of AWS write it.
void pad(std::string& text) {
  while (text.size() % 4 != 0) text += '=';
}
void padded_header(Forge& f, std::string_view) {
  leave_unused_bits(f.header_text());
  pad(f.segment(0));
}
void padded_payload(Forge& f, std::string_view) {
  leave_unused_bits(f.payload_text());
  pad(f.segment(1));
}
void padded_signature(Forge& f, std::string_view) { pad(f.signature_text()); }
void padded_all(Forge& f, std::string_view) {
  pad(f.segment(0));
  pad(f.segment(1));
  pad(f.signature_text());
}

void nested_cty(Forge& f, std::string_view) { f.header().set_string("cty", "JWT"); }
void binary_payload(Forge& f, std::string_view) { f.payload_text() = f.rng().bytes(40); }

}  // namespace

std::span<const FaultRow> oddities() {
  constexpr std::uint32_t kTimed = kAsOf;
  static constexpr auto kRows = std::to_array<FaultRow>({
      {"accepted.exp_in_a_second", kAccepted, kTimed, kAnyAlg, exp_last_moment, ""sv},
      {"accepted.exp_in_a_fraction", kAccepted, kTimed, kAnyAlg, exp_last_moment, ".000000001"sv},
      {"accepted.exp_in_a_finer_fraction", kAccepted, kTimed, kAnyAlg, exp_last_moment,
       ".0000000000000000000000000000000001"sv},
      {"accepted.exp_exponent", kAccepted, kTimed, kAnyAlg, exp_last_moment, "0e-1"sv},
      {"accepted.exp_below_2_63", kAccepted, kClaimsOn, kAnyAlg, claim,
       "exp=9223372036854775807"sv},
      {"accepted.exp_just_below_2_63", kAccepted, kClaimsOn, kAnyAlg, claim,
       "exp=9223372036854775807.9"sv},
      {"accepted.exp_milliseconds", kAccepted, kClaimsOn, kAnyAlg, claim, "exp=1900000000000"sv},
      {"accepted.exp_1e18", kAccepted, kClaimsOn, kAnyAlg, claim, "exp=1E+18"sv},
      {"accepted.nbf_now", kAccepted, kTimed, kAnyAlg, nbf_first_moment, ""sv},
      {"accepted.nbf_now_fraction", kAccepted, kTimed, kAnyAlg, nbf_first_moment, ".000"sv},
      {"accepted.nbf_zero", kAccepted, kClaimsOn, kAnyAlg, claim, "nbf=-0.0e5"sv},
      {"accepted.nbf_near_minus_2_63", kAccepted, kClaimsOn, kAnyAlg, claim,
       "nbf=-9223372036854775807.5"sv},
      {"accepted.nbf_tiny", kAccepted, kClaimsOn, kAnyAlg, claim, "nbf=1e-400"sv},
      {"accepted.iat_now", kAccepted, kMaxAge, kAnyAlg, iat_now, ".0"sv},
      {"accepted.iat_oldest", kAccepted, kMaxAge, kAnyAlg, iat_oldest},
      {"accepted.iat_in_future", kAccepted, kNoMaxAge, kAnyAlg, claim, "iat=99999999999"sv},
      {"accepted.no_exp", kAccepted, kExpOptional, kAnyAlg, remove_claim, "exp"sv},
      {"accepted.no_jti", kAccepted, kClaimsOn, kAnyAlg, remove_claim, "jti"sv, not_required},
      {"accepted.no_nbf", kAccepted, kClaimsOn, kAnyAlg, remove_claim, "nbf"sv},
      {"accepted.exp_long_ago", kAccepted, kNoAsOf, kAnyAlg, claim, "exp=0"sv},
      {"accepted.nbf_far_ahead", kAccepted, kNoAsOf, kAnyAlg, claim, "nbf=99999999999"sv},
      {"accepted.no_aud", kAccepted, kNoAudience, kAnyAlg, remove_claim, "aud"sv},
      {"accepted.empty_aud", kAccepted, kNoAudience, kAnyAlg, claim, "aud=[]"sv},

      {"accepted.huge_number", kAccepted, kClaimsOn, kAnyAlg, payload_member, ",\"x\":1e400"sv},
      {"accepted.tiny_number", kAccepted, kClaimsOn, kAnyAlg, payload_member,
       ",\"x\":[-0.0E-999,0e0]"sv},
      {"accepted.long_integer", kAccepted, kClaimsOn, kAnyAlg, long_integer},
      {"accepted.huge_number_in_header", kAccepted, kNone, kAnyAlg, header_member,
       ",\"x\":-1e999"sv},
      {"accepted.many_members", kAccepted, kClaimsOn, kAnyAlg, many_members},
      {"accepted.escaped_claim_names", kAccepted, kClaimsOn, kAnyAlg, escape_claim_names},
      {"accepted.escaped_header", kAccepted, kNone, kAnyAlg, escape_header},
      {"accepted.white_space", kAccepted, kNone, kAnyAlg, spaces},
      {"accepted.header_of_64_levels", kAccepted, kNone, kAnyAlg, header_of_64_levels},
      {"accepted.payload_of_64_levels", kAccepted, kClaimsOn, kAnyAlg, payload_of_64_levels},
      {"accepted.nested_duplicates", kAccepted, kClaimsOn, kAnyAlg, payload_member,
       ",\"x\":{\"exp\":1,\"exp\":2,\"y\":[{\"a\":1,\"a\":1}]}"sv},
      {"accepted.nested_duplicates_in_header", kAccepted, kNone, kAnyAlg, header_member,
       ",\"x\":{\"alg\":\"none\",\"alg\":\"none\"}"sv},
      {"accepted.names_in_other_case", kAccepted, kClaimsOn, kAnyAlg, payload_member,
       ",\"EXP\":1,\"Exp\":2,\"eXp\":\"x\""sv},
      {"accepted.alg_in_other_case", kAccepted, kNone, kAnyAlg, header_member,
       ",\"ALG\":\"none\",\"Kid\":5"sv},
      {"accepted.unicode", kAccepted, kClaimsOn, kAnyAlg, payload_member,
       ",\"\xD0\x98\xD0\xBC\xD1\x8F\":\"\xF0\x9F\x94\x91\xEF\xBF\xBF\x7F\""sv},
      {"accepted.surrogate_pair", kAccepted, kClaimsOn, kAnyAlg, payload_member,
       ",\"x\":\"\\uD83D\\uDE00\\u0000\\uFFFE\\b\\/\""sv},
      {"accepted.empty_name", kAccepted, kNone, kAnyAlg, header_member, ",\"\":null"sv},
      {"accepted.b64_true", kAccepted, kNone, kAnyAlg, header_member, ",\"b64\":true"sv},
      {"accepted.cty_json", kAccepted, kNone, kAnyAlg, header_member, ",\"cty\":\"json\""sv},
      {"accepted.cty_longer", kAccepted, kNone, kAnyAlg, header_member, ",\"cty\":\"jwt+x\""sv},
      {"accepted.jwk_of_somebody", kAccepted, kNone, kAnyAlg, foreign_jwk},
      {"accepted.jku_of_somebody", kAccepted, kNone, kAnyAlg, header_member,
       ",\"jku\":\"https://attacker.invalid/jwks\",\"x5u\":5,\"x5c\":[]"sv},
      {"accepted.typ_lower_case", kAccepted, kTyp, kAnyAlg, set_typ, "jwt"sv,
       [](const World& w, std::string_view) { return w.policy().typ == "JWT"; }},
      {"accepted.typ_application", kAccepted, kTyp, kAnyAlg, set_typ, "application/jwt"sv,
       [](const World& w, std::string_view) { return w.policy().typ == "JWT"; }},
      {"accepted.typ_any", kAccepted, kNoTyp, kAnyAlg, set_typ, "no such type"sv},
      {"accepted.typ_absent", kAccepted, kNoTyp, kAnyAlg, remove_typ},
      {"accepted.other_s", kAccepted, kNone, kEcdsaAlgs, other_s},
      {"accepted.of_exactly_the_limit", kAccepted, kSmallTokens, kAnyAlg, token_of_limit_plus,
       "0"sv},

      {"accepted.padded_header", kAccepted, kPaddingAllowed, kAnyAlg, padded_header},
      {"accepted.padded_payload", kAccepted, kPaddingAllowed, kAnyAlg, padded_payload},
      {"accepted.padded_signature", kAccepted, kPaddingAllowed, kAnyAlg, padded_signature},
      {"accepted.padded_all", kAccepted, kPaddingAllowed, kAnyAlg, padded_all},
      {"accepted.not_padded", kAccepted, kPaddingAllowed, kAnyAlg, plain},

      {"accepted.binary_payload", kAccepted, kClaimsOff, kAnyAlg, binary_payload},
      {"accepted.empty_payload", kAccepted, kClaimsOff, kAnyAlg, payload_is, ""sv},
      {"accepted.array_payload", kAccepted, kClaimsOff, kAnyAlg, payload_is, "[1,2"sv},
      {"accepted.nested_token", kAccepted, kClaimsOff, kAnyAlg, nested_cty},
      {"accepted.bad_claims", kAccepted, kClaimsOff, kAnyAlg, claim, "exp=\"yesterday\""sv},
  });
  return kRows;
}

}  // namespace jotmill::tools
