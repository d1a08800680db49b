#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>

#include "tools/commands.h"
#include "tools/generate/check_labels.h"
#include "tools/generate/embedded.h"
#include "tools/generate/produce.h"
#include "tools/generate/shapes.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/parse.h"
#include "tools/output.h"
#include "tools/safe_text.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Makes reproducible sets of tokens whose verdicts are known, with the keys and the policy to "
    "verify them; or compares the records of verify with those verdicts. All keys are test keys "
    "that everybody knows.";

constexpr const char* kFooter =
    R"(What is written into the folder of --output:
  capture.txt or capture.jsonl   the tokens, one a line or in records;
                                 access.log, capture.har and so on for a shape
  labels.ndjson                  the expected verdict of every token, in order
  counts.json                    for a shape: what must be counted beside tokens
  keys-public.jwks.json, keys-secret.jwks.json, secret-*.bin, public-*.pem
  policy.toml                    the options of verify, for --config

A recipe is a JSON file; --print-recipe shows a built-in one to start from.
The same recipe, seed and count give the same bytes on any number of threads,
but for ES* and PS* signatures, which are random.

Examples:
  jotmill generate --list
  jotmill generate --recipe demo --output demo
  jotmill verify --config demo/policy.toml --verdicts verdicts.ndjson demo/capture.jsonl
  jotmill generate --check demo/labels.ndjson verdicts.ndjson

  jotmill generate --recipe log --shape nginx --count 100000 --output nginx
  jotmill generate --recipe hs256 --count 1000000 --seed 42 --output big
  jotmill generate --print-recipe demo > mine.json
  jotmill generate --recipe mine.json --format lines --output mine

Exit codes: 0 (with --check: every label was met, one to one and in order),
1 --check found differences, 2 bad usage, recipe or unreadable input,
4 output failed, 5 internal error, 141 the reader of our output went away.
)";

constexpr std::size_t kMostRecipeBytes = 1 << 20;

std::optional<EmbeddedFile> built_in(std::string_view name) {
  for (const EmbeddedFile& file : embedded_recipes()) {
    if (file.name == name) return file;
  }
  return std::nullopt;
}

Error no_such_recipe(const std::string& name) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_recipes()) names.emplace_back(file.name);
  const auto close = nearest(name, names);
  return {ErrorKind::kUsage, in_quotes(name),
          close ? fmt::format("there is no such recipe or file; did you mean {}?", *close)
                : fmt::format("there is no such recipe or file; built in are {}",
                              fmt::join(names, ", "))};
}

