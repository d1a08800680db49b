// generate --check and the reading of recipes: every way to be wrong has its words.
#include "support/catch.h"
#include "tests/cli/generated_set.h"
#include "tests/cli/workspace.h"
#include "tools/generate/check_labels.h"
#include "tools/generate/embedded.h"

namespace jotmill::cli_test {
namespace {

std::string record(const std::string& source, int line, const std::string& verdict,
                   const std::string& more = "") {
  return "{\"source\":\"" + source + "\",\"line\":" + std::to_string(line) +
         ",\"offset\":0,\"verdict\":\"" + verdict + "\"" + more + "}\n";
}
std::string label(int line, const std::string& verdict, const std::string& more = "") {
  return record("capture.txt", line, verdict, more);
}
std::string found(int line, const std::string& verdict, const std::string& more = "") {
  return record("some/where/capture.txt", line, verdict, more);
}

Result<tools::LabelCheck> check(const std::string& labels, const std::string& verdicts) {
  const Folder folder;
  write_file("labels.ndjson", labels);
  write_file("verdicts.ndjson", verdicts);
  return tools::check_labels(in_folder("labels.ndjson"), in_folder("verdicts.ndjson"));
}

std::string recipe_error(const std::string& text) {
  Result<tools::Recipe> recipe = tools::parse_recipe(text);
  if (!recipe) return recipe.error().subject + ": " + recipe.error().reason;
  const Result<tools::KeyPools> pools = tools::KeyPools::load();
  const Result<tools::World> world = tools::World::build(std::move(recipe).value(), pools.value());
  return world.ok() ? "" : world.error().subject + ": " + world.error().reason;
}

}  // namespace

TEST_CASE("labels that are met one to one and in order", "[generate]") {
  const auto result =
      check(label(1, "accepted", R"(,"alg":"HS256","kid":null)") + label(3, "expired"),
            found(1, "accepted", R"(,"alg":"HS256","kid":"k")") + found(3, "expired"));
  REQUIRE(result.ok());
  CHECK(result.value().all_met());
  CHECK(result.value().met == 2);
  CHECK(contains(tools::in_words(result.value()), "labels 2, met 2, differences 0"));
}

TEST_CASE("every difference counts once: verdict, alg, kid, source, a record missing or too many",
          "[generate]") {
  const std::string labels = label(1, "accepted") + label(2, "expired") + label(4, "accepted");
  const auto differences = [](const Result<tools::LabelCheck>& result) {
    REQUIRE(result.ok());
    CHECK_FALSE(result.value().all_met());
    return result.value().differences;
  };
  const auto wrong =
      check(labels, found(1, "accepted") + found(2, "accepted") + found(4, "accepted"));
  CHECK(differences(wrong) == 1);
  CHECK(wrong.value().confusions.at({"expired", "accepted"}) == 1);
  CHECK(wrong.value().first.front() == "line 2: accepted instead of expired");
  CHECK(differences(check(labels, found(1, "accepted") + found(4, "accepted"))) == 1);
  CHECK(differences(check(labels, found(1, "accepted") + found(2, "expired"))) == 1);
  CHECK(differences(check(labels, found(1, "accepted") + found(2, "expired") + found(3, "expired") +
                                      found(4, "accepted"))) == 1);
  CHECK(differences(check(labels, labels + found(4, "accepted"))) == 1);
  CHECK(differences(check(labels, "")) == 3);
  CHECK(differences(check(label(1, "expired"), record("other.txt", 1, "expired"))) == 1);
  CHECK(differences(check(label(1, "expired", R"(,"alg":"HS256")"),
                          found(1, "expired", R"(,"alg":null)"))) == 1);
  CHECK(differences(check(label(1, "expired", R"(,"kid":"a")"),
                          found(1, "expired", R"(,"kid":"b")"))) == 1);
  CHECK(differences(check(label(1, "expired") + label(2, "accepted"),
                          found(2, "accepted") + found(1, "expired"))) >= 1);
}

TEST_CASE("what labels and records hold reaches no terminal as it stands", "[generate]") {
  const std::string token = good_token();
  const auto result =
      check(record("capture.txt", 1, token, ",\"what\":\"\\u001b[31m" + token + "\\u202e\"") +
                label(2, "expired"),
            record(token, 1, "\\u001b[2Jeyj") + found(2, "\\u009bevil"));
  REQUIRE(result.ok());
  const std::string words = tools::in_words(result.value());
  for (const std::string harm : {"\x1b", "\xc2\x9b", "\xe2\x80\xae"})
    CHECK_FALSE(contains(words, harm));
  CHECK_FALSE(contains(words, token.substr(0, 31)));
  CHECK_FALSE(contains(words, token.substr(token.size() - 31)));
  CHECK(contains(words, "[a token]"));

  std::string labels, records;
  for (int i = 1; i <= 10000; ++i) {
    labels += label(i, "accepted");
    records += found(i, "v" + std::to_string(i));
  }
  const auto many = check(labels, records);
  REQUIRE(many.ok());
  CHECK(many.value().differences == 10000);
  CHECK(many.value().confusions.size() <= 4097);
  CHECK(many.value().confusions.at({"(others)", "(others)"}) == 10000 - 4096);
}

TEST_CASE("no labels at all are not met, and only the first differences are listed", "[generate]") {
  const auto empty = check("", "");
  REQUIRE(empty.ok());
  CHECK_FALSE(empty.value().all_met());
  std::string labels;
  for (int i = 1; i <= 50; ++i) labels += label(i, "expired");
  const auto many = check(labels, "");
  REQUIRE(many.ok());
  CHECK(many.value().differences == 50);
  CHECK(many.value().first.size() == tools::kShownDifferences);
  CHECK(many.value().confusions.at({"expired", "-"}) == 50);
}

TEST_CASE("files that cannot be compared are errors with path and line", "[generate]") {
  const auto damaged = check(label(1, "accepted"), found(1, "accepted") + "{\"line\":2}\n");
  REQUIRE_FALSE(damaged.ok());
  CHECK(damaged.error().kind == ErrorKind::kFormat);
  CHECK(contains(damaged.error().reason, "line 2"));
  CHECK_FALSE(check(label(1, "accepted"), "not json\n").ok());
  CHECK_FALSE(check(label(1, "accepted"), found(1, "accepted").substr(0, 20)).ok());
  const auto longer = check(std::string((1 << 20) + 1, ' '), "");
  REQUIRE_FALSE(longer.ok());
  CHECK(longer.error().reason == "line 1 is longer than 1 MiB");
  const auto missing = tools::check_labels("/nonexistent/labels", "/dev/null");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().kind == ErrorKind::kUnreadable);
  CHECK_FALSE(tools::check_labels("/", "/dev/null").ok());
}

