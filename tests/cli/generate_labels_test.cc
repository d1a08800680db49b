// The labels of generated sets against the oracle, and what the recipes reach.
#include <map>
#include <random>
#include <set>

#include "support/catch.h"
#include "tests/cli/generated_set.h"
#include "tests/cli/workspace.h"
#include "tools/generate/embedded.h"

namespace jotmill::cli_test {
namespace {

enum class Want { kFaults, kOddities };

/// Few plain tokens, but each fault or each oddity of the recipe at least twice.
tools::World concentrated(std::string_view name, Want want, std::uint64_t seed) {
  tools::World world = world_of(built_in_recipe(name));
  tools::Recipe recipe = world.recipe();
  const bool faults = want == Want::kFaults;
  const std::size_t variants = (faults ? world.fault_schedule() : world.oddity_schedule()).size();
  recipe.seed = seed;
  recipe.repeats.share = 0;
  recipe.count = 50 + 2 * variants + variants / 4;
  (faults ? recipe.oddities : recipe.faults).share = 0;
  tools::Mix& mix = faults ? recipe.faults : recipe.oddities;
  if (variants > 0)
    mix.share = static_cast<std::uint32_t>((2 * variants + 2) * tools::kMillion / recipe.count);
  return world_of(recipe);
}

/// Judges every token; fails with what is needed to find it again.
void judge_all(const tools::World& world, const GeneratedSet& set, const std::string& folder) {
  const reference::Keys keys = reference_keys(world, folder);
  const reference::Policy policy = reference_policy(world);
  REQUIRE((world.recipe().output.shape != nullptr || set.tokens.size() == world.recipe().count));
  REQUIRE(set.labels.size() == set.tokens.size());
  for (std::size_t i = 0; i < set.tokens.size(); ++i) {
    const Label& label = set.labels[i];
    const reference::Answer answer = reference::judge(set.tokens[i].bytes, keys, policy);
    INFO(world.recipe().name << " seed " << world.recipe().seed << " line " << label.line << " "
                             << label.what << ": " << answer.detail);
    REQUIRE(label.line == set.tokens[i].line);
    CHECK(answer.verdict == label.verdict);
    if (label.alg) CHECK(answer.alg == label.alg);
    if (label.kid) CHECK(answer.kid == label.kid);
  }
}

std::set<std::string> codes_of(const tools::World& world) {
  std::set<std::string> codes;
  for (const tools::Variant* variant : world.fault_schedule())
    codes.emplace(code(variant->verdict));
  return codes;
}

std::set<std::string> every_code_but(std::set<std::string> without) {
  without.insert({"accepted", "internal_error"});
  std::set<std::string> codes;
  for (const VerdictInfo& info : verdict_table()) {
    if (!without.contains(std::string(info.code))) codes.emplace(info.code);
  }
  return codes;
}

}  // namespace

// Records with times of their own are judged one by one by engine and labels alone.
TEST_CASE("the oracle agrees with the label of every token of every recipe", "[generate]") {
  std::random_device device;
  const std::uint64_t seed = device();
  for (const tools::EmbeddedFile& file : tools::embedded_recipes()) {
    if (built_in_recipe(file.name).policy.as_of_record) continue;
    for (const Want want : {Want::kFaults, Want::kOddities}) {
      const Folder folder;
      const tools::World world = concentrated(file.name, want, seed);
      judge_all(world, generate(world, test_folder()), test_folder());
    }
  }
}

TEST_CASE("every variant of a recipe is in its capture", "[generate]") {
  for (const std::string_view name : {"demo", "faults"}) {
    for (const Want want : {Want::kFaults, Want::kOddities}) {
      const Folder folder;
      const tools::World world = concentrated(name, want, 5);
      std::set<std::string> found;
      for (const Label& label : generate(world, test_folder()).labels) found.insert(label.what);
      const auto& schedule =
          want == Want::kFaults ? world.fault_schedule() : world.oddity_schedule();
      REQUIRE(schedule.size() > 20);
      for (const tools::Variant* variant : schedule) {
        CAPTURE(name, variant->name);
        CHECK(found.contains(variant->name));
      }
    }
  }
}

TEST_CASE("demo reaches every verdict that a run can reach, in several ways", "[generate]") {
  const tools::World world = world_of(built_in_recipe("demo"));
  CHECK(codes_of(world) == every_code_but({}));
  CHECK(codes_of(world_of(built_in_recipe("faults"))) == every_code_but({"token_empty"}));
  std::map<Verdict, int> ways;
  std::set<std::string> names;
  for (const tools::Variant& variant : world.fault_variants()) {
    ++ways[variant.verdict];
    CAPTURE(variant.name);
    CHECK(names.insert(variant.name).second);
    CHECK(variant.name.starts_with(std::string(code(variant.verdict)) + "."));
  }
  for (const auto& [verdict, count] : ways) {
    CAPTURE(code(verdict));
    // There is one empty token, one way to leave an alg out of a list, and one way to have no
    // signature.
    const bool single = verdict == Verdict::kTokenEmpty || verdict == Verdict::kAlgNotAllowed ||
                        verdict == Verdict::kSignatureMissing;
    CHECK(count >= (single ? 1 : 2));
  }
}

TEST_CASE("demo uses all sixteen names and several keys of each type", "[generate]") {
  tools::Recipe recipe = built_in_recipe("demo");
  recipe.count = 12'000;
  recipe.repeats.pool = 200;
  const Folder folder;
  const tools::World world = world_of(recipe);
  std::map<std::string, std::set<std::string>> kids_by_alg;
  for (const Label& label : generate(world, test_folder()).labels) {
    if (label.alg && label.kid && label.verdict == "accepted")
      kids_by_alg[*label.alg].insert(*label.kid);
  }
  for (const tools::AlgInfo& alg : tools::kAlgs) {
    if (alg.name == "Ed448") continue;  // the name that --alg leaves out
    CAPTURE(alg.name);
    CHECK(kids_by_alg[std::string(alg.name)].size() >= 2);
  }
  CHECK(kids_by_alg["EdDSA"].contains("ed448-1"));
}

}  // namespace jotmill::cli_test
