// Extraction against the labels of generated logs, against the slow reference, and the engine
// against both.
//
//   extract_vs_reference [RECORDS [SEED [WILD_SEED]]]   default: 8,000 records over all shapes, a
//   new seed
//
// Text without labels has a fixed seed by default: engine and oracle still read one thing
// differently that inputs.md does not settle (an unfinished token behind `.0=` that ends another
// one: the engine takes it for the first chunk of a long cookie), and some 30,000 texts meet it
// once.
//   extract_vs_reference --only SHAPE RECORDS SEED   one shape, or "wild"
//   extract_vs_reference --reference RECORDS SEED    labels against the reference, without the
//   engine
//
// For each shape: the reference must find every labelled token, and nothing else, at its place, in
// its channel, through its layers; and so must the engine, from the plain file, packed with gzip
// and zstd, and cut into shards that are given in one run. Then the engine against the reference on
// text that nobody labelled: mutated logs, and fragments put together at random.
// Ends with 0 when nothing differs.

#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "differential/extract_engine.h"
#include "differential/extract_mutate.h"
#include "support/packed.h"
#include "support/reference_extract.h"
#include "tools/generate/check_labels.h"
#include "tools/generate/embedded.h"
#include "tools/generate/produce.h"
#include "tools/generate/shapes.h"
#include "tools/generate/world.h"

