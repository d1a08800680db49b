#include "tools/run_request.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tools/options/clashes.h"
#include "tools/options/parse.h"
#include "tools/options/policy.h"
#include "tools/options/table.h"
#include "tools/options/token_argument.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr std::uint64_t kMaxThreads = 1024;
constexpr std::uint64_t kMostMemoEntries = std::uint64_t{1} << 24;  // 640 MiB a worker
constexpr std::uint64_t kMostTokens = std::uint64_t{1} << 53;

Status read_size(const Given& given, const std::string& name, std::size_t& target) {
  const auto text = given.one(name);
  if (!text) return Unit{};
  const auto size = parse_size(*text, kMaxBytes);
  if (!size) return about(name, size.error());
  target = size.value();
  return Unit{};
}

Status read_table_memory(const Given& given, RunOptions& options) {
  if (given.one("--table-memory") != "off")
    return read_size(given, "--table-memory", options.table_memory_bytes);
  options.table_memory_bytes = 0;
  return Unit{};
}

Status read_format(const Given& given, RunOptions& options) {
  const std::string format = given.one("--format").value_or("auto");
  const auto choice = parse_choice(
      format, std::array<std::string_view, 5>{"auto", "lines", "text", "jsonl", "har"});
  if (!choice) return about("--format", choice.error());
  options.format = format == "lines"   ? InputFormat::kLines
                   : format == "jsonl" ? InputFormat::kJsonl
                   : format == "text"  ? InputFormat::kText
                   : format == "har"   ? InputFormat::kHar
                                       : InputFormat::kAuto;
  options.fields = given.all("--field");
  for (const std::string& field : options.fields) {
    const Status pointer = check_json_pointer(field);
    if (!pointer) return about("--field", pointer.error());
  }
  if (format != "auto" && format != "jsonl" && !options.fields.empty()) {
    return usage_error("--field", "belongs to jsonl, but --format " + format + " was given");
  }
  return Unit{};
}

Status read_year(const Given& given, RunOptions& options) {
  const auto text = given.one("--year");
  if (!text) return Unit{};
  const auto year = parse_count(*text, 1970, 9999);
  if (!year) return about("--year", year.error());
  options.year = static_cast<int>(year.value());
  return Unit{};
}

Status read_verdicts(const Given& given, RunOptions& options) {
  options.verdicts_path = given.one("--verdicts").value_or("");
  if (given.has("--verdicts") && options.verdicts_path.empty()) {
    return usage_error("--verdicts", "an empty path; write PATH or -");
  }
  const std::string only = given.one("--only").value_or("all");
  const auto choice =
      parse_choice(only, std::array<std::string_view, 3>{"all", "rejected", "accepted"});
  if (!choice) return about("--only", choice.error());
  options.only = only == "rejected"   ? RecordFilter::kRejected
                 : only == "accepted" ? RecordFilter::kAccepted
                                      : RecordFilter::kAll;
  auto show = parse_list(given.all("--show"));
  if (!show) return about("--show", show.error());
  options.show = std::move(show).value();
  if (!options.show.empty() && !options.policy.claims) {
    return usage_error("--claims", "off leaves out the claims, but --show asks for them");
  }
  return Unit{};
}

Status read_fingerprint_key(const Given& given, RunOptions& options) {
  options.fingerprint_key_path = given.one("--fingerprint-key").value_or("");
  if (given.has("--fingerprint-key") && options.fingerprint_key_path.empty()) {
    return usage_error("--fingerprint-key", "an empty path");
  }
  if (options.fingerprint_key_path == "-") {
    return usage_error("--fingerprint-key",
                       "standard input (-) is for tokens; a key comes from a file");
  }
  return Unit{};
}

Status read_reports(const Given& given, RunRequest& request) {
  request.reports = given.all("--report");
  for (const std::string& path : request.reports) {
    if (path.ends_with(".json") || path.ends_with(".txt")) continue;
    return usage_error("--report", in_quotes(path) + " must end in .json or .txt");
  }
  return Unit{};
}

Status read_threads(const Given& given, RunOptions& options) {
  const auto text = given.one("--threads");
  if (!text) return Unit{};
  const auto threads = parse_count(*text, 0, kMaxThreads);
  if (!threads) return about("--threads", threads.error());
  options.threads = static_cast<unsigned>(threads.value());
  return Unit{};
}

Status read_terminal(const Given& given, RunRequest& request) {
  request.quiet = given.has("--quiet");
  request.show_progress =
      !request.quiet && !given.has("--no-progress") && ::isatty(STDERR_FILENO) == 1;
  request.report_to_stderr = request.options.verdicts_path == "-";
  const auto color = read_color(given, request.report_to_stderr ? STDERR_FILENO : STDOUT_FILENO);
  if (!color) return color.error();
  request.color = color.value();
  return Unit{};
}

/// A day.
constexpr std::int64_t kMostIntervalS = 86'400;

