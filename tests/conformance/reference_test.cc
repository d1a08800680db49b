// The oracle against the published vectors, and its extraction against the rules one by one: before
// it may judge the engine it has to be right itself.

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/codec.h"
#include "support/reference_extract.h"
#include "support/vectors.h"

namespace jotmill::vectors {
namespace {

template <typename Cases, typename Verifier>
void require_all(const Cases& cases, size_t count, const Verifier& verifier) {
  REQUIRE(cases.size() == count);
  for (const std::string& line : mismatches(cases, verifier)) FAIL_CHECK(line);
}

TEST_CASE("the reference gives every attack its exact verdict") {
  if (!available("attacks/attacks.jsonl")) return;
  require_all(attacks(), 189, reference_outcome);
}

TEST_CASE("the reference agrees with every row of Wycheproof's json_web_signature") {
  if (!available("wycheproof/expected.tsv")) return;
  require_all(json_web_signature(), 401, reference_outcome);
}

TEST_CASE("the reference agrees with the examples of the RFCs") {
  if (!available("rfc/rfc_vectors.json")) return;
  require_all(rfc_examples(), 21, reference_outcome);
}

TEST_CASE("the reference reads and refuses JSON as JSONTestSuite wants it") {
  if (!available("json/test_parsing")) return;
  require_all(json_test_suite(), 2 * 318, reference_outcome);
}

TEST_CASE("the reference agrees with every primitive of Wycheproof") {
  if (!available("wycheproof/LICENSE")) return;
  const auto cases = primitives();
  CHECK(cases.size() > 7000);
  for (const std::string& line : mismatches(cases, reference_signature)) FAIL_CHECK(line);
}

}  // namespace
}  // namespace jotmill::vectors