TEST_CASE("a recipe with a mistake is refused with the member's path", "[generate]") {
  const std::string base = R"("algorithms":{"HS256":1},"keys":{"oct-32":1})";
  CHECK(recipe_error("{" + base + "}").empty());
  const auto with = [&](const std::string& more) {
    return recipe_error("{" + base + "," + more + "}");
  };
  CHECK(contains(recipe_error("[]"), "is not a JSON object"));
  CHECK(contains(recipe_error("{\"count\":1"), "is not a JSON object"));
  CHECK(contains(with(R"("cuont":5)"), "cuont: is no member of a recipe"));
  CHECK(contains(with(R"("count":0)"), "count: must be a whole number from 1"));
  CHECK(contains(with(R"("count":"many")"), "count: must be a whole number"));
  CHECK(contains(with(R"("kidless_share":1.5)"), "kidless_share: must be a number from 0 to 1"));
  CHECK(contains(with(R"("policy":{"as_of":"yesterday"})"), "policy.as_of"));
  CHECK(contains(with(R"("policy":{"alg":["HS257"]})"), "policy.alg"));
  CHECK(contains(with(R"("policy":{"claims":false,"issuer":true})"), "policy.claims"));
  CHECK(contains(with(R"("policy":{"require":["nbf"]})"), "policy.require"));
  CHECK(contains(with(R"("policy":{"alg":["RS256"]})"), "algorithms.HS256: is not allowed"));
  CHECK(contains(with(R"("policy":{"max_token_bytes":1024},"claims":{"sizes":{"900":1}})"),
                 "claims.sizes.900"));
  CHECK(contains(with(R"("output":{"format":"xml"})"), "output.format"));
  CHECK(contains(with(R"("output":{"field":"token"})"), "output.field"));
  CHECK(contains(with(R"("claims":{"sizes":{}})"), "claims.sizes"));
  for (const std::string& names :
       std::vector<std::string>{R"([])", R"(["a\"b"])", R"(["9api"])", R"(["api","apis"])",
                                R"(["api","API"])", R"(["nobody"])", R"([5])"}) {
    CAPTURE(names);
    CHECK(contains(with(R"("claims":{"issuers":)" + names + "}"), "claims.issuers"));
    CHECK(contains(with(R"("claims":{"audiences":)" + names + "}"), "claims.audiences"));
  }
  CHECK(contains(with(R"("faults":{"share":0.1,"mix":{"no_such_code":1}})"),
                 "faults.mix.no_such_code"));
  CHECK(contains(with(R"("faults":{"share":0.1,"mix":{"*":0}})"), "leaves no fault"));
  CHECK(contains(recipe_error(R"({"algorithms":{"HS256":1},"keys":{"oct-32":99}})"),
                 "keys.oct-32: has only"));
  CHECK(contains(recipe_error(R"({"algorithms":{"HS256":1},"keys":{"oct-33":1}})"),
                 "keys.oct-33: is no pool"));
  CHECK(contains(recipe_error(R"({"algorithms":{"RS256":1},"keys":{"oct-32":1}})"),
                 "algorithms.RS256: has no usable key"));
  CHECK(contains(recipe_error(R"({"algorithms":{"XX256":1},"keys":{"oct-32":1}})"),
                 "algorithms.XX256"));
  CHECK(contains(recipe_error(R"({"keys":{"oct-32":1}})"), "algorithms: has no algorithm"));
}

TEST_CASE("every built-in recipe has a name, a sentence and keys", "[generate]") {
  REQUIRE(tools::embedded_recipes().size() >= 14);
  for (const tools::EmbeddedFile& file : tools::embedded_recipes()) {
    const tools::Recipe recipe = built_in_recipe(file.name);
    CAPTURE(file.name);
    CHECK(recipe.name == file.name);
    CHECK(recipe.about.ends_with('.'));
    CHECK(world_of(recipe).mix_algs() != 0);
  }
}

}  // namespace jotmill::cli_test
