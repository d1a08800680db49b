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

const std::string kPayload = codec::base64url(R"({"sub":"someone","exp":1800000})");
const std::string kSignature(43, 'k');

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
