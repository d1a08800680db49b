// JSONTestSuite: every file as the payload of a signed token, and as a header.

#include <algorithm>
#include <set>
#include <stdexcept>

#include "support/codec.h"
#include "support/vectors.h"
#include "support/vectors_files.h"

namespace jotmill::vectors {
namespace {

// The files that are not well-formed UTF-8, which is told apart from malformed JSON.
const std::set<std::string_view> kNotUtf8 = {
    "n_array_a_invalid_utf8",
    "n_array_invalid_utf8",
    "n_number_invalid-utf-8-in-bigger-int",
    "n_number_invalid-utf-8-in-exponent",
    "n_number_invalid-utf-8-in-int",
    "n_number_real_with_invalid_utf8_after_e",
    "n_object_lone_continuation_byte_in_key_and_trailing_comma",
    "n_string_invalid-utf-8-in-escape",
    "n_string_invalid_utf8_after_escape",
    "n_structure_incomplete_UTF8_BOM",
    "n_structure_lone-invalid-utf-8",
    "n_structure_single_eacute",
    "i_string_UTF-16LE_with_BOM",
    "i_string_UTF-8_invalid_sequence",
    "i_string_UTF8_surrogate_U+D800",
    "i_string_invalid_utf-8",
    "i_string_iso_latin_1",
    "i_string_lone_utf8_continuation_byte",
    "i_string_not_in_unicode_range",
    "i_string_overlong_sequence_2_bytes",
    "i_string_overlong_sequence_6_bytes",
    "i_string_overlong_sequence_6_bytes_null",
    "i_string_truncated-utf-8",
    "i_string_utf16BE_no_BOM",
    "i_string_utf16LE_no_BOM",
};

// The files whose parsing RFC 8259 leaves open and that we read: numbers of any size. The others
// are lone surrogates, UTF-16, a byte order mark and 500 levels, which we refuse.
const std::set<std::string_view> kOpenButRead = {
    "i_number_double_huge_neg_exp",   "i_number_huge_exp",          "i_number_neg_int_huge_exp",
    "i_number_pos_double_huge_exp",   "i_number_real_neg_overflow", "i_number_real_pos_overflow",
    "i_number_real_underflow",        "i_number_too_big_neg_int",   "i_number_too_big_pos_int",
    "i_number_very_big_negative_int",
};

// What the JSON reader must say of one file.
enum class Reading { not_utf8, not_json, duplicate_names, object, other_value };

Reading reading_of(const std::string& name, const std::string& bytes) {
  if (kNotUtf8.contains(name)) return Reading::not_utf8;
  const bool must_parse = name.starts_with("y_") || kOpenButRead.contains(name);
  if (!must_parse) return Reading::not_json;
  if (name.starts_with("y_object_duplicated_key")) return Reading::duplicate_names;
  return bytes[bytes.find_first_not_of(" \t\r\n")] == '{' ? Reading::object : Reading::other_value;
}

const char* payload_verdict(Reading reading) {
  switch (reading) {
    case Reading::not_utf8: return "payload_not_utf8";
    case Reading::not_json: return "payload_not_json";
    case Reading::duplicate_names: return "payload_duplicate_member";
    case Reading::other_value: return "payload_not_object";
    case Reading::object: return "accepted";
  }
  throw std::logic_error("no such reading");
}

const char* header_verdict(Reading reading, const std::string& bytes) {
  if (bytes.empty()) return "header_encoding";
  switch (reading) {
    case Reading::not_utf8: return "header_not_utf8";
    case Reading::not_json:
    case Reading::other_value: return "header_not_json";
    case Reading::duplicate_names: return "header_duplicate_member";
    case Reading::object: return "alg_missing";
  }
  throw std::logic_error("no such reading");
}

}  // namespace

std::vector<Case> json_test_suite() {
  constexpr std::string_view kSecret = "a secret of forty bytes for these tests.";
  const std::vector<reference::KeyFile> keys = {
      jwks_file("json", R"({"kty":"oct","alg":"HS256","k":")" + codec::base64url(kSecret) + "\"}")};
  reference::Policy policy;
  policy.max_token_bytes = 1 << 20;

  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(root() / "json/test_parsing")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());

  std::vector<Case> cases;
  for (const auto& file : files) {
    const std::string name = file.stem().string();
    const std::string bytes = read_file(file);
    const Reading reading = reading_of(name, bytes);
    const std::string input =
        codec::base64url(R"({"alg":"HS256"})") + "." + codec::base64url(bytes);
    const std::string tag = codec::hmac("SHA256", kSecret, input);
    cases.push_back({"payload " + name, input + "." + codec::base64url(tag), keys, policy,
                     payload_verdict(reading), ""});
    cases.push_back({"header " + name, codec::base64url(bytes) + ".e30.AA", keys, policy,
                     header_verdict(reading, bytes), ""});
  }
  return cases;
}

}  // namespace jotmill::vectors
