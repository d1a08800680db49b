// Room C: the JOSE header. The signature is made over the faulty header, so that a verifier which
// overlooks the fault accepts.
#include <algorithm>
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

void replace_text(Forge& f, std::string_view text) { f.header_text() = text; }
void append_text(Forge& f, std::string_view text) { f.header_text() += text; }
void prepend_text(Forge& f, std::string_view text) { f.header_text().insert(0, text); }
void insert_before_end(Forge& f, std::string_view text) {
  std::string& header = f.header_text();
  header.insert(header.size() - 1, text);
}
void cut_end(Forge& f, std::string_view) { f.header_text().pop_back(); }

void utf16(Forge& f, std::string_view) {
  std::string wide = "\xFF\xFE";
  for (const char character : f.header_text()) (wide += character) += '\0';
  f.header_text() = wide;
}

/// An x member of `levels` nested arrays and objects: with the root one level more.
void nest(Forge& f, std::string_view levels) {
  const int depth = std::stoi(std::string(levels));
  std::string open, close;
  for (int i = 0; i < depth; ++i) {
    open += i % 2 == 0 ? "[" : "{\"a\":";
    close.insert(0, i % 2 == 0 ? "]" : "}");
  }
  // The innermost object would lack a value.
  insert_before_end(f, ",\"x\":" + open + (depth % 2 == 0 ? "0" : "") + close);
}

void set_alg(Forge& f, std::string_view value) { f.header().set("alg", std::string(value)); }
void set_kid(Forge& f, std::string_view value) { f.header().set("kid", std::string(value)); }
void set_typ(Forge& f, std::string_view value) { f.header().set("typ", std::string(value)); }
void remove_typ(Forge& f, std::string_view) { f.header().remove("typ"); }

void rename_alg(Forge& f, std::string_view name) {
  f.header().remove("alg");
  if (!name.empty()) f.header().set_string(name, kAlgs[f.alg()].name);
}

void lower_case_alg(Forge& f, std::string_view) {
  std::string name(kAlgs[f.alg()].name);
  for (char& character : name) character = static_cast<char>(character | 0x20);
  f.header().set_string("alg", name);
}

/// RFC 7519 s6: unsecured. Without a signature, as it must be.
void none(Forge& f, std::string_view name) {
  f.header().set_string("alg", name);
  f.replace_signature("");
}
/// With the signature that the key would have made.
void none_signed(Forge& f, std::string_view name) { f.header().set_string("alg", name); }

void none_and_twice(Forge& f, std::string_view) {
  insert_before_end(f, ",\"alg\":\"none\"");
  f.replace_signature("");
}
void none_and_enc(Forge& f, std::string_view) {
  f.header().set("enc", "\"A128GCM\"");
  none(f, "none");
}
void enc_and_unsupported(Forge& f, std::string_view) {
  f.header().set("enc", "\"A128GCM\"");
  f.header().set("alg", "\"RSA-OAEP-256\"");
}

bool some_alg_not_allowed(const World& world, std::string_view) {
  return std::ranges::any_of(world.keys(), [&](const World::Key& key) {
    return key->expect == kAccepted && (algs_for(key->type) & ~world.policy().algs) != 0;
  });
}

/// A good signature by an algorithm that --alg leaves out.
void alg_not_allowed(Forge& f, std::string_view) {
  const auto& keys = f.world().keys();
  for (std::size_t at = f.rng().below(keys.size());; at = (at + 1) % keys.size()) {
    const AlgSet left_out =
        static_cast<AlgSet>(algs_for(keys[at]->type) & ~f.world().policy().algs);
    if (left_out == 0 || keys[at]->expect != kAccepted) continue;
    AlgId alg = static_cast<AlgId>(f.rng().below(kAlgCount));
    while (!contains(left_out, alg)) alg = static_cast<AlgId>((alg + 1) % kAlgCount);
    return f.use(alg, *keys[at]);
  }
}

}  // namespace

