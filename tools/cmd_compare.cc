#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "tools/bench/bench_json.h"
#include "tools/bench/outputs.h"
#include "tools/bench/status_line.h"
#include "tools/bench/threads.h"
#include "tools/commands.h"
#include "tools/compare/blocks.h"
#include "tools/compare/comparison.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/parse.h"
#include "tools/output.h"
#include "tools/safe_text.h"
#include "tools/signals.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Says whether NEW is slower than BASE, row by row: two files of 'jotmill bench --json', or, "
    "with "
    "--run, two programs that are measured against each other. The exit code is the answer.";

constexpr const char* kFooter =
    R"(Decisions, on the time a token takes, against the least change that counts: 2 %,
or 1.5 times the measured noise floor where that is more.
  REGRESSED, IMPROVED  beyond it for sure: adjusted p < 0.01 and the whole 95 %
                       interval
  EQUIVALENT           within it for sure: the 90 % interval
  INCONCLUSIVE         neither yet; the runs that it would take are named
  UNMEASURABLE         two runs of the same work differ by more than 15 %
Files were measured apart: drift of the machine between them is not controlled.
--run measures in blocks A B B A and B A A B, which is the way to be sure.

Examples:
  jotmill bench --json base.json
  jotmill compare base.json new.json
  jotmill compare --run old/jotmill build/jotmill
  jotmill compare --run --workload rs256 --threads 1,2 old/jotmill build/jotmill
  jotmill compare --run --new-kernels rsa=openssl build/jotmill build/jotmill
  jotmill compare --markdown - --junit compare.xml base.json new.json

Exit codes: 0 nothing regressed and all is known, 1 a row REGRESSED, 2 bad usage
or different workloads, 3 a row is INCONCLUSIVE or UNMEASURABLE (0 with
--lenient), 4 some output could not be written, 5 the verdicts differ (speed is
not compared), 130 interrupted, 141 the reader of our output went away.
)";

Result<Comparison> from_files(const Given& given, const std::vector<std::string>& paths) {
  for (const char* name : {"--threads", "--blocks", "--budget", "--tokens", "--seed",
                           "--base-kernels", "--new-kernels", "--base-args", "--new-args"}) {
    if (given.has(name)) return usage_error(name, "belongs to --run");
  }
  const auto base = read_bench_file(paths[0]);
  if (!base) return base.error();
  const auto fresh = read_bench_file(paths[1]);
  if (!fresh) return fresh.error();
  return compare_files(base.value(), fresh.value(), given.all("--workload"));
}

