// What a generated set looks like: the same bytes whatever the threads, shares as asked for, places
// that labels name.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "support/catch.h"
#include "tests/cli/generated_set.h"
#include "tests/cli/workspace.h"
#include "tools/generate/embedded.h"
#include "tools/generate/plan.h"
#include "tools/generate/produce.h"
#include "tools/generate/world_files.h"

namespace jotmill::cli_test {
namespace {

/// demo without the algorithms whose signatures OpenSSL randomises, and without the keys for them.
tools::Recipe deterministic_demo() {
  tools::Recipe recipe = built_in_recipe("demo");
  for (tools::AlgId alg = 0; alg < tools::kAlgCount; ++alg) {
    if (tools::contains(tools::kEcdsaAlgs | tools::kPssAlgs, alg)) recipe.algorithms[alg] = 0;
  }
  // Refused and misused keys sign with any algorithm that fits them.
  std::erase_if(recipe.keys, [](const auto& pool) {
    return pool.first == "refused" || pool.first == "encryption" || pool.first == "bound" ||
           pool.first == "shared";
  });
  // A wrong PSS signature under RS256 is random too.
  recipe.faults.weights = {
      {"*", 1}, {"signature_mismatch.pss_for_pkcs1", 0}, {"key_type_mismatch.alg_of_another", 0}};
  recipe.count = 6000;
  return recipe;
}

std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files[entry.path().filename().string()] = read_file(entry.path().string());
  }
  return files;
}

