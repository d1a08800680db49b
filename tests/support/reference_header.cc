#include "support/reference_header.h"

#include <algorithm>
#include <set>

#include "support/reference_algorithms.h"
#include "support/reference_json.h"

namespace jotmill::reference {
namespace {

// Header parameters that RFC 7515 s4.1, RFC 7516 s4.1 and RFC 7518 s4 define: none may be named by
// crit.
const std::set<std::string_view> kDefinedNames = {
    "alg",  "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
    "crit", "enc", "zip", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

Finding check_types(const Json& header, Header& out) {
  std::string wrong;
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const Json* member = header.find(name);
    if (member == nullptr) return std::nullopt;
    if (member->is(Json::Kind::string)) return member->text;
    if (wrong.empty()) wrong = name;
    return std::nullopt;
  };
  out.alg = text("alg");
  out.kid = text("kid");
  out.typ = text("typ");
  out.cty = text("cty");
  const Json* crit = header.find("crit");
  if (wrong.empty() && crit != nullptr && !crit->is(Json::Kind::array)) wrong = "crit";
  return wrong.empty() ? Finding{} : Finding{"header_bad_type", wrong};
}

Finding check_alg(const Json& header, const Policy& policy, const Header& read) {
  if (!read.alg) return {"alg_missing", ""};
  if (*read.alg == "none") return {"alg_none", ""};
  if (equal_ignoring_case(*read.alg, "none")) return {"alg_none", "case_variant"};
  if (header.find("enc") != nullptr) return {"encrypted_token", ""};
  if (find_algorithm(*read.alg) == nullptr) return {"alg_unsupported", ""};
  if (!policy.algs.empty() && !contains(policy.algs, *read.alg)) return {"alg_not_allowed", ""};
  return {};
}

// RFC 7515 s4.1.11. We process no extension, so that a well-formed crit is refused just as surely.
Finding check_crit(const Json& header) {
  const Json* crit = header.find("crit");
  if (crit == nullptr) return {};
  if (crit->items.empty()) return {"crit_invalid", ""};
  std::set<std::string_view> seen;
  for (const Json& name : crit->items) {
    if (!name.is(Json::Kind::string) || !seen.insert(name.text).second ||
        header.find(name.text) == nullptr || kDefinedNames.contains(name.text)) {
      return {"crit_invalid", ""};
    }
  }
  return {"crit_unsupported", crit->items.front().text};
}

Finding check_b64(const Json& header) {
  const Json* b64 = header.find("b64");
  if (b64 == nullptr || (b64->is(Json::Kind::boolean) && b64->boolean)) return {};
  return {"b64_unsupported", ""};
}

Finding check_typ(const Policy& policy, const Header& read) {
  if (policy.typ.empty()) return {};
  if (read.typ &&
      equal_ignoring_case(without_application(*read.typ), without_application(policy.typ))) {
    return {};
  }
  return {"typ_mismatch", ""};
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view without_application(std::string_view media_type) {
  constexpr std::string_view kPrefix = "application/";
  if (equal_ignoring_case(media_type.substr(0, kPrefix.size()), kPrefix)) {
    media_type.remove_prefix(kPrefix.size());
  }
  return media_type;
}

Finding check_header(std::string_view bytes, const Policy& policy, Header& out) {
  if (!is_utf8(bytes)) return {"header_not_utf8", ""};
  const auto header = parse_json(bytes);
  if (!header || !header->is(Json::Kind::object)) return {"header_not_json", ""};
  if (header->has_duplicate_names()) return {"header_duplicate_member", ""};
  Finding finding = check_types(*header, out);
  if (!finding.failed()) finding = check_alg(*header, policy, out);
  if (!finding.failed()) finding = check_crit(*header);
  if (!finding.failed()) finding = check_b64(*header);
  if (!finding.failed()) finding = check_typ(policy, out);
  return finding;
}

}  // namespace jotmill::reference
