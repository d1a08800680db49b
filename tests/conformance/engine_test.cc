// The engine through its front door against the published vectors: the same cases as the reference
// verifier.

#include <openssl/evp.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "jotmill/jotmill.hpp"
#include "support/catch.h"
#include "support/engine_adapter.h"
#include "support/vectors.h"

using namespace jotmill;

namespace {

void check_all(const std::vector<vectors::Case>& cases, std::size_t expected_count) {
  CHECK(cases.size() == expected_count);
  testing::EngineAdapter engine;
  const auto wrong =
      vectors::mismatches(cases, [&](std::string_view token, const auto& keys, const auto& policy) {
        const TokenVerdict got = engine.judge(token, keys, policy);
        return vectors::Outcome{std::string(code(got.verdict)), got.detail};
      });
  for (const std::string& line : wrong) UNSCOPED_INFO(line);
  CHECK(wrong.empty());
}

}  // namespace

TEST_CASE("attacks: every adversarial token gets its code") {
  if (vectors::available("attacks")) check_all(vectors::attacks(), 189);
}

TEST_CASE("json_web_signature: every row of expected.tsv") {
  if (vectors::available("wycheproof")) check_all(vectors::json_web_signature(), 401);
}

TEST_CASE("examples of the RFCs") {
  if (vectors::available("rfc")) check_all(vectors::rfc_examples(), 21);
}

TEST_CASE("JSONTestSuite as header and as payload") {
  if (vectors::available("json")) check_all(vectors::json_test_suite(), 636);
}
