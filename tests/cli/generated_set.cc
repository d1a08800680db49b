#include "tests/cli/generated_set.h"

#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/catch.h"
#include "support/reference_extract.h"
#include "tools/generate/embedded.h"
#include "tools/generate/produce.h"
#include "tools/generate/shapes.h"

namespace jotmill::cli_test {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    lines.push_back(text.substr(start, end - start));
  }
  REQUIRE(start == text.size());  // every line has its end
  return lines;
}

bool blank(const std::string& line) { return line.find_first_not_of(" \t") == std::string::npos; }

std::string without_scheme(std::string_view text) {
  for (const std::string_view scheme : {"bearer ", "dpop "}) {
    const bool there = text.size() >= scheme.size() &&
                       std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
                         return a == (b >= 'A' && b <= 'Z' ? b + 32 : b);
                       });
    if (there) return std::string(text.substr(scheme.size()));
  }
  return std::string(text);
}

void read_json_line(const std::string& line, const std::string& pointer, std::uint64_t number,
                    GeneratedSet& set) {
  simdjson::dom::parser parser;
  simdjson::dom::element record;
  std::string_view token;
  if (parser.parse(line).get(record) != simdjson::SUCCESS) {
    ++set.not_json;
  } else if (record.at_pointer(pointer).get(token) != simdjson::SUCCESS) {
    ++set.without_token;
  } else {
    set.tokens.push_back({number, without_scheme(token)});
  }
}

void read_capture(const tools::World& world, const std::string& folder, GeneratedSet& set) {
  const auto& output = world.recipe().output;
  if (output.shape != nullptr) {
    const std::string capture = read_whole(folder + "/" + tools::capture_name(world));
    const reference::Extraction found = output.shape->format == "har"
                                            ? reference::extract_har(capture)
                                            : reference::extract_text(capture);
    for (const reference::ExtractedToken& token : found.tokens)
      set.tokens.push_back({token.line, token.bytes});
    return;
  }
  std::uint64_t number = 0;
  for (std::string line : lines_of(read_whole(folder + "/" + tools::capture_name(world)))) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (blank(line)) {
      ++set.blank;
    } else if (output.format == tools::CaptureFormat::kJsonl) {
      read_json_line(line, output.field_pointer, number, set);
    } else {
      set.tokens.push_back({number, line});
    }
  }
}

std::optional<std::string> text_or_nothing(simdjson::dom::object object, const char* name) {
  std::string_view text;
  if (object[name].get(text) == simdjson::SUCCESS) return std::string(text);
  REQUIRE(object[name].is_null());
  return std::nullopt;
}

void read_labels(const std::string& folder, GeneratedSet& set) {
  simdjson::dom::parser parser;
  for (const std::string& line : lines_of(read_whole(folder + "/labels.ndjson"))) {
    const simdjson::dom::object object = parser.parse(line).get_object();
    Label label;
    label.source = std::string_view(object["source"]);
    label.line = std::uint64_t(object["line"]);
    label.verdict = std::string_view(object["verdict"]);
    label.what = std::string_view(object["what"]);
    label.alg = text_or_nothing(object, "alg");
    label.kid = text_or_nothing(object, "kid");
    set.labels.push_back(std::move(label));
  }
}

}  // namespace

std::string_view recipe_text(std::string_view name) {
  const auto recipes = tools::embedded_recipes();
  const auto found = std::ranges::find(recipes, name, &tools::EmbeddedFile::name);
  REQUIRE(found != recipes.end());
  return found->text;
}

tools::Recipe built_in_recipe(std::string_view name) {
  Result<tools::Recipe> recipe = tools::parse_recipe(recipe_text(name));
  INFO(name);
  if (!recipe) FAIL(recipe.error().subject << " " << recipe.error().reason);
  return std::move(recipe).value();
}

tools::World world_of(tools::Recipe recipe) {
  const Result<tools::KeyPools> pools = tools::KeyPools::load();
  REQUIRE(pools.ok());
  Result<tools::World> world = tools::World::build(std::move(recipe), pools.value());
  if (!world) FAIL(world.error().subject << " " << world.error().reason);
  return std::move(world).value();
}

GeneratedSet generate(const tools::World& world, const std::string& folder, unsigned threads) {
  const Result<tools::Tally> tally = tools::produce(
      world, {.folder = folder, .threads = threads, .absolute_paths = true, .on_progress = {}});
  if (!tally) FAIL(tally.error().subject << " " << tally.error().reason);
  GeneratedSet set;
  set.tally = tally.value();
  read_capture(world, folder, set);
  read_labels(folder, set);
  return set;
}

reference::Keys reference_keys(const tools::World& world, const std::string& folder) {
  reference::Keys keys;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  for (const std::string& name : names) {
    const std::string text = read_whole(folder + "/" + name);
    std::string refused;
    if (name.ends_with(".jwks.json")) refused = keys.load_jwks(text);
    if (name.ends_with(".pem")) refused = keys.load_pem(text);
    if (name.starts_with("secret-")) {
      const std::string kid = name.substr(7, name.size() - 11);  // secret-KID.bin
      refused = keys.load_secret(text, world.recipe().pem ? std::nullopt : std::optional(kid));
    }
    INFO(name);
    REQUIRE(refused.empty());
  }
  REQUIRE(keys.all().size() == world.keys().size());
  return keys;
}

reference::Policy reference_policy(const tools::World& world) {
  constexpr reference::Nanoseconds kSecond = 1'000'000'000;
  const tools::RecipePolicy& from = world.policy();
  reference::Policy policy;
  if (from.lists_algs) {
    for (tools::AlgId alg = 0; alg < tools::kAlgCount; ++alg) {
      if (tools::contains(from.algs, alg)) policy.algs.emplace_back(tools::kAlgs[alg].name);
    }
  }
  if (from.issuer) policy.issuers = world.recipe().issuers;
  if (from.audience) policy.audiences = world.recipe().audiences;
  for (std::uint32_t i = 0; from.subject && i < world.recipe().subjects; ++i) {
    policy.subjects.push_back(tools::subject_name(i));
  }
  policy.require = from.require;
  policy.exp_leeway = from.leeway_exp_s * kSecond;
  policy.nbf_leeway = from.leeway_nbf_s * kSecond;
  policy.iat_leeway = from.leeway_iat_s * kSecond;
  if (from.as_of_s) policy.as_of = *from.as_of_s * kSecond;
  if (from.max_age_s) policy.max_age = *from.max_age_s * kSecond;
  policy.typ = from.typ;
  policy.claims = from.claims;
  policy.allow_padding = from.allow_padding;
  policy.allow_weak_secret = from.allow_weak_secret;
  policy.max_token_bytes = world.max_token_bytes();
  return policy;
}

}  // namespace jotmill::cli_test
