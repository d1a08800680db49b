#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "jotmill/jotmill.hpp"
#include "jotmill/shard.h"
#include "tools/commands.h"
#include "tools/options/clashes.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/table.h"
#include "tools/outcome.h"
#include "tools/output.h"
#include "tools/run_request.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Finds the tokens of the inputs and verifies nothing: one record for each token, with its "
    "place "
    "and its fingerprint and without the token, or with --raw the tokens themselves. No keys are "
    "needed. Inputs are those of 'jotmill verify', compressed ones too.";

constexpr const char* kFooter =
    R"(A record: {"source":"access.log","line":17,"offset":5123,
  "channel":"authorization","layers":[],"token_id":"9f2c... 32 hex digits"}
offset is where the token's text begins in the decompressed stream; token_id is
that of the records of 'jotmill verify', so that the two can be joined.

Examples:
  jotmill extract access.log.gz
  jotmill extract --output tokens.csv logs/
  jotmill extract --format jsonl --field /token --raw capture.jsonl > tokens.txt
  zcat access.log.gz | jotmill extract --raw --quiet | sort -u | wc -l

Exit codes, the highest that applies: 0 tokens were found and all input read,
1 no token was found, 2 bad usage or configuration (nothing was run), 3 some
input could not be read whole, 4 some output could not be written whole, 5 an
internal invariant broke, 130 interrupted, 141 the reader of our output went
away.
)";

struct Request {
  RunOptions options;
  Shard shard;
  bool quiet = false;
  bool show_progress = false;
};

FileUses file_uses(const Given& given, const RunOptions& options) {
  FileUses uses;
  for (const std::string& path : options.inputs) uses.reads.push_back({"an input", path});
  if (options.inputs.empty()) uses.reads.push_back({"the input", "-"});
  if (!options.fingerprint_key_path.empty()) {
    uses.reads.push_back({"--fingerprint-key", options.fingerprint_key_path});
  }
  if (const auto config = given.one("--config")) uses.reads.push_back({"--config", *config});
  uses.writes.push_back({"--output", options.verdicts_path});
  return uses;
}

Result<Request> read_request(const Given& given) {
  Request request;
  RunOptions& options = request.options;
  const Status available = given.check_available(kForExtract);
  if (!available) return available.error();
  options.task = given.has("--raw") ? RunTask::kExtractRaw : RunTask::kExtract;
  const Status read = read_input_options(given, options);
  if (!read) return read.error();
  const auto shard = read_shard(given, options);
  if (!shard) return shard.error();
  request.shard = shard.value();
  options.verdicts_path = given.one("--output").value_or("-");
  if (options.verdicts_path.empty()) {
    return usage_error("--output", "an empty path; write PATH or -");
  }
  if (options.task == RunTask::kExtractRaw && given.has("--fingerprint-key")) {
    return usage_error("--raw", "gives the tokens and no fingerprints, but --fingerprint-key asks");
  }
  request.quiet = given.has("--quiet");
  request.show_progress =
      !request.quiet && !given.has("--no-progress") && ::isatty(STDERR_FILENO) == 1;
  const Status clash = check_clashes(file_uses(given, options));
  if (!clash) return clash.error();
  return request;
}

/// "3 tokens in 2 records; 1 truncated": what the records themselves do not tell.
std::string summary(const RunReport& report) {
  const RecordSums& records = report.records;
  std::string text =
      fmt::format("{} token{} in {} of {} record{}", records.tokens, records.tokens == 1 ? "" : "s",
                  records.with_tokens, records.records, records.records == 1 ? "" : "s");
  const auto add = [&](std::uint64_t count, std::string_view name) {
    if (count > 0) text += fmt::format(", {} {}", count, name);
  };
  add(records.truncated, "truncated");
  add(records.redacted, "redacted");
  add(records.lookalike, "lookalike");
  add(records.not_json, "record_not_json");
  return text;
}

int extract(const Given& given) {
  const auto request = read_request(given);
  if (!request) return fail(request.error());
  const RunOptions& options = request.value().options;
  const bool raw = options.task == RunTask::kExtractRaw;
  if (raw) say("--raw writes the tokens themselves: they are credentials, keep them as such");

  const auto outcome = run_with_progress(options, request.value().shard, request.value().quiet,
                                         request.value().show_progress);
  if (!outcome) return fail(outcome.error());
  say_what_failed(outcome.value());
  if (outcome.value().unprintable_tokens > 0) {
    say(
        fmt::format("{} of the tokens are longer than --max-token-bytes or hold line breaks, and "
                    "were left out",
                    outcome.value().unprintable_tokens));
  }
  if (!request.value().quiet) say(summary(outcome.value().report));
  return outcome.value().exit_code();
}

}  // namespace

void add_extract(CLI::App& app, int& exit_code) {
  NewCommand command(app, "extract", kDescription, kFooter);
  command.arguments("INPUT",
                    "files, directories (walked, sorted by name) or - for standard input; without "
                    "any: standard input");
  command.table_options(kForExtract);
  command.runs(extract, exit_code);
}

}  // namespace jotmill::tools
