// Room F: the payload under a good signature (RFC 7519 s7.2).
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

void replace_text(Forge& f, std::string_view text) { f.payload_text() = text; }
void append_text(Forge& f, std::string_view text) { f.payload_text() += text; }
void prepend_text(Forge& f, std::string_view text) { f.payload_text().insert(0, text); }
void insert_before_end(Forge& f, std::string_view text) {
  std::string& payload = f.payload_text();
  payload.insert(payload.size() - 1, text);
}
void cut_end(Forge& f, std::string_view) { f.payload_text().pop_back(); }

void nest(Forge& f, std::string_view levels) {
  const std::size_t depth = std::stoul(std::string(levels));
  insert_before_end(f, ",\"x\":" + std::string(depth, '[') + std::string(depth, ']'));
}
void nested_array(Forge& f, std::string_view levels) {
  const std::size_t depth = std::stoul(std::string(levels));
  f.payload_text() = std::string(depth, '[') + std::string(depth, ']');
}

void set_cty(Forge& f, std::string_view cty) { f.header().set_string("cty", cty); }

/// A JWT within a JWT, as RFC 7519 s5.2 has it: the payload is a token and no JSON.
void nested_token(Forge& f, std::string_view) {
  f.header().set_string("cty", "JWT");
  const std::string inner =
      base64url(f.header_text()) + "." + base64url(f.payload_text()) + ".AAAA";
  f.payload_text() = inner;
}
void nested_and_not_utf8(Forge& f, std::string_view) {
  f.header().set_string("cty", "jwt");
  f.payload_text() = "\xFF";
}
void not_utf8_and_not_json(Forge& f, std::string_view) { f.payload_text() = "{\xC3("; }

/// A claim written twice with the same value: still two members.
void twice(Forge& f, std::string_view claim) {
  const std::string value = *f.claims().find(claim);
  insert_before_end(f, "," + json_quote(claim) + ":" + value);
}

}  // namespace

std::span<const FaultRow> payload_faults() {
  static constexpr auto kRows = std::to_array<FaultRow>({
      {"nested_unsupported.token", kNestedUnsupported, kClaimsOn, kAnyAlg, nested_token},
      {"nested_unsupported.upper_case", kNestedUnsupported, kClaimsOn, kAnyAlg, set_cty, "JWT"sv},
      {"nested_unsupported.lower_case", kNestedUnsupported, kClaimsOn, kAnyAlg, set_cty, "jwt"sv},
      {"nested_unsupported.application", kNestedUnsupported, kClaimsOn, kAnyAlg, set_cty,
       "application/jwt"sv},
      {"nested_unsupported.and_not_utf8", kNestedUnsupported, kClaimsOn, kAnyAlg,
       nested_and_not_utf8},

      {"payload_not_utf8.byte_ff", kPayloadNotUtf8, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":\"\xFF\""sv},
      {"payload_not_utf8.overlong", kPayloadNotUtf8, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":\"\xE0\x80\xAF\""sv},
      {"payload_not_utf8.surrogate", kPayloadNotUtf8, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":\"\xED\xBF\xBF\""sv},
      {"payload_not_utf8.latin_1", kPayloadNotUtf8, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":\"J\xF6rg\""sv},
      {"payload_not_utf8.and_not_json", kPayloadNotUtf8, kClaimsOn, kAnyAlg, not_utf8_and_not_json},

      {"payload_not_json.empty", kPayloadNotJson, kClaimsOn, kAnyAlg, replace_text, ""sv},
      {"payload_not_json.space", kPayloadNotJson, kClaimsOn, kAnyAlg, replace_text, " \n"sv},
      {"payload_not_json.text", kPayloadNotJson, kClaimsOn, kAnyAlg, replace_text, "hello"sv},
      {"payload_not_json.byte_order_mark", kPayloadNotJson, kClaimsOn, kAnyAlg, prepend_text,
       "\xEF\xBB\xBF"sv},
      {"payload_not_json.trailing_comma", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ","sv},
      {"payload_not_json.two_objects", kPayloadNotJson, kClaimsOn, kAnyAlg, append_text, "{}"sv},
      {"payload_not_json.nul_behind", kPayloadNotJson, kClaimsOn, kAnyAlg, append_text, "\0"sv},
      {"payload_not_json.cut", kPayloadNotJson, kClaimsOn, kAnyAlg, cut_end},
      {"payload_not_json.nan", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":NaN"sv},
      {"payload_not_json.infinity", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":-Infinity"sv},
      {"payload_not_json.leading_zero", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":-01"sv},
      {"payload_not_json.bare_exponent", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":1e"sv},
      {"payload_not_json.hexadecimal", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":0x1F"sv},
      {"payload_not_json.raw_tab", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":\"\t\""sv},
      {"payload_not_json.lone_surrogate", kPayloadNotJson, kClaimsOn, kAnyAlg, insert_before_end,
       ",\"x\":\"\\uD834\""sv},
      {"payload_not_json.lone_low_surrogate", kPayloadNotJson, kClaimsOn, kAnyAlg,
       insert_before_end, ",\"x\":\"a\\uDD1Eb\""sv},
      {"payload_not_json.level_65", kPayloadNotJson, kClaimsOn, kAnyAlg, nest, "64"sv},
      {"payload_not_json.array_of_65_levels", kPayloadNotJson, kClaimsOn, kAnyAlg, nested_array,
       "65"sv},

      {"payload_not_object.array", kPayloadNotObject, kClaimsOn, kAnyAlg, replace_text, "[]"sv},
      {"payload_not_object.array_of_64_levels", kPayloadNotObject, kClaimsOn, kAnyAlg, nested_array,
       "64"sv},
      {"payload_not_object.string", kPayloadNotObject, kClaimsOn, kAnyAlg, replace_text,
       "\"{}\""sv},
      {"payload_not_object.number", kPayloadNotObject, kClaimsOn, kAnyAlg, replace_text,
       "-1e400"sv},
      {"payload_not_object.null", kPayloadNotObject, kClaimsOn, kAnyAlg, replace_text, "null"sv},
      {"payload_not_object.true", kPayloadNotObject, kClaimsOn, kAnyAlg, replace_text, " true "sv},

      {"payload_duplicate_member.exp", kPayloadDuplicateMember, kClaimsOn, kAnyAlg, twice, "exp"sv},
      {"payload_duplicate_member.sub", kPayloadDuplicateMember, kClaimsOn, kAnyAlg, twice, "sub"sv},
      {"payload_duplicate_member.exp_escaped", kPayloadDuplicateMember, kClaimsOn, kAnyAlg,
       insert_before_end, ",\"e\\u0078p\":99999999999"sv},
      {"payload_duplicate_member.unknown", kPayloadDuplicateMember, kClaimsOn, kAnyAlg,
       insert_before_end, ",\"x\":{},\"x\":[]"sv},
      {"payload_duplicate_member.slash_escaped", kPayloadDuplicateMember, kClaimsOn, kAnyAlg,
       insert_before_end, ",\"a/b\":1,\"a\\/b\":2"sv},
      {"payload_duplicate_member.and_bad_type", kPayloadDuplicateMember, kClaimsOn, kAnyAlg,
       insert_before_end, ",\"iss\":5"sv},
  });
  return kRows;
}

}  // namespace jotmill::tools
