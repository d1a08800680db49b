#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tools/bench/bench_json.h"
#include "tools/bench/bench_request.h"
#include "tools/bench/machine.h"
#include "tools/bench/outputs.h"
#include "tools/bench/threads.h"
#include "tools/commands.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/parse.h"
#include "tools/options/policy.h"
#include "tools/output.h"
#include "tools/plan/on_the_spot.h"
#include "tools/plan/plan.h"
#include "tools/safe_text.h"
#include "tools/signals.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Says how many cores verify so many tokens a second, or how long so many tokens take: from a "
    "file of 'jotmill bench --json', or measured here and now.";

constexpr const char* kFooter =
    R"(Online (--rate): the fewest cores that bear the rate with the headroom and keep
p99, by queueing (Erlang C, Allen and Cunneen) and checked by a simulation.
Latency needs to know how much tokens differ. A --workload of several algorithms
is taken apart by the rows of these alone in the same file; without them, or
where they do not make up its time, --p99 is refused and the rate is answered.
Offline (--tokens, --bytes): wall time by cores, and what binds it:
verification, reading or decompression.
Answers are ranges, "9 cores [8, 11]": the 95 % that the measurements leave
open.
Cores beyond twice the measured ones, or from fewer than six numbers of threads,
are called an extrapolation.

Examples:
  jotmill plan --rate 250k/s --mix RS256=65,ES256=30,HS256=5 --p99 2ms \
      --headroom 30% --spare 1
  jotmill bench rs256 es256 hs256 --threads 1-8 --json here.json
  jotmill plan --bench here.json --rate 250k/s --mix RS256=65,ES256=30,HS256=5
  jotmill bench --from-log access.jsonl --field /token --keys keys.json \
      --json log.json
  jotmill plan --bench log.json --workload from-log --tokens 5G --within 1h \
      --bytes 3T --read-rate 500M

Exit codes: 0, 2 bad usage, or no number of cores meets it, 4 some output could
not be written, 5 an internal invariant broke, 130 interrupted, 141 the reader
of our output went away.
)";

/// "250k/s", "1.5M", "250000": a number above 0 with k, M, G or T (powers of 1000).
Result<double> parse_amount(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  double factor = 1;
  if (read.ec == std::errc() && read.ptr + 1 == end) {
    constexpr std::string_view kUnits = "kMGT";
    const std::size_t unit = kUnits.find(*read.ptr == 'K' ? 'k' : *read.ptr);
    if (unit != std::string_view::npos) {
      factor = std::pow(1000, static_cast<double>(unit + 1));
      end = read.ptr;
    }
  }
  if (read.ec != std::errc() || read.ptr != end || !(value * factor > 0) ||
      !(value * factor < 1e18)) {
    return Error{ErrorKind::kUsage, "",
                 in_quotes(text) + " is no number above 0, as in 250k/s, 1.5M or 80000"};
  }
  return value * factor;
}

/// "500M", "500MB", "500MB/s": the same of bytes.
Result<double> parse_bytes(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  if (text.ends_with('B') && text.size() > 1) text.pop_back();
  return parse_amount(text);
}

/// "30%" or "0.3".
Result<double> parse_share(const std::string& text) {
  const bool percent = text.ends_with('%');
  double value = 0;
  const char* end = text.data() + text.size() - (percent ? 1 : 0);
  const auto read = std::from_chars(text.data(), end, value);
  if (percent) value /= 100;
  if (read.ec != std::errc() || read.ptr != end || !(value >= 0 && value < 1)) {
    return Error{ErrorKind::kUsage, "", in_quotes(text) + " is no share from 0% to below 100%"};
  }
  return value;
}

/// Reads an option into `target` where it is given.
template <typename Parse, typename Target>
Status read_into(const Given& given, const char* option, Parse parse, Target& target) {
  const auto text = given.one(option);
  if (!text) return Unit{};
  auto value = parse(*text);
  if (!value) return about(option, value.error());
  target = std::move(value).value();
  return Unit{};
}

Result<double> parse_seconds(const std::string& text) {
  const auto time = parse_duration(text);
  if (!time) return time.error();
  const double s =
      static_cast<double>(time.value().s) + 1e-9 * static_cast<double>(time.value().ns);
  if (!(s > 0)) return Error{ErrorKind::kUsage, "", "must be longer than nothing"};
  return s;
}

Result<std::uint64_t> parse_spare(const std::string& text) { return parse_count(text, 0, 1000); }

struct Wish {
  std::optional<double> rate, tokens, bytes;
  OnlineWish online;
  OfflineWish offline;
  PlanSettings settings;
  double repeats = 0;
};