Result<BlockOptions> read_block_options(const Given& given) {
  BlockOptions options;
  if (const auto text = given.one("--blocks")) {
    const auto blocks = parse_count(*text, 1, 10'000);
    if (!blocks) return about("--blocks", blocks.error());
    options.blocks = blocks.value();
    options.most_blocks = std::max<std::size_t>(options.most_blocks, blocks.value());
  }
  if (const auto text = given.one("--budget")) {
    const auto budget = parse_duration(*text);
    if (!budget) return about("--budget", budget.error());
    options.budget_s =
        static_cast<double>(budget.value().s) + 1e-9 * static_cast<double>(budget.value().ns);
  }
  if (const auto text = given.one("--seed")) {
    const auto seed = parse_count(*text, 0, INT64_MAX);
    if (!seed) return about("--seed", seed.error());
    options.seed = seed.value();
  }
  auto threads = read_threads(given.all("--threads"), {1});
  if (!threads) return about("--threads", threads.error());
  options.threads = std::move(threads).value();
  return options;
}

Result<std::vector<WorkloadSource>> read_sources(const Given& given) {
  WorkloadSize size{.quick = true, .tokens = {}};
  if (const auto text = given.one("--tokens")) {
    const auto tokens = parse_count(*text, 1, 100'000'000);
    if (!tokens) return about("--tokens", tokens.error());
    size.tokens = tokens.value();
  }
  std::vector<std::string> names = given.all("--workload");
  if (names.empty()) {
    for (const Preset& preset : presets()) names.emplace_back(preset.name);
  }
  std::vector<WorkloadSource> sources;
  for (const std::string& name : names) {
    auto source = find_workload(name, size);
    if (!source) return source.error();
    if (std::ranges::find(sources, source.value().name, &WorkloadSource::name) != sources.end())
      return usage_error(in_quotes(name), "is the same workload as one before it");
    sources.push_back(std::move(source).value());
  }
  return sources;
}

Side read_side(const Given& given, const std::string& binary, const std::string& which) {
  Side side{binary.find('/') == std::string::npos ? "./" + binary : binary, {}};
  for (const std::string& kernels : given.all("--" + which + "-kernels")) {
    side.arguments.insert(side.arguments.end(), {"--kernels", kernels});
  }
  for (const std::string& argument : given.all("--" + which + "-args")) {
    side.arguments.push_back(argument);
  }
  return side;
}

Result<Comparison> from_binaries(const Given& given, const std::vector<std::string>& paths) {
  const auto options = read_block_options(given);
  if (!options) return options.error();
  const auto sources = read_sources(given);
  if (!sources) return sources.error();
  catch_interrupts();
  StatusLine line(::isatty(STDERR_FILENO) == 1 && !given.has("--no-progress"));
  const BlockHooks hooks{.on_progress = [&](const std::string& text) { line.show(text); },
                         .interrupted = interrupted};
  return compare_binaries(read_side(given, paths[0], "base"), read_side(given, paths[1], "new"),
                          sources.value(), options.value(), hooks);
}

int compare(const Given& given) {
  std::vector<std::string> paths = given.all("BASE");
  if (paths.size() != 2) {
    return fail(usage_error("compare",
                            "needs two files of 'jotmill bench --json', or --run and two "
                            "programs"));
  }
  const auto outputs_given = {"--json", "--markdown", "--junit"};
  std::vector<FileUse> reads;
  for (const std::string& path : paths) reads.push_back({"an input", path});
  if (Status usable = check_outputs(given, outputs_given, std::move(reads)); !usable)
    return fail(usable.error());
  // Opened first: a path that cannot be written is found before minutes are spent. Nothing is put
  // in its place before there is something to write: an old result survives a mistake.
  Outputs outputs;
  for (const char* name : outputs_given) {
    if (Status opened = outputs.open(name, given.one(name)); !opened) return fail(opened.error());
  }
  const auto comparison =
      given.has("--run") ? from_binaries(given, paths) : from_files(given, paths);
  if (!comparison) return fail(comparison.error());
  const int answer = exit_code_of(comparison.value(), given.has("--lenient"));
  int written = kExitOk;
  written = std::max(written,
                     outputs.write("--json", render_comparison_json, comparison.value(), answer));
  written = std::max(written,
                     outputs.write("--markdown", render_comparison_markdown, comparison.value()));
  written =
      std::max(written, outputs.write("--junit", render_comparison_junit, comparison.value()));
  if (!outputs.has_stdout()) {
    written = std::max(written, print(render_comparison_text(comparison.value())));
  }
  return written == kExitOk || answer == kExitVerdictsDiffer ? std::max(answer, written) : written;
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
  NewCommand command(app, "compare", kDescription, kFooter);
  command.arguments("BASE",
                    "BASE and NEW: two files of bench --json; with --run: two jotmill programs");
  command.flag("--run", "measure", "measure two programs against each other, in blocks A B B A");
  command.option("--workload", "NAME", "measure",
                 "only this workload; with --run also a recipe file; default: all", true);
  command.option("--threads", "LIST", "measure", "with --run: numbers of threads; default 1", true);
  command.option(
      "--blocks", "N", "measure",
      "with --run: blocks of four runs, at least; default 12, more where they are too few for "
      "the number of rows");
  command.option("--budget", "DUR", "measure",
                 "with --run: begin no further block after it, unless it is needed; default 5m");
  command.option("--tokens", "N", "measure", "with --run: tokens of each workload");
  command.option("--seed", "N", "measure", "with --run: of the order of runs; default 1");
  command.option("--base-kernels", "LIST", "measure", "with --run: verify --kernels of BASE", true);
  command.option("--new-kernels", "LIST", "measure", "with --run: verify --kernels of NEW", true);
  command.option("--base-args", "ARG", "measure",
                 "with --run: a further argument of verify for BASE", true);
  command.option("--new-args", "ARG", "measure", "with --run: the same for NEW", true);
  command.flag("--lenient", "output", "exit with 0 where a row is INCONCLUSIVE or UNMEASURABLE");
  command.option("--json", "FILE", "output", "write the comparison as JSON; - for stdout");
  command.option("--markdown", "FILE", "output", "write it as Markdown");
  command.option("--junit", "FILE", "output", "write it as JUnit XML: a test case a row");
  command.flag("--no-progress", "output", "no progress line");
  command.runs(compare, exit_code);
}

}  // namespace jotmill::tools
