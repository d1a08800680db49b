#include "tools/bench/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "tools/generate/embedded.h"
#include "tools/generate/produce.h"
#include "tools/generate/shapes.h"
#include "tools/generate/signer.h"
#include "tools/generate/world_files.h"
#include "tools/options/parse.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

constexpr std::array<Preset, 8> kPresets = {{
    {"hs256", "hs256", 10'000, 0, 0, "HS256, tokens of some 400 characters, all distinct"},
    {"rs256", "rs256", 800, 0, 0, "RS256 with 2048 bits"},
    {"ps256", "ps256", 800, 0, 0, "PS256 with 2048 bits"},
    {"es256", "es256", 5'000, 0, 1, "ES256 of one key, its table built on the way"},
    {"eddsa", "eddsa", 5'000, 0, 1, "EdDSA with Ed25519, likewise"},
    {"mixed", "mixed", 400, 0, 0, "all sixteen names in JSON lines, mostly RS256 and ES256"},
    {"repeats", "repeats", 1'500, 300, 0, "nine tokens in ten were there before"},
    {"log", "demo", 600, 300, 0, "a captured log in JSON lines: faults, damage and repeats"},
}};

constexpr std::size_t kMostRecipeBytes = 1 << 20;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::optional<std::string> read_some(const std::string& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(most + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Error no_such_workload(const std::string& name) {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  const auto close = nearest(name, names);
  return {ErrorKind::kUsage, in_quotes(name),
          close ? fmt::format("there is no such workload or recipe file; did you mean {}?", *close)
                : fmt::format("there is no such workload or recipe file; there are {}",
                              fmt::join(names, ", "))};
}

Result<Recipe> embedded_recipe(std::string_view name) {
  for (const EmbeddedFile& file : embedded_recipes()) {
    if (file.name == name) return parse_recipe(file.text);
  }
  return Error{ErrorKind::kInternal, std::string(name), "is not among the built-in recipes"};
}

Policy policy_of(const World& world) {
  const RecipePolicy& from = world.policy();
  const Recipe& recipe = world.recipe();
  Policy policy;
  for (AlgId alg = 0; from.lists_algs && alg < kAlgCount; ++alg) {
    if (contains(from.algs, alg)) policy.algs.emplace_back(kAlgs[alg].name);
  }
  if (from.as_of_s && !from.as_of_record) policy.as_of = TimePoint{*from.as_of_s, 0};
  policy.as_of_record = from.as_of_record;
  policy.claims = from.claims;
  policy.allow_padding = from.allow_padding;
  policy.allow_weak_secret = from.allow_weak_secret;
  if (from.max_token_bytes) policy.max_token_bytes = *from.max_token_bytes;
  if (!from.typ.empty()) policy.typ = from.typ;
  if (!from.claims) return policy;
  if (from.issuer) policy.issuers = recipe.issuers;
  if (from.audience) policy.audiences = recipe.audiences;
  for (std::uint64_t i = 0; from.subject && i < recipe.subjects; ++i) {
    policy.subjects.push_back(subject_name(i));
  }
  policy.require = from.require;
  policy.leeway_exp = {from.leeway_exp_s, 0};
  policy.leeway_nbf = {from.leeway_nbf_s, 0};
  policy.leeway_iat = {from.leeway_iat_s, 0};
  if (from.max_age_s) policy.max_age = Duration{*from.max_age_s, 0};
  return policy;
}

/// The key files of side_files(), without files.
std::vector<KeySource> keys_of(const World& world) {
  std::vector<KeySource> keys;
  for (SideFile& file : side_files(world, "")) {
    if (file.name == "policy.toml") continue;
    KeySource source{.path = file.name};
    constexpr std::string_view kBefore = "secret-", kBehind = ".bin";
    if (file.name.starts_with(kBefore) && file.name.ends_with(kBehind)) {
      source.raw_secret = true;
      if (!world.recipe().pem) {
        source.kid =
            file.name.substr(kBefore.size(), file.name.size() - kBefore.size() - kBehind.size());
      }
    }
    source.content = std::move(file.content);
    keys.push_back(std::move(source));
  }
  return keys;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Error usage_error_of(const std::string& algorithm) {
  return {ErrorKind::kUsage, in_quotes(algorithm),
          "is no algorithm; write one of the sixteen names, RSA ones with /3072 or /4096 for "
          "other keys than those of 2048 bits"};
}

InputFormat format_named(std::string_view name) {
  if (name == "lines") return InputFormat::kLines;
  if (name == "jsonl") return InputFormat::kJsonl;
  if (name == "har") return InputFormat::kHar;
  return name == "text" ? InputFormat::kText : InputFormat::kAuto;
}

/// So many that a run takes some tenths of a second, signing and all; and that the first signatures
/// of a key, which P-256 and Ed25519 verify before they have its table, are a few in a hundred.
std::uint64_t tokens_for(const AlgInfo& alg) {
  switch (alg.key) {
    case KeyType::kOct: return 10'000;
    case KeyType::kP256:
    case KeyType::kEd25519: return 12'000;
    default: return 200;
  }
}

/// The pool of datasets/keys whose keys serve an algorithm.
std::string pool_of(const AlgInfo& alg, const std::string& rsa_bits) {
  switch (alg.key) {
    case KeyType::kOct: return "oct-" + std::to_string(alg.hash_bytes);
    case KeyType::kRsa: return "RSA-" + rsa_bits;
    case KeyType::kP256: return "P-256";
    case KeyType::kP384: return "P-384";
    case KeyType::kP521: return "P-521";
    case KeyType::kSecp256k1: return "secp256k1";
    case KeyType::kEd25519: return "Ed25519";
    case KeyType::kEd448: return "Ed448";
    case KeyType::kOther: break;
  }
  return "";
}

}  // namespace

std::span<const Preset> presets() { return kPresets; }

Result<WorkloadSource> find_workload(const std::string& argument, const WorkloadSize& size) {
  for (const Preset& preset : kPresets) {
    if (preset.name != argument) continue;
    Result<Recipe> recipe = embedded_recipe(preset.recipe);
    if (!recipe) return recipe.error();
    recipe.value().count = size.tokens.value_or(preset.tokens * (size.quick ? 1 : 4));
    if (preset.pool != 0) recipe.value().repeats.pool = preset.pool;
    for (auto& [pool, keys] : recipe.value().keys) keys = preset.keys != 0 ? preset.keys : keys;
    return WorkloadSource{argument, std::move(recipe).value()};
  }
  const auto text = read_some(argument, kMostRecipeBytes);
  if (!text) return no_such_workload(argument);
  if (text->size() > kMostRecipeBytes) {
    return Error{ErrorKind::kFormat, argument, "is longer than 1 MiB, and no recipe"};
  }
  Result<Recipe> recipe = parse_recipe(*text);
  if (!recipe) {
    Error error = recipe.error();
    error.subject = "recipe " + argument + (error.subject.empty() ? "" : ": " + error.subject);
    return error;
  }
  if (size.tokens) recipe.value().count = *size.tokens;
  const std::string name = recipe.value().name.empty() ? argument : recipe.value().name;
  return WorkloadSource{name, std::move(recipe).value()};
}

Result<std::string> algorithm_named(const std::string& name) {
  const std::size_t slash = name.find('/');
  const auto alg = std::ranges::find_if(kAlgs, [&](const AlgInfo& info) {
    return std::ranges::equal(info.name, name.substr(0, slash), {}, lower, lower);
  });
  if (alg == std::end(kAlgs)) return usage_error_of(name);
  if (slash == std::string::npos) return std::string(alg->name);
  const std::string bits = name.substr(slash + 1);
  const bool known_bits = bits == "2048" || bits == "3072" || bits == "4096";
  if (alg->key != KeyType::kRsa || !known_bits) return usage_error_of(name);
  return std::string(alg->name) + "/" + bits;
}

Result<WorkloadSource> algorithm_workload(const std::string& name, const WorkloadSize& size) {
  const Result<std::string> known = algorithm_named(name);
  if (!known) return known.error();
  const std::size_t slash = known.value().find('/');
  const auto alg = alg_named(known.value().substr(0, slash));
  const AlgInfo& info = kAlgs[*alg];
  const bool rsa = info.key == KeyType::kRsa;
  const std::string bits = slash == std::string::npos ? "" : known.value().substr(slash + 1);
  Result<Recipe> recipe = embedded_recipe("hs256");
  if (!recipe) return recipe.error();
  Recipe& made = recipe.value();
  made.name = known.value();
  made.algorithms = {};
  made.algorithms[*alg] = 1;
  made.keys = {{pool_of(info, bits.empty() ? "2048" : bits), 1}};
  const std::uint64_t tokens =
      rsa ? (bits.empty() || bits == "2048" ? 800 : 200) : tokens_for(info);
  made.count = size.tokens.value_or(tokens * (size.quick ? 1 : 4));
  return WorkloadSource{known.value(), std::move(made)};
}

Result<World> world_of(const WorkloadSource& source) {
  const Result<KeyPools> pools = KeyPools::load();
  if (!pools) return pools.error();
  Result<World> world = World::build(source.recipe, pools.value());
  if (world) return world;
  Error error = world.error();
  error.subject = "workload " + source.name + (error.subject.empty() ? "" : ": " + error.subject);
  return error;
}

std::string dataset_of(const Recipe& recipe, std::string_view labels) {
  Signer digests;
  std::string text = fmt::format("{} {} {}\n", recipe.name, recipe.seed, recipe.count);
  text += labels;
  return hex(digests.digest(32, text));
}

Result<Workload> make_workload(const WorkloadSource& source,
                               const std::function<void(std::uint64_t)>& progress,
                               const std::function<bool()>& interrupted) {
  const Result<World> made = world_of(source);
  if (!made) return made.error();
  const World& world = made.value();
  Result<MemoryFile> memory = MemoryFile::create();
  if (!memory) return memory.error();
  Workload workload;
  workload.name = source.name;
  workload.memory = std::make_shared<MemoryFile>(std::move(memory).value());
  std::string labels;
  ProduceOptions produce_options;
  produce_options.on_progress = progress;
  produce_options.interrupted = interrupted;
  produce_options.sink = [&](std::string_view name, std::string_view bytes) -> Status {
    if (name == "labels.ndjson") labels += bytes;
    return name == capture_name(world) ? workload.memory->append(bytes) : Status(Unit{});
  };
  const Result<Tally> tally = produce(world, produce_options);
  if (!tally) return tally.error();
  workload.bytes = tally.value().bytes;
  workload.dataset = dataset_of(world.recipe(), labels);
  RunOptions& options = workload.options;
  options.inputs = {workload.memory->path()};
  options.keys = keys_of(world);
  options.policy = policy_of(world);
  const RecipeOutput& output = world.recipe().output;
  if (output.shape != nullptr) {
    options.format = format_named(output.shape->format);
  } else if (output.format == CaptureFormat::kJsonl) {
    options.format = InputFormat::kJsonl;
    options.fields = {output.field_pointer};
  } else {
    options.format = InputFormat::kLines;
  }
  return workload;
}

Result<Workload> log_workload(const std::string& path, RunOptions options) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error{ErrorKind::kUsage, path, std::string("cannot be read: ") + std::strerror(errno)};
  }
  Workload workload;
  workload.name = kFromLog;
  Signer digests;
  // A digest of digests, so that a log of any length needs one piece of memory.
  std::string piece(1 << 20, '\0'), chain;
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got == 0) break;
    workload.bytes += got;
    chain = digests.digest(32, chain + piece.substr(0, got));
  }
  if (in.bad() || workload.bytes == 0) {
    return Error{ErrorKind::kUsage, path, in.bad() ? "cannot be read" : "is empty"};
  }
  workload.dataset = hex(chain);
  workload.options = std::move(options);
  workload.options.inputs = {path};
  return workload;
}

}  // namespace jotmill::tools