Status read_settings(const Given& given, Wish& wish) {
  for (const Status& status :
       {read_into(given, "--price-core-hour", parse_amount, wish.settings.price_core_hour),
        read_into(given, "--repeats", parse_share, wish.repeats)}) {
    if (!status) return status;
  }
  if (!given.has("--machine-sizes")) return Unit{};
  const auto sizes = read_threads(given.all("--machine-sizes"), {});
  if (!sizes) return about("--machine-sizes", sizes.error());
  wish.settings.machine_sizes.assign(sizes.value().begin(), sizes.value().end());
  return Unit{};
}

Result<Wish> read_wish(const Given& given) {
  Wish wish;
  for (const Status& status :
       {read_into(given, "--rate", parse_amount, wish.rate),
        read_into(given, "--tokens", parse_amount, wish.tokens),
        read_into(given, "--bytes", parse_bytes, wish.bytes),
        read_into(given, "--p99", parse_seconds, wish.online.p99_s),
        read_into(given, "--headroom", parse_share, wish.online.headroom),
        read_into(given, "--spare", parse_spare, wish.online.spare),
        read_into(given, "--read-rate", parse_bytes, wish.offline.read_rate),
        read_into(given, "--decompress-rate", parse_bytes, wish.offline.decompress_rate),
        read_into(given, "--within", parse_seconds, wish.offline.within_s),
        read_settings(given, wish)}) {
    if (!status) return status.error();
  }
  wish.offline.spare = wish.online.spare;
  const bool offline = wish.tokens || wish.bytes;
  if (!wish.rate && !offline) {
    return usage_error("plan", "needs --rate N (online), or --tokens N or --bytes N (offline)");
  }
  if (wish.rate && offline) {
    return usage_error("--rate",
                       "is a question about tokens that come one by one; --tokens and "
                       "--bytes one about a heap of them: ask one at a time");
  }
  for (const char* name : {"--p99", "--headroom"}) {
    if (offline && given.has(name)) return usage_error(name, "belongs to --rate");
  }
  for (const char* name : {"--read-rate", "--decompress-rate", "--within"}) {
    if (!offline && given.has(name)) return usage_error(name, "belongs to --tokens or --bytes");
  }
  if (offline && given.has("--spare") && !given.has("--within"))
    return usage_error("--spare",
                       "belongs to --rate, or to --within: without them no cores are asked for");
  return wish;
}

using Shares = std::vector<std::pair<std::string, double>>;

/// What a plan needs to know of this machine, within a minute; `left_out`: what it does not get to
/// know for that.
Result<BenchFile> measure_here(const Given& given, const Shares& shares, std::string& left_out) {
  constexpr unsigned kRepetitions = 12;
  SpotPlan spot = plan_on_the_spot(shares, cores_here());
  BenchRequest request;
  request.cpu_mask = cpu_mask_of_environment();
  for (const std::string& name : spot.names) {
    auto source = algorithm_workload(name, {.quick = true, .tokens = {}});
    if (!source) {
      return usage_error("--mix", source.error().subject + " " + source.error().reason);
    }
    request.sources.push_back(std::move(source).value());
  }
  request.measure = {.threads = spot.threads,
                     .repetitions = kRepetitions,
                     .aa_pairs = 3,
                     .window_runs = 2,
                     .most_windows = 3,
                     .budget_s = kSpotBudget_s};
  StatusLine line(::isatty(STDERR_FILENO) == 1 && !given.has("--no-progress"));
  auto file = run_bench(request, line);
  if (!file && file.error().kind == ErrorKind::kInterrupted)
    return Error{ErrorKind::kInterrupted, "plan", "interrupted"};
  if (!file) return file;
  if (const std::size_t done = file.value().rows.front().samples.size(); done < kRepetitions) {
    spot.left_out.push_back(fmt::format("{} of {} repetitions", kRepetitions - done, kRepetitions));
  }
  left_out = fmt::format("{}", fmt::join(spot.left_out, "; "));
  return file;
}

/// Where the numbers of a plan come from, in words.
struct Origin {
  std::string source, left_out;
};

Result<TokenMix> read_mix(const Given& given, Origin& origin) {
  const auto text = given.one("--mix");
  const auto workload = given.one("--workload");
  if (text.has_value() == workload.has_value()) {
    return usage_error("plan",
                       "needs either --mix ALG=SHARE,... or --workload NAME of a bench file");
  }
  Shares shares;
  if (text) {
    auto parsed = parse_mix(*text);
    if (!parsed) return parsed.error();
    shares = std::move(parsed).value();
  }
  if (workload && given.has("--repeats")) {
    return usage_error("--repeats",
                       "belongs to --mix: a workload has the repeats that it was measured with");
  }
  if (const auto path = given.one("--bench")) {
    const auto file = read_bench_file(*path);
    if (!file) return file.error();
    origin.source =
        fmt::format("{}, measured {} on {}", *path, file.value().date, file.value().machine.cpu);
    return text ? mix_from_bench(file.value(), shares) : mix_from_workload(file.value(), *workload);
  }
  if (workload) return usage_error("--workload", "names a row of --bench FILE, which is missing");
  catch_interrupts();
  const auto file = measure_here(given, shares, origin.left_out);
  if (!file) return file.error();
  origin.source = "this machine, measured now: " + file.value().machine.cpu;
  return mix_from_bench(file.value(), shares);
}

