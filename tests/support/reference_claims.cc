#include "support/reference_claims.h"

#include <algorithm>

#include "support/reference_json.h"

namespace jotmill::reference {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// A NumericDate is any JSON number below 2^63 in magnitude.
bool is_date(const Json& claim) {
  if (!claim.is(Json::Kind::number)) return false;
  Decimal magnitude = Decimal::from_json_number(claim.text);
  if (magnitude.sign < 0) magnitude.sign = 1;
  return magnitude < Decimal::from_integer(__int128{1} << 63, 0);
}

bool is_string(const Json& claim) { return claim.is(Json::Kind::string); }

bool is_audience(const Json& claim) {
  if (is_string(claim)) return true;
  return claim.is(Json::Kind::array) &&
         std::all_of(claim.items.begin(), claim.items.end(), is_string);
}

Finding check_types(const Json& claims) {
  const struct {
    const char* name;
    bool (*is_valid)(const Json&);
  } registered[] = {{"iss", is_string}, {"sub", is_string}, {"aud", is_audience}, {"exp", is_date},
                    {"nbf", is_date},   {"iat", is_date},   {"jti", is_string}};
  for (const auto& [name, is_valid] : registered) {
    const Json* claim = claims.find(name);
    if (claim != nullptr && !is_valid(*claim)) return {"claim_invalid", name};
  }
  return {};
}

Finding check_presence(const Json& claims, const Policy& policy) {
  std::vector<std::string> wanted;
  if (!policy.issuers.empty()) wanted.push_back("iss");
  if (!policy.subjects.empty()) wanted.push_back("sub");
  if (!policy.audiences.empty()) wanted.push_back("aud");
  if (policy.max_age) wanted.push_back("iat");
  wanted.insert(wanted.end(), policy.require.begin(), policy.require.end());
  for (const std::string& name : wanted) {
    if (claims.find(name) == nullptr) return {"claim_missing", name};
  }
  return {};
}

// Every comparison keeps one side as the token wrote it and puts all that is ours on the other, so
// that it is exact.
Finding check_times(const Json& claims, const Policy& policy) {
  if (!policy.as_of) return {};
  const Nanoseconds now = *policy.as_of;
  const auto date = [&claims](const char* name) -> std::optional<Decimal> {
    const Json* claim = claims.find(name);
    if (claim == nullptr) return std::nullopt;
    return Decimal::from_json_number(claim->text);
  };
  if (const auto exp = date("exp"); exp && *exp <= seconds_of(now - policy.exp_leeway)) {
    return {"expired", ""};
  }
  if (const auto nbf = date("nbf"); nbf && *nbf > seconds_of(now + policy.nbf_leeway)) {
    return {"not_yet_valid", ""};
  }
  if (const auto iat = date("iat"); iat && policy.max_age) {
    if (*iat > seconds_of(now + policy.iat_leeway)) return {"issued_in_future", ""};
    if (*iat < seconds_of(now - *policy.max_age - policy.iat_leeway)) return {"token_too_old", ""};
  }
  return {};
}

Finding check_names(const Json& claims, const Policy& policy) {
  const auto matches = [&claims](const char* name, const std::vector<std::string>& expected) {
    if (expected.empty()) return true;
    const Json* claim = claims.find(name);
    const auto is_expected = [&](const Json& value) { return contains(expected, value.text); };
    if (is_string(*claim)) return is_expected(*claim);
    return std::any_of(claim->items.begin(), claim->items.end(), is_expected);
  };
  if (!matches("iss", policy.issuers)) return {"issuer_mismatch", ""};
  if (!matches("aud", policy.audiences)) return {"audience_mismatch", ""};
  if (!matches("sub", policy.subjects)) return {"subject_mismatch", ""};
  return {};
}

}  // namespace

Finding check_payload(std::string_view bytes, const Header& header, const Policy& policy) {
  if (header.cty && equal_ignoring_case(without_application(*header.cty), "JWT")) {
    return {"nested_unsupported", ""};
  }
  if (!is_utf8(bytes)) return {"payload_not_utf8", ""};
  const auto claims = parse_json(bytes);
  if (!claims) return {"payload_not_json", ""};
  if (!claims->is(Json::Kind::object)) return {"payload_not_object", ""};
  if (claims->has_duplicate_names()) return {"payload_duplicate_member", ""};
  Finding finding = check_types(*claims);
  if (!finding.failed()) finding = check_presence(*claims, policy);
  if (!finding.failed()) finding = check_times(*claims, policy);
  if (!finding.failed()) finding = check_names(*claims, policy);
  return finding;
}

}  // namespace jotmill::reference