double share_of(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

TEST_CASE("the same seed gives the same bytes on any number of threads, another seed others",
          "[generate]") {
  tools::Recipe recipe = deterministic_demo();
  const tools::World world = world_of(recipe);
  const Folder folder;
  generate(world, in_folder("set"), 1);
  const auto expected = files_of(in_folder("set"));
  REQUIRE(expected.size() >= 6);
  for (const unsigned threads : {2U, 3U, 8U}) {
    CAPTURE(threads);
    generate(world, in_folder("set"), threads);
    CHECK(files_of(in_folder("set")) == expected);
  }
  ++recipe.seed;
  generate(world_of(recipe), in_folder("set"), 2);
  CHECK(files_of(in_folder("set")).at("capture.jsonl") != expected.at("capture.jsonl"));
}

TEST_CASE("labels stand in the order of the tokens, and a longer set begins like a shorter one",
          "[generate]") {
  tools::Recipe recipe = deterministic_demo();
  recipe.repeats.share = 0;  // the pool's size enters the plan
  const Folder folder;
  const GeneratedSet longer = generate(world_of(recipe), in_folder("long"));
  recipe.count = 1000;
  const GeneratedSet shorter = generate(world_of(recipe), in_folder("short"));
  REQUIRE(longer.labels.size() == 6000);
  REQUIRE(longer.tokens.size() == 6000);
  for (std::size_t i = 0; i < longer.labels.size(); ++i) {
    REQUIRE(longer.labels[i].line == longer.tokens[i].line);
    REQUIRE(longer.labels[i].source == "capture.jsonl");
  }
  for (std::size_t i = 0; i < shorter.tokens.size(); ++i)
    REQUIRE(shorter.tokens[i].bytes == longer.tokens[i].bytes);
}

TEST_CASE("demo has its shares: one in twenty faulty, one in three a repeat, lines without a token",
          "[generate]") {
  tools::Recipe recipe = built_in_recipe("demo");
  const std::uint64_t count = recipe.count;
  const tools::World world = world_of(recipe);
  const tools::Plan plan(world, recipe.seed, count);
  std::uint64_t faulty = 0, odd = 0;
  std::map<std::uint32_t, std::uint64_t> ranks;
  for (std::uint64_t i = 0; i < count; ++i) {
    const tools::Slot slot = plan.at(i);
    if (slot.pool_rank) ++ranks[*slot.pool_rank];
    const tools::Variant* variant =
        slot.pool_rank ? plan.pool_at(*slot.pool_rank).variant : slot.variant;
    if (variant != nullptr) ++(variant->verdict == Verdict::kAccepted ? odd : faulty);
  }
  std::uint64_t picks = 0;
  for (const auto& [rank, times] : ranks) picks += times;
  CHECK(std::abs(share_of(faulty, count) - 0.05) < 0.002);
  CHECK(std::abs(share_of(picks - ranks.size(), count) - 1.0 / 3) < 0.01);
  CHECK(odd > count / 50);
  // Zipf with exponent 1: the first of the pool comes about twice as often as the second and ten
  // times as often as the tenth.
  CHECK(std::abs(share_of(ranks[0], ranks[1]) - 2) < 0.2);
  CHECK(std::abs(share_of(ranks[0], ranks[9]) - 10) < 1.5);
}

TEST_CASE("lines without a token are counted as they stand in the capture", "[generate]") {
  tools::Recipe recipe = built_in_recipe("demo");
  recipe.algorithms = {1};  // HS256
  recipe.count = 20'000;
  recipe.repeats.share = 0;
  const Folder folder;
  const GeneratedSet set = generate(world_of(recipe), test_folder());
  CHECK(set.tally.tokens() == 20'000);
  CHECK(set.tokens.size() == 20'000);
  CHECK(set.blank == 40);
  CHECK(set.without_token == 60);
  CHECK(set.not_json == 10);
  CHECK(set.tally.blank == set.blank);
  CHECK(set.tally.without_token == set.without_token);
  CHECK(set.tally.not_json == set.not_json);
  CHECK(set.tally.bytes == std::filesystem::file_size(in_folder("capture.jsonl")));
}

TEST_CASE("in lines every line that is not blank is a token, whatever the recipe asks for",
          "[generate]") {
  tools::Recipe recipe = built_in_recipe("demo");
  recipe.output.format = tools::CaptureFormat::kLines;
  recipe.count = 4000;
  recipe.repeats.pool = 50;
  const Folder folder;
  const GeneratedSet set = generate(world_of(recipe), test_folder());
  CHECK(set.tokens.size() == 4000);
  CHECK(set.blank == 8);
  CHECK(set.tally.without_token + set.tally.not_json == 0);
}

TEST_CASE("hs256 makes tokens of 400 characters, repeats only repeats", "[generate]") {
  tools::Recipe recipe = built_in_recipe("hs256");
  recipe.count = 500;
  const Folder folder;
  for (const FoundToken& token : generate(world_of(recipe), in_folder("hs256")).tokens) {
    REQUIRE(std::abs(static_cast<int>(token.bytes.size()) - 400) < 20);
  }
  recipe = built_in_recipe("repeats");
  recipe.count = 2000;
  recipe.repeats.pool = 100;
  const GeneratedSet set = generate(world_of(recipe), in_folder("repeats"));
  std::map<std::string, int> times;
  for (const FoundToken& token : set.tokens) ++times[token.bytes];
  CHECK(std::abs(share_of(set.tokens.size() - times.size(), set.tokens.size()) - 0.9) < 0.03);
  CHECK(set.tally.by_verdict[0] == 2000);
}

TEST_CASE("a spread meets its share exactly, one place in each run", "[generate]") {
  for (const std::uint32_t share : {1'000'000U, 999'999U, 333'333U, 50'000U, 7U}) {
    const tools::Spread spread(9, 1, share);
    const std::uint64_t places = share < 100 ? 2'000'000 : 100'000;
    std::uint64_t taken = 0;
    for (std::uint64_t i = 0; i < places; ++i) {
      const auto run = spread.at(i);
      if (!run) continue;
      REQUIRE(*run == taken);  // runs come one after the other, each once
      ++taken;
    }
    CAPTURE(share);
    CHECK(std::abs(static_cast<double>(taken) - static_cast<double>(places) * share / 1e6) <= 1.0);
  }
  CHECK_FALSE(tools::Spread(9, 1, 0).at(0));
}

TEST_CASE("Philox gives the numbers of its authors' known answers", "[generate]") {
  using Block = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t kOnes = 0xFFFFFFFF;
  CHECK(tools::philox4x32({0, 0, 0, 0}, {0, 0}) ==
        Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(tools::philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(tools::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                          {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("the keys say that they are for tests, and no private member leaves", "[generate]") {
  for (const tools::EmbeddedFile& file : tools::embedded_keys()) {
    CAPTURE(file.name);
    CHECK(contains(std::string(file.text), "\"_warning\": \"TEST ONLY"));
  }
  for (const std::string_view recipe : {"demo", "pem"}) {
    for (const tools::SideFile& file :
         tools::side_files(world_of(built_in_recipe(recipe)), "/somewhere")) {
      CAPTURE(file.name);
      CHECK_FALSE(contains(file.content, "\"d\":"));
      CHECK_FALSE(contains(file.content, "\"qi\":"));
      CHECK_FALSE(contains(file.content, "PRIVATE"));
      CHECK_FALSE(contains(file.content, "\"_expect\""));
      if (file.name.ends_with(".json") || file.name.ends_with(".pem"))
        CHECK(contains(file.content, "TEST ONLY"));
    }
  }
}

TEST_CASE("policy.toml quotes whatever a folder is called", "[generate]") {
  const tools::World world = world_of(built_in_recipe("hs256"));
  const std::string text = tools::side_files(world, "/a \"b\"\\c\n").back().content;
  CHECK(contains(text, R"(keys = ["/a \"b\"\\c\u000a/keys-secret.jwks.json"])"));
  CHECK(
      contains(tools::side_files(world, "").back().content, "keys = [\"keys-secret.jwks.json\"]"));
}

TEST_CASE("a full disk and a folder that cannot be made are output errors with their path",
          "[generate]") {
  tools::Recipe recipe = built_in_recipe("hs256");
  recipe.count = 3000;
  const tools::World world = world_of(recipe);
  const Folder folder;
  std::filesystem::create_symlink("/dev/full", in_folder("capture.txt"));
  Result<tools::Tally> result = tools::produce(
      world, {.folder = test_folder(), .threads = 2, .absolute_paths = true, .on_progress = {}});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::kOutput);
  CHECK(contains(result.error().subject, "capture.txt"));
  result = tools::produce(
      world, {.folder = "/dev/null/x", .threads = 1, .absolute_paths = true, .on_progress = {}});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::kOutput);
}

}  // namespace jotmill::cli_test