/// Tokens and bytes, each from the other where one is not given.
OfflineWish heap_of(const Wish& wish, const TokenMix& mix) {
  double bytes_per_token = 0;
  for (const TokenCost& cost : mix.costs) bytes_per_token += cost.share * cost.bytes;
  OfflineWish out = wish.offline;
  out.tokens = wish.tokens.value_or(wish.bytes.value_or(0) / std::max(1.0, bytes_per_token));
  out.bytes = wish.bytes.value_or(out.tokens * bytes_per_token);
  return out;
}

Result<CapacityPlan> make_plan(const Given& given) {
  const auto wish = read_wish(given);
  if (!wish) return wish.error();
  Origin origin;
  auto mix = read_mix(given, origin);
  if (!mix) return mix.error();
  mix.value().repeat_share = wish.value().repeats;
  const OfflineWish heap = heap_of(wish.value(), mix.value());
  auto plan = begin_plan(std::move(mix).value());
  if (!plan) return plan;
  plan.value().source = origin.source;
  plan.value().left_out = origin.left_out;
  OnlineWish online = wish.value().online;
  online.rate = wish.value().rate.value_or(0);
  const Status answered = wish.value().rate
                              ? answer_online(plan.value(), online, wish.value().settings)
                              : answer_offline(plan.value(), heap, wish.value().settings);
  if (!answered) return answered.error();
  return plan;
}

int plan(const Given& given) {
  std::vector<FileUse> reads;
  if (const auto path = given.one("--bench")) reads.push_back({"--bench", *path});
  if (Status usable = check_outputs(given, {"--json", "--plot"}, std::move(reads)); !usable)
    return fail(usable.error());
  // Opened first: a path that cannot be written is found before a minute is spent.
  Outputs outputs;
  for (const char* name : {"--json", "--plot"}) {
    if (Status opened = outputs.open(name, given.one(name)); !opened) return fail(opened.error());
  }
  const auto made = make_plan(given);
  if (!made) return fail(made.error());
  int exit_code = kExitOk;
  exit_code = std::max(exit_code, outputs.write("--json", render_plan_json, made.value()));
  exit_code = std::max(exit_code, outputs.write("--plot", render_plan_plot, made.value()));
  if (outputs.has_stdout()) return exit_code;
  return std::max(exit_code, print(render_plan_text(made.value())));
}

}  // namespace

void add_plan(CLI::App& app, int& exit_code) {
  NewCommand command(app, "plan", kDescription, kFooter);
  command.option("--mix", "LIST", "workload",
                 "ALG=SHARE,... in percent, which add up to 100; RSA with other keys than those of "
                 "2048 bits as "
                 "RS256/4096");
  command.option("--workload", "NAME", "workload",
                 "instead: a workload of --bench as it was measured");
  command.option("--repeats", "SHARE", "workload",
                 "tokens whose signature the memo knows already, of all but HS*, which it is never "
                 "asked for; default 0%");
  command.option("--bench", "FILE", "workload",
                 "measurements of bench --json; default: measure now, under a minute");
  command.option("--rate", "N", "online", "tokens a second, as 250k/s");
  command.option("--p99", "DUR", "online", "99 of 100 tokens are done within it, waiting included");
  command.option("--headroom", "SHARE", "online",
                 "throughput to be left over at that rate; default 0%");
  command.option(
      "--spare", "N", "online",
      "cores beyond what is needed, for one that fails; in the table: machines; also with "
      "--within; default 0");
  command.option("--tokens", "N", "offline", "tokens of a heap, as 5G");
  command.option("--bytes", "N", "offline", "bytes of it, as 3T; default: as in the bench");
  command.option("--read-rate", "N", "offline",
                 "bytes a second that the storage gives, as 500MB/s");
  command.option("--decompress-rate", "N", "offline",
                 "bytes a second (decompressed) of decompression");
  command.option("--within", "DUR", "offline", "ask for the cores that make it in this time");
  command.option("--machine-sizes", "LIST", "answer", "cores of a machine; default 2,4,8,16,32,64",
                 true);
  command.option("--price-core-hour", "PRICE", "answer", "of a core for an hour, in any currency");
  command.option("--json", "FILE", "output", "write the plan as JSON; - for stdout");
  command.option("--plot", "FILE.svg", "output",
                 "draw throughput by cores: measured, fitted, the answer");
  command.flag("--no-progress", "output", "no progress line");
  command.runs(plan, exit_code);
}

}  // namespace jotmill::tools