/// The text of a built-in recipe, else of a file.
Result<std::string> recipe_text(const std::string& name) {
  if (const auto file = built_in(name)) return std::string(file->text);
  std::ifstream in(name, std::ios::binary);
  if (!in) return no_such_recipe(name);
  std::string text(kMostRecipeBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return Error{ErrorKind::kFormat, name, "cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMostRecipeBytes)
    return Error{ErrorKind::kFormat, name, "is longer than 1 MiB"};
  return text;
}

/// An error within a recipe, with the recipe's name before the member's.
Error within(const std::string& name, Error error) {
  error.subject = "recipe " + name + (error.subject.empty() ? "" : ": " + error.subject);
  return error;
}

struct Request {
  World world;
  ProduceOptions produce;
};

Result<std::uint64_t> read_number(const Given& given, const std::string& option, std::uint64_t min,
                                  std::uint64_t max, std::uint64_t otherwise) {
  const auto text = given.one(option);
  if (!text) return otherwise;
  auto number = parse_count(*text, min, max);
  if (!number) return about(option, number.error());
  return number.value();
}

Result<Recipe> read_recipe(const Given& given) {
  const std::string name = *given.one("--recipe");
  const Result<std::string> text = recipe_text(name);
  if (!text) return text.error();
  Result<Recipe> recipe = parse_recipe(text.value());
  if (!recipe) return within(name, recipe.error());
  const auto count = read_number(given, "--count", 1, 1'000'000'000'000, recipe.value().count);
  if (!count) return count.error();
  const auto seed = read_number(given, "--seed", 0, INT64_MAX, recipe.value().seed);
  if (!seed) return seed.error();
  recipe.value().count = count.value();
  recipe.value().seed = seed.value();
  if (const auto format = given.one("--format")) {
    const auto choice = parse_choice(*format, std::array<std::string_view, 2>{"lines", "jsonl"});
    if (!choice) return about("--format", choice.error());
    recipe.value().output.format =
        *format == "jsonl" ? CaptureFormat::kJsonl : CaptureFormat::kLines;
    recipe.value().output.shape = nullptr;
  }
  if (const auto shape = given.one("--shape")) {
    if (given.has("--format")) return usage_error("--shape", "cannot stand beside --format");
    std::vector<std::string_view> names;
    for (const Shape& known : shapes()) names.push_back(known.name);
    const auto choice = parse_choice(*shape, names);
    if (!choice) return about("--shape", choice.error());
    recipe.value().output.shape = shape_named(*shape);
  }
  return recipe;
}

Result<Request> read_request(const Given& given) {
  if (!given.has("--recipe"))
    return usage_error("--recipe", "is needed; --list shows the built-in ones");
  if (!given.has("--output")) return usage_error("--output", "is needed: the folder to write into");
  const std::string paths = given.one("--paths").value_or("absolute");
  const auto choice = parse_choice(paths, std::array<std::string_view, 2>{"absolute", "relative"});
  if (!choice) return about("--paths", choice.error());
  const auto threads = read_number(given, "--threads", 0, 1024, 0);
  if (!threads) return threads.error();
  const auto shards = read_number(given, "--shards", 1, 10'000, 1);
  if (!shards) return shards.error();
  Result<Recipe> recipe = read_recipe(given);
  if (!recipe) return recipe.error();
  const Result<KeyPools> pools = KeyPools::load();
  if (!pools) return pools.error();
  Result<World> world = World::build(std::move(recipe).value(), pools.value());
  if (!world) return within(*given.one("--recipe"), world.error());
  return Request{std::move(world).value(),
                 {.folder = *given.one("--output"),
                  .threads = static_cast<unsigned>(threads.value()),
                  .absolute_paths = paths == "absolute",
                  .shards = static_cast<unsigned>(shards.value()),
                  .on_progress = {}}};
}

/// A line on a terminal, at most four times a second.
class Progress {
 public:
  explicit Progress(std::uint64_t total) : total_(total), on_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) print_to_stderr("\r\033[K");
  }
  void show(std::uint64_t made) {
    const auto now = std::chrono::steady_clock::now();
    if (!on_ || now - last_ < std::chrono::milliseconds(250)) return;
    last_ = now;
    shown_ = true;
    print_to_stderr(
        fmt::format("\r\033[K{} of {} tokens, {} %", made, total_, made * 100 / total_));
  }

 private:
  std::uint64_t total_;
  bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

std::string summary(const Request& request, const Tally& tally) {
  const std::string& folder = request.produce.folder;
  const std::string capture =
      folder + "/" +
      (request.produce.shards == 1
           ? capture_name(request.world)
           : shard_name(capture_name(request.world), 1, request.produce.shards) + " ...");
  std::string out =
      fmt::format("{}: {} tokens, {} bytes\n", printable(capture), tally.tokens(), tally.bytes);
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (tally.by_verdict[i] == 0) continue;
    out += fmt::format("  {:<26} {:>12}\n", code(static_cast<Verdict>(i)), tally.by_verdict[i]);
  }
  if (tally.blank > 0) out += fmt::format("  {:<26} {:>12}\n", "(blank lines)", tally.blank);
  if (tally.without_token > 0) {
    out += fmt::format("  {:<26} {:>12}\n", "(records without a token)", tally.without_token);
  }
  if (tally.not_json > 0)
    out += fmt::format("  {:<26} {:>12}\n", "(lines that are not JSON)", tally.not_json);
  for (const auto& [name, count] : {std::pair("(truncated)", tally.truncated),
                                    {"(redacted)", tally.redacted},
                                    {"(lookalikes)", tally.lookalike}}) {
    if (count > 0) out += fmt::format("  {:<26} {:>12}\n", name, count);
  }
  return out + fmt::format("next: jotmill verify --config {}/policy.toml {}\n", printable(folder),
                           printable(capture));
}

int generate(const Given& given) {
  Result<Request> read = read_request(given);
  if (!read) return fail(read.error());
  Request& request = read.value();
  Result<Tally> tally = [&] {
    Progress progress(request.world.recipe().count);
    request.produce.on_progress = [&](std::uint64_t made) { progress.show(made); };
    return produce(request.world, request.produce);
  }();
  if (!tally) return fail(tally.error());
  return print(summary(request, tally.value()));
}

int list_recipes() {
  std::string out;
  for (const EmbeddedFile& file : embedded_recipes()) {
    const Result<Recipe> recipe = parse_recipe(file.text);
    if (!recipe) return fail({ErrorKind::kInternal, std::string(file.name), "is a damaged recipe"});
    out += fmt::format("{:<14} {:>8} tokens  {}\n", file.name, recipe.value().count,
                       recipe.value().about);
  }
  return print(out);
}

int print_recipe(const std::string& name) {
  const auto file = built_in(name);
  return file ? print(file->text) : fail(no_such_recipe(name));
}

int check(const Given& given) {
  const std::vector<std::string> verdicts = given.all("VERDICTS");
  if (verdicts.size() != 1)
    return fail(usage_error("--check",
                            "needs the file of verdicts as an argument: --check LABELS VERDICTS"));
  if (verdicts.front() == "-" && given.one("--check") == "-")
    return fail(usage_error("--check", "standard input (-) can be read only once"));
  Result<LabelCheck> result = check_labels(*given.one("--check"), verdicts.front());
  if (!result) return fail(result.error());
  if (const auto counts = given.one("--counts")) {
    const auto report = given.one("--report");
    if (!report) return fail(usage_error("--counts", "needs --report, the JSON report of the run"));
    if (Status status = check_counts(*counts, *report, result.value()); !status.ok())
      return fail(status.error());
  }
  const int printed = print(in_words(result.value()));
  if (printed != kExitOk) return printed;
  return result.value().all_met() ? kExitOk : kExitRejected;
}

int run(const Given& given) {
  if (given.has("--list")) return list_recipes();
  if (const auto name = given.one("--print-recipe")) return print_recipe(*name);
  if (given.has("--check")) return check(given);
  if (!given.all("VERDICTS").empty()) {
    return fail(usage_error(in_quotes(given.all("VERDICTS").front()),
                            "is an argument that only --check takes"));
  }
  return generate(given);
}

}  // namespace

