#include "differential/extract_engine.h"

#include <openssl/sha.h>
#include <simdjson.h>

#include <array>
#include <fstream>
#include <iterator>

#include "support/codec.h"
#include "tools/generate/shapes.h"

namespace jotmill::testing {
namespace {

namespace fs = std::filesystem;

InputFormat format_named(std::string_view name) {
  if (name == "har") return InputFormat::kHar;
  return name == "jsonl" ? InputFormat::kJsonl : InputFormat::kText;
}

Policy policy_of(const tools::World& world) {
  const tools::RecipePolicy& from = world.policy();
  Policy policy;
  policy.as_of = TimePoint{.s = *from.as_of_s};
  if (from.issuer) policy.issuers = world.recipe().issuers;
  if (from.audience) policy.audiences = world.recipe().audiences;
  for (std::uint32_t i = 0; from.subject && i < world.recipe().subjects; ++i)
    policy.subjects.push_back(tools::subject_name(i));
  policy.require = from.require;
  policy.allow_padding = from.allow_padding;
  policy.max_token_bytes = world.max_token_bytes();
  return policy;
}

std::string token_id(std::string_view token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return out;
}

/// Line, offset, layers and fingerprint of a token, in one line. Not the channel: what stands
/// before a token in such text has no meaning that anybody agreed on.
std::string found_line(std::uint64_t line, std::uint64_t offset, const std::string& layers,
                       std::string_view id) {
  return "line " + std::to_string(line) + " offset " + std::to_string(offset) + " [" + layers +
         "] " + std::string(id);
}

std::vector<std::string> found_by_engine(const fs::path& records) {
  std::vector<std::string> found;
  simdjson::dom::parser parser;
  simdjson::dom::document_stream lines;
  simdjson::padded_string text;
  if (simdjson::padded_string::load(records.string()).get(text) != simdjson::SUCCESS)
    return {"unreadable"};
  if (text.size() == 0) return found;
  if (parser.parse_many(text).get(lines) != simdjson::SUCCESS) return {"unreadable"};
  for (auto row : lines) {
    std::string layers;
    for (const std::string_view layer : row["layers"])
      layers += (layers.empty() ? "" : ",") + std::string(layer);
    found.push_back(
        found_line(row["line"], row["offset"], layers, std::string_view(row["token_id"])));
  }
  return found;
}

std::vector<std::string> found_by_reference(const reference::Extraction& wanted) {
  std::vector<std::string> found;
  for (const reference::ExtractedToken& token : wanted.tokens) {
    std::string layers;
    for (const std::string& layer : token.layers) layers += (layers.empty() ? "" : ",") + layer;
    found.push_back(found_line(token.line, token.offset, layers, token_id(token.bytes)));
  }
  return found;
}

}  // namespace

std::string place_record(const std::string& source, const reference::ExtractedToken& token) {
  std::string layers;
  for (const std::string& layer : token.layers)
    layers += (layers.empty() ? "" : ",") + codec::quoted(layer);
  return "{\"source\":" + codec::quoted(source) + ",\"line\":" + std::to_string(token.line) +
         ",\"offset\":" + std::to_string(token.offset) +
         ",\"channel\":" + codec::quoted(token.channel) + ",\"layers\":[" + layers +
         "],\"verdict\":\"-\"}";
}

Result<RunOutcome> verify_run(const tools::World& world, const fs::path& folder,
                              const std::vector<std::string>& inputs) {
  RunOptions options;
  for (const char* keys : {"keys-public.jwks.json", "keys-secret.jwks.json"}) {
    if (fs::exists(folder / keys)) options.keys.push_back({.path = (folder / keys).string()});
  }
  options.policy = policy_of(world);
  for (const std::string& input : inputs) options.inputs.push_back((folder / input).string());
  options.format = format_named(world.recipe().output.shape->format);
  options.verdicts_path = (folder / "verdicts.ndjson").string();
  // Small pieces, so that tokens lie across their borders.
  options.chunk_bytes = 10'000;
  return run(options);
}

std::string engine_difference(const fs::path& folder, const std::string& text,
                              const reference::Extraction& wanted) {
  const fs::path input = folder / "wild.log", records = folder / "wild.ndjson";
  std::ofstream(input, std::ios::binary) << text;
  RunOptions options;
  options.keys = {
      {.path = "secret", .raw_secret = true, .content = "only-for-tests-0123456789abcdef!"}};
  options.inputs = {input.string()};
  options.format = InputFormat::kText;
  options.verdicts_path = records.string();
  options.threads = 1;
  options.policy.as_of = TimePoint{.s = 1'800'000'000};
  const Result<RunOutcome> outcome = run(options);
  if (!outcome.ok()) return "engine refuses: " + outcome.error().reason;
  const std::vector<std::string> engine = found_by_engine(records);
  const std::vector<std::string> reference = found_by_reference(wanted);
  for (std::size_t i = 0; i < std::max(engine.size(), reference.size()); ++i) {
    const std::string left = i < reference.size() ? reference[i] : "nothing";
    const std::string right = i < engine.size() ? engine[i] : "nothing";
    if (left != right) return "reference: " + left + "\n  engine: " + right;
  }
  const RecordSums& sums = outcome.value().report.records;
  for (const auto& [name, left, right] : {std::tuple("truncated", wanted.truncated, sums.truncated),
                                          {"redacted", wanted.redacted, sums.redacted},
                                          {"lookalike", wanted.lookalike, sums.lookalike}}) {
    if (left != right) {
      return std::string(name) + ": reference " + std::to_string(left) + ", engine " +
             std::to_string(right);
    }
  }
  return {};
}

}  // namespace jotmill::testing
