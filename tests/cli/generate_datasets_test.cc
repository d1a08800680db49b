// datasets/: the manifest says what is there, README.md names every recipe and code, golden sets
// keep their verdicts.
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "support/catch.h"
#include "tests/cli/generated_set.h"
#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tools/generate/check_labels.h"
#include "tools/generate/embedded.h"

namespace jotmill::cli_test {
namespace {

namespace fs = std::filesystem;

fs::path datasets() {
  const char* root = std::getenv("JOTMILL_SOURCE_DIR");
  REQUIRE(root != nullptr);
  return fs::path(root) / "datasets";
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

/// The codes that a set of this recipe holds, "accepted" among them.
std::vector<std::string> reached(const tools::World& world) {
  std::set<Verdict> verdicts;
  if (world.recipe().faults.share < tools::kMillion) verdicts.insert(Verdict::kAccepted);
  for (const tools::Variant* variant : world.fault_schedule()) verdicts.insert(variant->verdict);
  // By the time of a token's own record, and not by a variant of it.
  if (world.policy().as_of_record) verdicts.insert({Verdict::kExpired, Verdict::kNotYetValid});
  std::vector<std::string> codes;
  for (const Verdict verdict : verdicts) codes.emplace_back(code(verdict));
  return codes;
}

}  // namespace

TEST_CASE("the manifest names the recipes with the codes they reach, the keys and the golden sets",
          "[generate]") {
  simdjson::dom::parser parser;
  const simdjson::dom::element manifest = parser.load((datasets() / "manifest.json").string());
  std::set<std::string> recipes, keys, golden;
  for (const simdjson::dom::element entry : manifest["recipes"]) {
    const auto name = std::string(std::string_view(entry["name"]));
    const tools::World world = world_of(built_in_recipe(name));
    CAPTURE(name);
    CHECK(std::uint64_t(entry["tokens"]) == world.recipe().count);
    std::vector<std::string> codes;
    for (const std::string_view text : entry["reaches"]) codes.emplace_back(text);
    CHECK(codes == reached(world));
    CHECK(std::string_view(entry["file"]) == "recipes/" + name + ".json");
    recipes.insert(name + ".json");
  }
  for (const simdjson::dom::element entry : manifest["keys"]) {
    const std::string_view file = entry["file"];
    keys.emplace(file.substr(5));
    const Result<tools::KeyPools> pools = tools::KeyPools::load();
    REQUIRE(pools.ok());
    CHECK(pools.value().pool(std::string_view(entry["pool"])).size() ==
          std::uint64_t(entry["keys"]));
  }
  for (const std::string_view name : manifest["golden"]) golden.emplace(name);
  CHECK(recipes == names_in(datasets() / "recipes"));
  CHECK(keys == names_in(datasets() / "keys"));
  CHECK(golden == names_in(datasets() / "golden"));
}

TEST_CASE("README.md names every recipe, every pool of keys and every verdict code", "[generate]") {
  const std::string readme = read_file((datasets() / "README.md").string());
  for (const VerdictInfo& info : verdict_table()) {
    if (info.verdict == Verdict::kAccepted) continue;
    CAPTURE(info.code);
    CHECK(contains(readme, "`" + std::string(info.code) + "`"));
  }
  for (const tools::EmbeddedFile& file : tools::embedded_recipes()) {
    CAPTURE(file.name);
    CHECK(contains(readme, "`" + std::string(file.name) + "`"));
  }
  const Result<tools::KeyPools> pools = tools::KeyPools::load();
  REQUIRE(pools.ok());
  for (const std::string& pool : pools.value().names()) {
    CAPTURE(pool);
    CHECK(contains(readme, "`" + pool + "`"));
  }
}

TEST_CASE("the golden sets keep their verdicts", "[generate]") {
  std::set<std::string> sets = names_in(datasets() / "golden");
  REQUIRE(sets.size() >= 4);
  for (const std::string& name : sets) {
    const Folder folder;
    const fs::path set = datasets() / "golden" / name;
    const std::string labels = read_file((set / "labels.ndjson").string());
    const std::string capture = members(labels, "source").front();
    const Ended ended = run(
        Start{.args = {"verify", "--config", "policy.toml", "--verdicts",
                       in_folder("verdicts.ndjson"), "--report", in_folder("report.json"), capture},
              .folder = set.string()});
    CAPTURE(name, ended.err);
    CHECK(ended.exit_code == 1);
    auto checked =
        tools::check_labels((set / "labels.ndjson").string(), in_folder("verdicts.ndjson"));
    REQUIRE(checked.ok());
    if (exists((set / "counts.json").string())) {
      REQUIRE(tools::check_counts((set / "counts.json").string(), in_folder("report.json"),
                                  checked.value())
                  .ok());
    }
    CAPTURE(tools::in_words(checked.value()));
    CHECK(checked.value().all_met());
    CHECK(checked.value().labels >= 100);
  }
}

TEST_CASE("the golden sets of faults hold every code that they can", "[generate]") {
  for (const auto& [name, without] :
       {std::pair<std::string, std::size_t>("faults-lines", 2), {"faults-jsonl", 1}}) {
    const std::string labels = read_file((datasets() / "golden" / name / "labels.ndjson").string());
    const std::vector<std::string> verdicts = members(labels, "verdict");
    const std::set<std::string> codes(verdicts.begin(), verdicts.end());
    CAPTURE(name);
    CHECK(codes.size() == kVerdictCount - without);  // internal_error, and in lines token_empty
  }
}

}  // namespace jotmill::cli_test