void add_generate(CLI::App& app, int& exit_code) {
  NewCommand command(app, "generate", kDescription, kFooter);
  command.option("--recipe", "NAME|FILE", "Generate", "a built-in recipe, or a file of one");
  command.option(
      "--output", "DIR", "Generate",
      "the folder to write into; made when it is not there, files of the same names are replaced");
  command.option("--count", "N", "Generate", "tokens; default: the recipe's");
  command.option("--seed", "N", "Generate",
                 "another seed gives other tokens; default: the recipe's");
  command.option("--format", "lines|jsonl", "Generate",
                 "one token a line, or JSON records; default: the recipe's");
  command.option(
      "--shape", "NAME", "Generate",
      "a kind of log instead: nginx, apache, alb, envoy, haproxy, docker, har, curl, oauth, "
      "cookies, kubernetes, nested, percent, syslog, binary or mixed; default: the recipe's");
  command.option("--shards", "N", "Generate",
                 "cut the capture into N files, NAME.1.EXT and so on; default 1");
  command.option("--threads", "N", "Generate",
                 "0, the default: all the cores this process may use");
  command.option(
      "--paths", "absolute|relative", "Generate",
      "how policy.toml names the key files: absolute, the default, works from any folder; "
      "relative works inside DIR alone, but DIR may be moved");
  command.option("--check", "LABELS", "Check",
                 "compare labels.ndjson with the NDJSON records of verify --verdicts");
  command.option(
      "--counts", "FILE", "Check",
      "with --check and --report: counts.json, whose cut, blanked and lookalike tokens the report "
      "must have counted");
  command.option("--report", "FILE", "Check", "with --counts: the JSON report of the same run");
  command.argument("VERDICTS", "with --check: the records");
  command.flag("--list", "Recipes", "the built-in recipes");
  command.option("--print-recipe", "NAME", "Recipes", "the text of a built-in recipe");
  command.runs(run, exit_code);
}

}  // namespace jotmill::tools
