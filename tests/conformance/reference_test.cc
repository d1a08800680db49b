// The oracle against the published vectors: before it may judge the engine it has to be right
// itself.

#include <string>
#include <vector>

#include "support/catch.h"
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