std::span<const FaultRow> header_faults() {
  static constexpr auto kRows = std::to_array<FaultRow>({
      {"header_not_utf8.byte_ff", kHeaderNotUtf8, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\xFF\""sv},
      {"header_not_utf8.overlong", kHeaderNotUtf8, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\xC0\xAF\""sv},
      {"header_not_utf8.cut", kHeaderNotUtf8, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\xE2\x82\""sv},
      {"header_not_utf8.surrogate", kHeaderNotUtf8, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\xED\xA0\x80\""sv},
      {"header_not_utf8.beyond_10ffff", kHeaderNotUtf8, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\xF4\x90\x80\x80\""sv},
      {"header_not_utf8.continuation", kHeaderNotUtf8, kNone, kAnyAlg, prepend_text, "\x80"sv},
      {"header_not_utf8.and_not_json", kHeaderNotUtf8, kNone, kAnyAlg, replace_text, "\xC3("sv},
      {"header_not_utf8.utf16", kHeaderNotUtf8, kNone, kAnyAlg, utf16},

      {"header_not_json.trailing_comma", kHeaderNotJson, kNone, kAnyAlg, insert_before_end, ","sv},
      {"header_not_json.byte_order_mark", kHeaderNotJson, kNone, kAnyAlg, prepend_text,
       "\xEF\xBB\xBF"sv},
      {"header_not_json.level_65", kHeaderNotJson, kNone, kAnyAlg, nest, "64"sv},
      {"header_not_json.level_400", kHeaderNotJson, kNone, kAnyAlg, nest, "400"sv},
      {"header_not_json.lone_high_surrogate", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\\ud800\""sv},
      {"header_not_json.lone_low_surrogate", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\\udc00\""sv},
      {"header_not_json.lone_surrogate_name", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"\\uDBFF\":1"sv},
      {"header_not_json.surrogates_swapped", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\\udc00\\ud800\""sv},
      {"header_not_json.two_objects", kHeaderNotJson, kNone, kAnyAlg, append_text, "{}"sv},
      {"header_not_json.text_behind", kHeaderNotJson, kNone, kAnyAlg, append_text, " x"sv},
      {"header_not_json.nul_behind", kHeaderNotJson, kNone, kAnyAlg, append_text, "\0"sv},
      {"header_not_json.cut", kHeaderNotJson, kNone, kAnyAlg, cut_end},
      {"header_not_json.array", kHeaderNotJson, kNone, kAnyAlg, replace_text,
       "[\"alg\",\"none\"]"sv},
      {"header_not_json.null", kHeaderNotJson, kNone, kAnyAlg, replace_text, "null"sv},
      {"header_not_json.string", kHeaderNotJson, kNone, kAnyAlg, replace_text, "\"alg\""sv},
      {"header_not_json.number", kHeaderNotJson, kNone, kAnyAlg, replace_text, "42"sv},
      {"header_not_json.space", kHeaderNotJson, kNone, kAnyAlg, replace_text, " "sv},
      {"header_not_json.single_quotes", kHeaderNotJson, kNone, kAnyAlg, replace_text,
       "{'alg':'HS256'}"sv},
      {"header_not_json.bare_name", kHeaderNotJson, kNone, kAnyAlg, insert_before_end, ",x:1"sv},
      {"header_not_json.comment", kHeaderNotJson, kNone, kAnyAlg, insert_before_end, "/**/"sv},
      {"header_not_json.nan", kHeaderNotJson, kNone, kAnyAlg, insert_before_end, ",\"x\":NaN"sv},
      {"header_not_json.leading_zero", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":01"sv},
      {"header_not_json.plus_sign", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":+1"sv},
      {"header_not_json.no_fraction", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":1."sv},
      {"header_not_json.raw_newline", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\n\""sv},
      {"header_not_json.raw_nul", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\0\""sv},
      {"header_not_json.bad_escape", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\\x41\""sv},
      {"header_not_json.bad_unicode_escape", kHeaderNotJson, kNone, kAnyAlg, insert_before_end,
       ",\"x\":\"\\u00zz\""sv},
      {"header_not_json.form_feed", kHeaderNotJson, kNone, kAnyAlg, append_text, "\f"sv},

      {"header_duplicate_member.alg", kHeaderDuplicateMember, kNone, kAnyAlg, insert_before_end,
       ",\"alg\":\"HS256\""sv},
      {"header_duplicate_member.alg_escaped", kHeaderDuplicateMember, kNone, kAnyAlg,
       insert_before_end, ",\"\\u0061l\\u0067\":\"HS256\""sv},
      {"header_duplicate_member.kid", kHeaderDuplicateMember, kKids, kAnyAlg, insert_before_end,
       ",\"kid\":\"other\""sv},
      {"header_duplicate_member.unknown", kHeaderDuplicateMember, kNone, kAnyAlg, insert_before_end,
       ",\"zz\":1,\"zz\":1"sv},
      {"header_duplicate_member.unknown_escaped", kHeaderDuplicateMember, kNone, kAnyAlg,
       insert_before_end, ",\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2"sv},
      {"header_duplicate_member.empty_name", kHeaderDuplicateMember, kNone, kAnyAlg,
       insert_before_end, ",\"\":1,\"\":2"sv},
      {"header_duplicate_member.and_none", kHeaderDuplicateMember, kNone, kAnyAlg, none_and_twice},
      {"header_duplicate_member.and_bad_type", kHeaderDuplicateMember, kNone, kAnyAlg,
       insert_before_end, ",\"alg\":5"sv},

      {"header_bad_type.alg_number", kHeaderBadType, kNone, kAnyAlg, set_alg, "256"sv},
      {"header_bad_type.alg_null", kHeaderBadType, kNone, kAnyAlg, set_alg, "null"sv},
      {"header_bad_type.alg_true", kHeaderBadType, kNone, kAnyAlg, set_alg, "true"sv},
      {"header_bad_type.alg_array", kHeaderBadType, kNone, kAnyAlg, set_alg, "[\"HS256\"]"sv},
      {"header_bad_type.alg_object", kHeaderBadType, kNone, kAnyAlg, set_alg,
       "{\"alg\":\"HS256\"}"sv},
      {"header_bad_type.alg_huge_number", kHeaderBadType, kNone, kAnyAlg, set_alg, "1e400"sv},
      {"header_bad_type.kid_number", kHeaderBadType, kNone, kAnyAlg, set_kid, "1"sv},
      {"header_bad_type.kid_null", kHeaderBadType, kNone, kAnyAlg, set_kid, "null"sv},
      {"header_bad_type.kid_array", kHeaderBadType, kNone, kAnyAlg, set_kid, "[\"a\"]"sv},
      {"header_bad_type.typ_number", kHeaderBadType, kNone, kAnyAlg, set_typ, "0"sv},
      {"header_bad_type.typ_null", kHeaderBadType, kNone, kAnyAlg, set_typ, "null"sv},
      {"header_bad_type.cty_object", kHeaderBadType, kNone, kAnyAlg, insert_before_end,
       ",\"cty\":{}"sv},
      {"header_bad_type.crit_string", kHeaderBadType, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":\"exp\",\"exp\":1"sv},
      {"header_bad_type.crit_null", kHeaderBadType, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":null"sv},

      {"alg_missing.absent", kAlgMissing, kNone, kAnyAlg, rename_alg, ""sv},
      {"alg_missing.upper_case_name", kAlgMissing, kNone, kAnyAlg, rename_alg, "ALG"sv},
      {"alg_missing.space_in_name", kAlgMissing, kNone, kAnyAlg, rename_alg, "alg "sv},
      {"alg_missing.empty_object", kAlgMissing, kNone, kAnyAlg, replace_text, "{}"sv},
      {"alg_missing.nested", kAlgMissing, kNone, kAnyAlg, replace_text,
       "{\"jws\":{\"alg\":\"HS256\"}}"sv},

      {"alg_none.none", kAlgNone, kNone, kAnyAlg, none, "none"sv},
      {"alg_none.capital", kAlgNone, kNone, kAnyAlg, none, "None"sv},
      {"alg_none.upper", kAlgNone, kNone, kAnyAlg, none, "NONE"sv},
      {"alg_none.mixed", kAlgNone, kNone, kAnyAlg, none, "nOnE"sv},
      {"alg_none.signed", kAlgNone, kNone, kAnyAlg, none_signed, "none"sv},
      {"alg_none.mixed_signed", kAlgNone, kNone, kAnyAlg, none_signed, "noNe"sv},
      {"alg_none.and_enc", kAlgNone, kNone, kAnyAlg, none_and_enc},

      {"encrypted_token.enc_in_header", kEncryptedToken, kNone, kAnyAlg, insert_before_end,
       ",\"enc\":\"A256GCM\""sv},
      {"encrypted_token.enc_null", kEncryptedToken, kNone, kAnyAlg, insert_before_end,
       ",\"enc\":null"sv},
      {"encrypted_token.and_unsupported", kEncryptedToken, kNone, kAnyAlg, enc_and_unsupported},

      {"alg_unsupported.lower_case", kAlgUnsupported, kNone, kAnyAlg, lower_case_alg},
      {"alg_unsupported.hs257", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"HS257\""sv},
      {"alg_unsupported.hs1", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"HS1\""sv},
      {"alg_unsupported.empty", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"\""sv},
      {"alg_unsupported.space_before", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\" RS256\""sv},
      {"alg_unsupported.nul_behind", kAlgUnsupported, kNone, kAnyAlg, set_alg,
       "\"RS256\\u0000\""sv},
      {"alg_unsupported.none_space", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"none \""sv},
      {"alg_unsupported.es521", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"ES521\""sv},
      {"alg_unsupported.rsa1_5", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"RSA1_5\""sv},
      {"alg_unsupported.pbes2", kAlgUnsupported, kNone, kAnyAlg, set_alg,
       "\"PBES2-HS256+A128KW\""sv},
      {"alg_unsupported.dir", kAlgUnsupported, kNone, kAnyAlg, set_alg, "\"dir\""sv},
      {"alg_unsupported.look_alike", kAlgUnsupported, kNone, kAnyAlg, set_alg,
       "\"\xD0\x9DS256\""sv},

      {"alg_not_allowed.left_out",
       kAlgNotAllowed,
       kAlgList,
       kAnyAlg,
       alg_not_allowed,
       {},
       some_alg_not_allowed},

      {"crit_invalid.empty", kCritInvalid, kNone, kAnyAlg, insert_before_end, ",\"crit\":[]"sv},
      {"crit_invalid.number", kCritInvalid, kNone, kAnyAlg, insert_before_end, ",\"crit\":[1]"sv},
      {"crit_invalid.number_behind", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"exp\",null],\"exp\":1"sv},
      {"crit_invalid.duplicate", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"exp\",\"\\u0065xp\"],\"exp\":1"sv},
      {"crit_invalid.absent", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"exp\"]"sv},
      {"crit_invalid.registered_alg", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"alg\"]"sv},
      {"crit_invalid.registered_crit", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"crit\"]"sv},
      {"crit_invalid.registered_thumbprint", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"x5t#S256\"],\"x5t#S256\":\"AA\""sv},
      {"crit_invalid.registered_p2c", kCritInvalid, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"p2c\"],\"p2c\":1000"sv},

      {"crit_unsupported.exp", kCritUnsupported, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"exp\"],\"exp\":1363284000"sv},
      {"crit_unsupported.uri", kCritUnsupported, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"http://example.invalid/x\"],\"http://example.invalid/x\":true"sv},
      {"crit_unsupported.b64", kCritUnsupported, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"b64\"],\"b64\":true"sv},
      {"crit_unsupported.b64_false", kCritUnsupported, kNone, kAnyAlg, insert_before_end,
       ",\"crit\":[\"b64\"],\"b64\":false"sv},

      {"b64_unsupported.false", kB64Unsupported, kNone, kAnyAlg, insert_before_end,
       ",\"b64\":false"sv},
      {"b64_unsupported.string", kB64Unsupported, kNone, kAnyAlg, insert_before_end,
       ",\"b64\":\"true\""sv},
      {"b64_unsupported.null", kB64Unsupported, kNone, kAnyAlg, insert_before_end,
       ",\"b64\":null"sv},
      {"b64_unsupported.one", kB64Unsupported, kNone, kAnyAlg, insert_before_end, ",\"b64\":1"sv},

      {"typ_mismatch.access_token", kTypMismatch, kTyp, kAnyAlg, set_typ, "\"at+jwt\""sv},
      {"typ_mismatch.application", kTypMismatch, kTyp, kAnyAlg, set_typ,
       "\"application/at+jwt\""sv},
      {"typ_mismatch.empty", kTypMismatch, kTyp, kAnyAlg, set_typ, "\"\""sv},
      {"typ_mismatch.longer", kTypMismatch, kTyp, kAnyAlg, set_typ, "\"JWTX\""sv},
      {"typ_mismatch.space_behind", kTypMismatch, kTyp, kAnyAlg, set_typ, "\"JWT \""sv},
      {"typ_mismatch.absent", kTypMismatch, kTyp, kAnyAlg, remove_typ},
  });
  return kRows;
}

}  // namespace jotmill::tools