namespace jotmill::reference {
namespace {

const std::string kHeader = codec::base64url(R"({"alg":"HS256","typ":"JWT"})");
const std::string kPayload = codec::base64url(R"({"sub":"someone","exp":1800000})");
const std::string kSignature(43, 'k'), kHalf(20, 'k');
const std::string kSigned = kHeader + "." + kPayload + ".", kToken = kSigned + kSignature;
const std::string kEncrypted = codec::base64url(R"({"alg":"dir","enc":"A256GCM"})");

// What was found, in words: "2 tokens, 1 redacted".
std::string found(const Extraction& out) {
  std::string words;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count == 0) return;
    words += (words.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(out.tokens.size(), "token");
  add(out.truncated, "truncated");
  add(out.redacted, "redacted");
  add(out.lookalike, "lookalike");
  return words;
}
std::string in_text(const std::string& text) { return found(extract_text(text)); }

TEST_CASE("a placeholder for a payload blanks the token") {
  CHECK(in_text(kHeader + ".REDACTED") == "1 redacted");
  CHECK(in_text(kHeader + ".redacted." + kSignature + " " + kToken) == "1 token, 1 redacted");
  CHECK(in_text(kHeader + ".xxxx." + kToken) ==
        "1 redacted, 1 lookalike");  // behind the third part
  CHECK(in_text(kHeader + ".masked, " + kToken) == "1 token, 1 redacted");
  CHECK(in_text("eyJhbGci.redacted." + kSignature) == "1 lookalike");
  const std::string tag(22, 't');
  CHECK(in_text(kEncrypted + "..iv.text." + tag) == "1 token");
  CHECK(in_text(kEncrypted + ".XXX.iv.text." + tag) == "1 redacted");
  CHECK(in_text(kEncrypted + "..XXX.text." + tag) == "1 redacted");
  CHECK(in_text(kEncrypted + "..iv.redacted." + tag) == "1 redacted");
  CHECK(in_text(kEncrypted + "..iv.text.redacted") == "1 redacted");
  CHECK(in_text(kEncrypted + ".hidden") == "1 redacted");
}

TEST_CASE("brackets and signs behind an incomplete signature blank the token") {
  const std::string bullet = "\xE2\x80\xA2", dots = "\xE2\x80\xA6";
  std::vector<std::string> marks = {"[REDACTED]",
                                    "<secret:jwt>",
                                    "(12 chars omitted)",
                                    "{{private}}",
                                    "[***]",
                                    "<x.X>",
                                    "[" + dots + "]",
                                    "(" + bullet + ")",
                                    "***",
                                    "****!",
                                    "###",
                                    bullet + bullet,
                                    "[3 <removed> lines]",
                                    "[" + std::string(40, 'a') + "mask]"};
  std::vector<std::string> no_marks = {"[]",
                                       "<3 bytes>",
                                       "[REDACTED",
                                       "(redacted]",
                                       "[withheld 12]",
                                       "***/",
                                       "##",
                                       bullet,
                                       "[***!]",
                                       " [REDACTED]",
                                       "[" + std::string(43, 'a') + "mask]"};
  for (const std::string& start : {kHeader, kHeader + "." + kPayload, kSigned, kSigned + kHalf,
                                   std::string("eyJhbGci"), std::string("eyJ")}) {
    for (const std::string& mark : marks) {
      CAPTURE(start, mark);
      CHECK(in_text(start + mark) == "1 redacted");
      CHECK(in_text(start + mark + " " + kToken) == "1 token, 1 redacted");
    }
    const std::string otherwise = start.starts_with(kHeader) ? "1 token" : "1 lookalike";
    for (const std::string& mark : no_marks) {
      CAPTURE(start, mark);
      CHECK(in_text(start + mark) == otherwise);
    }
    CHECK(in_text(start + "%5BREDACTED\\u005d") == "1 redacted");
  }
  CHECK(in_text(kToken + "[REDACTED]") == "1 token");
  CHECK(in_text(kSigned + "[any words]") == "1 redacted");
}

TEST_CASE("a signature that ends in X's is none") {
  CHECK(in_text(kSigned + "kkkXXXX") == "1 redacted");
  CHECK(in_text(kSigned + "kkkxxxxx ") == "1 redacted");
  CHECK(in_text(kSigned + "kkkXXX ") == "1 token");
  CHECK(in_text(kToken + "xxxxxxx") == "1 token");
  CHECK(in_text(kToken + "xxxxxxxx") == "1 redacted");
  CHECK(in_text(kToken + "XXXXXXXX") == "1 redacted");
}

TEST_CASE("padding at the end of the record does not hide that a token was cut") {
  const std::string two = codec::base64url("{\"a\":\"bcd\"}...").substr(0, 18);
  const std::string three = codec::base64url("{\"a\":\"bcd\"}...").substr(0, 19);
  CHECK(in_text(kHeader + "." + two + "==") == "1 truncated");
  CHECK(in_text(kHeader + "." + three + "=\r\nx") == "1 truncated");
  CHECK(in_text(kHeader + "." + three + "%3D") == "1 truncated");
  CHECK(in_text(kHeader + "." + two + "=") == "1 token");
  CHECK(in_text(kHeader + "." + three + "==") == "1 token");
  CHECK(in_text(kHeader + "." + two + "== ") == "1 token");
  const std::string alone = codec::base64url(R"({"alg":"HS256"})" + std::string("  "));
  REQUIRE(alone.size() % 4 == 3);
  CHECK(in_text(alone + "=") == "1 truncated");
}

TEST_CASE("lone surrogates do not hide a header") {
  const auto with_kid = [](const std::string& kid) {
    const std::string header = R"({"alg":"HS256","kid":")" + kid + "\"}";
    return in_text(codec::base64url(header) + "." + kPayload + "." + kSignature);
  };
  for (const char* kid : {"\\ud800", "\\uDFFF", "\\uD83D\\uDE00", "\\uD83D\\uD83D\\uDE00",
                          "\\ud800\\u0041", "\\\\ud800", "\\ud800\xFF"}) {
    CAPTURE(kid);
    CHECK(with_kid(kid) == "1 token");
  }
  for (const char* kid : {"\\ud80", "\\ud800\\q", "\\\\\\ud8"}) {
    CAPTURE(kid);
    CHECK(with_kid(kid) == "2 lookalike");  // header and payload
  }
}

}  // namespace
}  // namespace jotmill::reference
