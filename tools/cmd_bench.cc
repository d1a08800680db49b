#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "tools/bench/bench_json.h"
#include "tools/bench/bench_plot.h"
#include "tools/bench/bench_request.h"
#include "tools/bench/bench_text.h"
#include "tools/bench/machine.h"
#include "tools/bench/outputs.h"
#include "tools/bench/threads.h"
#include "tools/commands.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/parse.h"
#include "tools/options/policy.h"
#include "tools/output.h"
#include "tools/safe_text.h"
#include "tools/signals.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Measures verification on this machine: tokens a second by workload and threads with their "
    "spread, where the time goes, and how much two runs of the same work differ.";

constexpr const char* kFooter =
    R"(Workloads are presets, or files with a recipe (jotmill generate --print-recipe).
Tokens and keys are made in memory; nothing is written but --json and --plot.
  hs256 rs256 ps256 es256 eddsa   one algorithm, tokens of some 400 characters
  mixed     all sixteen names, mostly RS256 and ES256, in JSON lines
  repeats   nine tokens in ten were there before
  log       a captured log: faults, damage, repeats
Without any: all of them.

First the same work is run twice, interleaved: the A/A check. Its noise floor is
the least difference that can be told from none. Then every workload is
repeated, all of them interleaved at random.

Examples:
  jotmill bench --quick
  jotmill bench rs256 es256 --threads 1,2 --json today.json --plot today.svg
  jotmill bench hs256 --kernels base64url=scalar --json scalar.json
  jotmill bench --from-log access.jsonl --field /token --keys keys.json
  jotmill compare yesterday.json today.json

A log that is damaged or cut is measured as far as it can be read; what happened
to it is said on standard error, in the table and in the file.

Exit codes: 0, 2 bad usage, workload or keys, 4 some output could not be
written, 5 an internal invariant broke, 130 interrupted (nothing is written),
141 the reader of our output went away.
)";

Result<RunOptions> read_log_options(const Given& given) {
  RunOptions options;
  const std::string format = given.one("--format").value_or("auto");
  constexpr std::array<std::pair<std::string_view, InputFormat>, 5> kFormats = {
      {{"auto", InputFormat::kAuto},
       {"lines", InputFormat::kLines},
       {"text", InputFormat::kText},
       {"jsonl", InputFormat::kJsonl},
       {"har", InputFormat::kHar}}};
  const auto known = std::ranges::find(kFormats, format, [](const auto& one) { return one.first; });
  if (known == kFormats.end()) {
    return usage_error("--format", in_quotes(format) + " is none of auto, lines, text, jsonl, har");
  }
  options.format = known->second;
  options.fields = given.all("--field");
  for (const std::string& field : options.fields) {
    const Status pointer = check_json_pointer(field);
    if (!pointer) return about("--field", pointer.error());
  }
  const std::string as_of = given.one("--as-of").value_or("off");
  if (as_of != "off") {
    const auto time = parse_time(as_of);
    if (!time) return usage_error("--as-of", time.error().reason + "; or off");
    options.policy.as_of = time.value();
  }
  auto keys = read_key_sources(given);
  if (!keys) return keys.error();
  options.keys = std::move(keys).value();
  return options;
}

Status check_log_options(const Given& given) {
  if (given.has("--from-log")) return Unit{};
  for (const char* name : {"--keys", "--secret-file", "--format", "--field", "--as-of"}) {
    if (given.has(name)) return usage_error(name, "belongs to --from-log");
  }
  return Unit{};
}

Result<MeasureOptions> read_measure(const Given& given) {
  MeasureOptions options;
  const bool quick = given.has("--quick");
  if (quick) options = {.repetitions = 12, .aa_pairs = 6, .window_runs = 2, .most_windows = 4};
  if (const auto text = given.one("--repetitions")) {
    const auto count = parse_count(*text, quick ? 12 : 20, kMostSamples);
    if (!count) return about("--repetitions", count.error());
    options.repetitions = static_cast<unsigned>(count.value());
  }
  if (const auto text = given.one("--seed")) {
    const auto seed = parse_count(*text, 0, INT64_MAX);
    if (!seed) return about("--seed", seed.error());
    options.seed = seed.value();
  }
  options.records = given.has("--records");
  options.threads = {1};
  if (cores_here() > 1) options.threads.push_back(cores_here());
  const auto threads = read_threads(given.all("--threads"), options.threads);
  if (!threads) return about("--threads", threads.error());
  options.threads = threads.value();
  return options;
}

Status read_sources(const Given& given, BenchRequest& request) {
  WorkloadSize size{.quick = given.has("--quick"), .tokens = {}};
  if (const auto text = given.one("--tokens")) {
    const auto tokens = parse_count(*text, 1, 100'000'000);
    if (!tokens) return about("--tokens", tokens.error());
    size.tokens = tokens.value();
  }
  std::vector<std::string> names = given.all("WORKLOAD");
  if (names.empty() && !given.has("--from-log")) {
    for (const Preset& preset : presets()) names.emplace_back(preset.name);
  }
  for (const std::string& name : names) {
    auto source = find_workload(name, size);
    if (!source) return source.error();
    if (given.has("--from-log") && source.value().name == kFromLog) {
      return usage_error(in_quotes(name),
                         fmt::format("is a recipe of the name {}, which --from-log has", kFromLog));
    }
    for (const WorkloadSource& other : request.sources) {
      if (other.name != source.value().name) continue;
      return usage_error(in_quotes(name), "is the same workload as one before it");
    }
    request.sources.push_back(std::move(source).value());
  }
  return Unit{};
}

