// Tables of ES256 and Ed25519 keys: seen in the report, and in nothing that is said of a token.

#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

/// The records of a run of the set in the folder `set`.
std::string records(const Words& options) {
  Words args = {"verify",     "--config",        "set/policy.toml", "--memo",      "off",
                "--verdicts", "verdicts.ndjson", "--report",        "report.json", "--quiet"};
  args.insert(args.end(), options.begin(), options.end());
  args.emplace_back("set/capture.txt");
  const Ended ended = run(args);
  CHECK(ended.exit_code <= 1);
  return read_file("verdicts.ndjson");
}

}  // namespace

TEST_CASE("tables are made for keys that many tokens use, and never change a record") {
  for (const std::string recipe : {"es256", "eddsa"}) {
    CAPTURE(recipe);
    const Folder folder;
    REQUIRE(run({"generate", "--recipe", recipe, "--count", "3000", "--output", "set"}).exit_code ==
            0);
    const std::string plain = records({"--kernels", "p256=openssl,ed25519=openssl"});
    CHECK(contains(read_file("report.json"), "\"tables\":{}"));
    const std::string with_tables = records({"--threads", "2", "--cross-check", "10"});
    CHECK(with_tables == plain);
    CHECK(contains(read_file("report.json"), "base point\":{\"window\":8,"));
    CHECK(contains(read_file("report.json"), "\"disagreed\":0"));
    CHECK(records({"--kernels", "p256=portable,ed25519=portable"}) == plain);
    CHECK(records({"--table-memory", "off"}) == plain);
    CHECK(contains(read_file("report.json"), "\"tables\":{}"));
  }
}

TEST_CASE("a hundred tokens do not pay for tables") {
  const Folder folder;
  REQUIRE(run({"generate", "--recipe", "es256", "--count", "100", "--output", "set"}).exit_code ==
          0);
  records({});
  CHECK(contains(read_file("report.json"), "\"tables\":{}"));
}