Status read_checkpoint(const Given& given, RunOptions& options) {
  options.checkpoint_path = given.one("--checkpoint").value_or("");
  if (given.has("--checkpoint") &&
      (options.checkpoint_path.empty() || options.checkpoint_path == "-"))
    return usage_error("--checkpoint", "needs a file, which is written and read again");
  options.as_of_is_now = given.one("--as-of").value_or("now") == "now";
  const auto interval = given.one("--checkpoint-interval");
  if (!interval) return Unit{};
  if (options.checkpoint_path.empty())
    return usage_error("--checkpoint-interval", "belongs to --checkpoint, which is not given");
  const Result<Duration> time = parse_duration(*interval);
  if (!time) return about("--checkpoint-interval", time.error());
  if (time.value().s > kMostIntervalS)
    return usage_error("--checkpoint-interval", "more than a day");
  options.checkpoint_interval_ms =
      static_cast<std::uint32_t>(time.value().s * 1000 + (time.value().ns + 999'999) / 1'000'000);
  return Unit{};
}

FileUses file_uses(const Given& given, const RunRequest& request) {
  FileUses uses;
  const RunOptions& options = request.options;
  for (const KeySource& key : options.keys) uses.reads.push_back({"a key file", key.path});
  for (const std::string& path : options.inputs) uses.reads.push_back({"an input", path});
  if (options.inputs.empty()) uses.reads.push_back({"the input", "-"});
  if (!options.fingerprint_key_path.empty()) {
    uses.reads.push_back({"--fingerprint-key", options.fingerprint_key_path});
  }
  if (const auto config = given.one("--config")) uses.reads.push_back({"--config", *config});
  if (!options.verdicts_path.empty()) uses.writes.push_back({"--verdicts", options.verdicts_path});
  for (const std::string& path : request.reports) uses.writes.push_back({"--report", path});
  if (!options.checkpoint_path.empty()) {
    uses.writes.push_back({"--checkpoint", options.checkpoint_path});
    uses.writes.push_back({"--checkpoint", options.checkpoint_path + ".new"});  // on its way
  }
  if (!request.quiet && !request.report_to_stderr) uses.writes.push_back({"the report", "-"});
  return uses;
}

}  // namespace

Status read_input_options(const Given& given, RunOptions& options) {
  auto kernels = read_kernels(given);
  if (!kernels) return kernels.error();
  options.kernels = std::move(kernels).value();
  options.cpu_mask = cpu_mask_of_environment();
  options.inputs = given.all("INPUT");
  if (std::ranges::count(options.inputs, "-") > 1)
    return usage_error("INPUT", "standard input (-) can be read only once");
  for (const Status& status :
       {refuse_tokens("INPUT", options.inputs), read_format(given, options),
        read_threads(given, options), read_fingerprint_key(given, options),
        read_size(given, "--max-token-bytes", options.policy.max_token_bytes),
        read_size(given, "--max-record-bytes", options.max_record_bytes),
        read_size(given, "--chunk-bytes", options.chunk_bytes)}) {
    if (!status) return status.error();
  }
  return Unit{};
}

Result<Shard> read_shard(const Given& given, const RunOptions& options) {
  const auto text = given.one("--shard");
  if (!text) return Shard{};
  const std::size_t slash = std::min(text->find('/'), text->size());
  const auto of = parse_count(text->substr(std::min(slash + 1, text->size())), 1, kMostShards);
  const auto index = parse_count(text->substr(0, slash), 1, of ? of.value() : kMostShards);
  if (!of || !index || slash == text->size()) {
    return usage_error("--shard", in_quotes(*text) +
                                      " is not I/N with I from 1 to N, as in 1/8, ..., 8/8; N is "
                                      "at most 1000000");
  }
  const bool standard_input =
      options.inputs.empty() || std::ranges::find(options.inputs, "-") != options.inputs.end();
  if (standard_input && of.value() > 1) {
    return usage_error("--shard",
                       "standard input has no size, and cannot be cut by bytes; name files, or let "
                       "split or parallel --pipe cut it and run each part whole");
  }
  if (of.value() > 1 && !options.checkpoint_path.empty())
    return usage_error("--checkpoint",
                       "does not go together with --shard: run a stopped shard again");
  return Shard{index.value(), of.value()};
}

Result<RunRequest> read_run_request(const Given& given) {
  RunRequest request;
  RunOptions& options = request.options;
  const Status available = given.check_available(kForVerify);
  if (!available) return available.error();
  auto policy = read_policy(given);
  if (!policy) return policy.error();
  options.policy = std::move(policy).value();
  for (const Status& status : {read_input_options(given, options), read_year(given, options),
                               read_verdicts(given, options), read_reports(given, request),
                               read_checkpoint(given, options), read_table_memory(given, options),
                               read_terminal(given, request)}) {
    if (!status) return status.error();
  }
  const auto memo = read_count_or_off(given, "--memo", 0, kMostMemoEntries);
  if (!memo) return memo.error();
  if (memo.value()) options.memo_entries = *memo.value();
  const auto cross_check = read_count_or_off(given, "--cross-check", 1, kMostTokens);
  if (!cross_check) return cross_check.error();
  if (cross_check.value()) options.cross_check = *cross_check.value();
  const auto shard = read_shard(given, options);
  if (!shard) return shard.error();
  request.shard = shard.value();
  auto keys = read_key_sources(given);
  if (!keys) return keys.error();
  options.keys = std::move(keys).value();
  const Status clash = check_clashes(file_uses(given, request));
  if (!clash) return clash.error();
  return request;
}

}  // namespace jotmill::tools