/// The options that change what is measured, for the file.
std::map<std::string, std::string> options_given(const Given& given) {
  std::map<std::string, std::string> options;
  for (const char* name : {"--kernels", "--threads", "--memo", "--tokens", "--repetitions",
                           "--seed", "--format", "--field", "--as-of"}) {
    if (given.has(name)) options[name + 2] = fmt::format("{}", fmt::join(given.all(name), ","));
  }
  for (const char* name : {"--quick", "--records"}) {
    if (given.has(name)) options[name + 2] = "true";
  }
  return options;
}

Result<BenchRequest> read_request(const Given& given) {
  BenchRequest request;
  auto measure = read_measure(given);
  if (!measure) return measure.error();
  request.measure = std::move(measure).value();
  auto kernels = read_kernels(given);
  if (!kernels) return kernels.error();
  request.kernels = std::move(kernels).value();
  request.cpu_mask = cpu_mask_of_environment();
  constexpr std::uint64_t kMostMemoEntries = std::uint64_t{1} << 28;
  const auto memo = read_count_or_off(given, "--memo", 0, kMostMemoEntries);
  if (!memo) return memo.error();
  request.memo_entries = memo.value();
  request.options = options_given(given);
  if (Status status = check_log_options(given); !status) return status.error();
  if (given.has("--from-log")) {
    auto options = read_log_options(given);
    if (!options) return options.error();
    request.log = given.one("--from-log");
    request.log_options = std::move(options).value();
  }
  if (Status status = read_sources(given, request); !status) return status.error();
  return request;
}

std::vector<FileUse> inputs(const Given& given) {
  std::vector<FileUse> reads;
  for (const char* name : {"--from-log", "--keys", "--secret-file", "WORKLOAD"}) {
    for (const std::string& path : given.all(name)) reads.push_back({"an input", path});
  }
  return reads;
}

int bench(const Given& given) {
  const Result<BenchRequest> request = read_request(given);
  if (!request) return fail(request.error());
  if (Status usable = check_outputs(given, {"--json", "--plot"}, inputs(given)); !usable)
    return fail(usable.error());
  // Opened first: a path that cannot be written is found before minutes are spent.
  Outputs outputs;
  for (const char* name : {"--json", "--plot"}) {
    if (Status opened = outputs.open(name, given.one(name)); !opened) return fail(opened.error());
  }
  catch_interrupts();
  StatusLine line(::isatty(STDERR_FILENO) == 1 && !given.has("--no-progress"));
  const Result<BenchFile> file = run_bench(request.value(), line);
  line.wipe();
  if (!file) return fail(file.error());
  int exit_code = kExitOk;
  exit_code = std::max(exit_code, outputs.write("--json", render_bench_json, file.value()));
  exit_code = std::max(exit_code, outputs.write("--plot", render_bench_plot, file.value()));
  if (outputs.has_stdout()) return exit_code;
  return std::max(exit_code, print(render_bench_text(file.value())));
}

void add_options(NewCommand& command) {
  command.option(
      "--threads", "LIST", "measure",
      "numbers of threads, as 1,2,4 or 1-8; default: 1 and all the cores of this process", true);
  command.option("--kernels", "LIST", "measure", "force kernel variants by name, e.g. rsa=openssl",
                 true);
  command.option("--memo", "N|off", "measure",
                 "entries per worker of the memo of verified signatures");
  command.option("--repetitions", "N", "measure",
                 "default 20, with --quick 12, which are also the least");
  command.option("--tokens", "N", "measure",
                 "tokens of each workload; default: the workload's own number");
  command.option("--seed", "N", "measure",
                 "of the order in which the runs are interleaved; default 1");
  command.flag("--quick", "measure",
               "fewer tokens and 12 repetitions: under half a minute for all presets");
  command.flag("--records", "measure",
               "also format the verdict records, and write them to /dev/null");
  command.option("--from-log", "FILE", "captured log", "measure the tokens of this file");
  command.option("--keys", "PATH", "captured log",
                 "keys for it: JWK, JWK Set, PEM, DER or a directory", true);
  command.option("--secret-file", "[KID=]PATH", "captured log", "raw HMAC secret for it", true);
  command.option("--format", "FORMAT", "captured log",
                 "auto, lines, text, jsonl or har; default auto");
  command.option("--field", "POINTER", "captured log", "jsonl: members that hold tokens", true);
  command.option(
      "--as-of", "TIME", "captured log",
      "time to judge at; default off, so that the verdicts stay the same from day to day");
  command.option("--json", "FILE", "output",
                 "write the measurements, for compare and plan; - for stdout");
  command.option("--plot", "FILE.svg", "output", "draw throughput by threads, and the stages");
  command.flag("--no-progress", "output", "no progress line");
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  NewCommand command(app, "bench", kDescription, kFooter);
  command.arguments("WORKLOAD", "presets or recipe files; default: all presets");
  add_options(command);
  command.runs(bench, exit_code);
}

}  // namespace jotmill::tools