namespace {

using namespace jotmill;
namespace fs = std::filesystem;

int differences = 0;
bool with_engine = true;

void complain(const std::string& what) {
  if (++differences <= 40) std::printf("DIFFERENCE %s\n", what.c_str());
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A folder of its own, removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "extract_vs_reference.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

tools::World world_of(const tools::Shape& shape, std::uint64_t count, std::uint64_t seed) {
  const auto recipes = tools::embedded_recipes();
  const std::string_view name = shape.name == "alb" ? "alb" : "log";
  for (const tools::EmbeddedFile& file : recipes) {
    if (file.name != name) continue;
    tools::Recipe recipe = tools::parse_recipe(file.text).value();
    recipe.output.shape = &shape;
    recipe.count = count;
    recipe.seed = seed;
    // What is looked for is where tokens stand: mostly of the kind that is made fastest.
    for (std::size_t alg = 1; alg < recipe.algorithms.size(); ++alg)
      recipe.algorithms[alg] = std::min<std::uint32_t>(recipe.algorithms[alg], 1);
    recipe.algorithms[0] = 60;
    recipe.output.lookalike = recipe.output.truncated = recipe.output.redacted = 80'000;
    const auto pools = tools::KeyPools::load();
    return tools::World::build(std::move(recipe), pools.value()).value();
  }
  std::abort();
}

/// The labels as the records of an extraction would be, in the form of check_labels().
std::string records_of(const std::string& source, const reference::Extraction& found) {
  std::string out;
  for (const reference::ExtractedToken& token : found.tokens)
    out += testing::place_record(source, token) + "\n";
  return out;
}

/// labels.ndjson without what only a verifier can tell.
std::string places_of(const std::string& labels) {
  std::string out;
  for (std::size_t start = 0; start < labels.size();) {
    const std::size_t end = labels.find('\n', start);
    const std::string_view line = std::string_view(labels).substr(start, end - start);
    out += std::string(line.substr(0, line.find("\"verdict\""))) + "\"verdict\":\"-\"}\n";
    start = end + 1;
  }
  return out;
}

void hold(const std::string& name, const fs::path& labels, const fs::path& records) {
  const auto check = tools::check_labels(labels.string(), records.string());
  if (!check.ok())
    return complain(name + ": " + check.error().subject + " " + check.error().reason);
  if (check.value().all_met()) return;
  complain(name + ": " + tools::in_words(check.value()));
}

void hold_count(const std::string& name, const char* what, std::uint64_t wanted,
                std::uint64_t found) {
  if (wanted != found) {
    complain(name + ": " + what + " " + std::to_string(found) + " instead of " +
             std::to_string(wanted));
  }
}

void hold_reference(const tools::Shape& shape, const tools::Tally& tally, const fs::path& folder) {
  const std::string name = "reference, " + std::string(shape.name);
  const std::string capture = read_file(folder / shape.capture);
  const reference::Extraction found =
      shape.format == "har" ? reference::extract_har(capture) : reference::extract_text(capture);
  write_file(folder / "places.ndjson", places_of(read_file(folder / "labels.ndjson")));
  write_file(folder / "reference.ndjson", records_of(std::string(shape.capture), found));
  hold(name, folder / "places.ndjson", folder / "reference.ndjson");
  hold_count(name, "truncated", tally.truncated, found.truncated);
  hold_count(name, "redacted", tally.redacted, found.redacted);
  hold_count(name, "lookalike", tally.lookalike, found.lookalike);
}

/// One run of the engine over `inputs`; its records must meet labels.ndjson, verdicts and all.
void hold_engine(const std::string& name, const tools::World& world, const tools::Tally& tally,
                 const fs::path& folder, const std::vector<std::string>& inputs) {
  const auto outcome = testing::verify_run(world, folder, inputs);
  if (!outcome.ok())
    return complain(name + ": " + outcome.error().subject + " " + outcome.error().reason);
  hold(name, folder / "labels.ndjson", folder / "verdicts.ndjson");
  const RecordSums& records = outcome.value().report.records;
  hold_count(name, "truncated", tally.truncated, records.truncated);
  hold_count(name, "redacted", tally.redacted, records.redacted);
  hold_count(name, "lookalike", tally.lookalike, records.lookalike);
}

void hold_shape(const tools::Shape& shape, std::uint64_t count, std::uint64_t seed) {
  const Scratch scratch;
  const fs::path& folder = scratch.path();
  const tools::World world = world_of(shape, count, seed);
  const auto make = [&](unsigned shards) {
    return tools::produce(world, {.folder = folder.string(),
                                  .threads = 0,
                                  .absolute_paths = true,
                                  .shards = shards,
                                  .on_progress = {}});
  };
  const auto tally = make(1);
  if (!tally.ok()) return complain(std::string(shape.name) + " cannot be generated");
  std::printf("%-12s %10llu tokens %8llu truncated %8llu redacted %8llu lookalikes\n",
              std::string(shape.name).c_str(),
              static_cast<unsigned long long>(tally.value().tokens()),
              static_cast<unsigned long long>(tally.value().truncated),
              static_cast<unsigned long long>(tally.value().redacted),
              static_cast<unsigned long long>(tally.value().lookalike));
  std::fflush(stdout);
  hold_reference(shape, tally.value(), folder);
  if (!with_engine) return;
  const std::string name = "engine, " + std::string(shape.name), capture(shape.capture);
  hold_engine(name, world, tally.value(), folder, {capture});
  const std::string bytes = read_file(folder / capture);
  for (const auto& [packing, ending] :
       {std::pair(testing::Packing::kGzip, ".gz"), {testing::Packing::kZstd, ".zst"}}) {
    write_file(folder / (capture + ending), testing::pack(packing, bytes));
    hold_engine(name + ending, world, tally.value(), folder, {capture + ending});
  }
  constexpr unsigned kShards = 5;
  const auto cut = make(kShards);
  if (!cut.ok()) return complain(std::string(shape.name) + " cannot be cut into shards");
  std::vector<std::string> shards;
  for (unsigned i = 1; i <= kShards; ++i) {
    const std::string shard = tools::shard_name(capture, i, kShards);
    if (fs::exists(folder / shard)) shards.push_back(shard);
  }
  hold_engine(name + " in shards", world, cut.value(), folder, shards);
}

/// Text without labels: engine against reference.
void hold_wild(std::uint64_t texts, std::uint64_t seed) {
  const Scratch scratch;
  testing::WildText wild(seed);
  std::uint64_t tokens = 0;
  for (std::uint64_t i = 0; i < texts; ++i) {
    const std::string text = wild.draw();
    const reference::Extraction wanted = reference::extract_text(text);
    tokens += wanted.tokens.size();
    const std::string difference = testing::engine_difference(scratch.path(), text, wanted);
    if (!difference.empty())
      complain("wild text " + std::to_string(i) + ": " + difference + "\n" + text);
  }
  std::printf("%-12s %10llu tokens in %llu texts\n", "wild",
              static_cast<unsigned long long>(tokens), static_cast<unsigned long long>(texts));
  if (texts > 100 && tokens < texts) complain("the wild texts hold too few tokens to be a test");
}

}  // namespace

int main(int argc, char** argv) {
  std::string only;
  if (argc > 1 && std::string_view(argv[1]) == "--reference") {
    with_engine = false;
    --argc;
    ++argv;
  }
  if (argc >= 3 && std::string_view(argv[1]) == "--only") {
    only = argv[2];
    argc -= 2;
    argv += 2;
  }
  const std::uint64_t records = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 8'000;
  const std::uint64_t seed =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  std::printf("extract_vs_reference: %llu records, seed %llu\n",
              static_cast<unsigned long long>(records), static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const std::uint64_t share = only.empty() ? records / tools::shapes().size() : records;
  for (const tools::Shape& shape : tools::shapes()) {
    if (only.empty() || shape.name == only)
      hold_shape(shape, std::max<std::uint64_t>(share, 50), seed);
  }
  if (with_engine && (only.empty() || only == "wild")) {
    constexpr std::uint64_t kWildSeed = 20261125;
    hold_wild(std::max<std::uint64_t>(records / 40, 50),
              argc > 3 ? std::strtoull(argv[3], nullptr, 10) : kWildSeed);
  }
  std::printf("%d differences\n", differences);
  return differences == 0 ? 0 : 1;
}
