#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "jotmill/report_json.h"
#include "jotmill/shard.h"
#include "tools/commands.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/table.h"
#include "tools/outcome.h"
#include "tools/output.h"
#include "tools/report/text.h"
#include "tools/run_request.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Verifies every token of the inputs and reports what was found: one verdict for each token, "
    "and counts that add up. Inputs may be compressed with gzip, zstd or xz, whatever their names: "
    "their first bytes tell.";

constexpr const char* kFooter = R"(Examples:
  jotmill verify --keys keys.json tokens.txt
  jotmill verify --keys issuer.pem --issuer https://issuer.example \
      --audience api --as-of 2026-11-23T10:00:00Z logs/
  jotmill verify --keys keys.json --field /token --verdicts - access.jsonl
  jotmill verify --secret-file k1=secret.bin --leeway 30s tokens.gz
  jotmill verify --config policy.toml --verdicts out.csv --report run.json -
  jotmill verify --keys keys.json --verdicts out.ndjson --report run.json \
      --checkpoint run.checkpoint logs/    # the same again goes on after a kill

LIST is comma-separated and may be repeated. Every option can stand in the file
of --config under its long name; the command line wins.

Exit codes, the highest that applies: 0 all tokens accepted and all input read,
1 a token was rejected, or none was found, 2 bad usage, configuration or keys
(nothing was run), 3 some input could not be read whole, 4 some output could
not be written whole, 5 an internal invariant broke, 130 interrupted (after a
clean partial report), 141 the reader of our output went away.
)";

/// The --report files, opened before the run.
class Reports {
 public:
  static Result<Reports> open(const std::vector<std::string>& paths) {
    Reports reports;
    for (const std::string& path : paths) {
      auto file = OutputFile::open(path);
      if (!file) return file.error();
      reports.files_.emplace_back(path, std::move(file).value());
    }
    return reports;
  }
  /// Writes each; returns the exit code 0 or 4, after saying what failed.
  int write(const RunReport& report) {
    int exit_code = kExitOk;
    for (auto& [path, file] : files_) {
      const Status written =
          file.finish(path.ends_with(".json") ? render_json(report) : render_text(report, {}));
      if (!written) exit_code = fail(written.error());
    }
    return exit_code;
  }

 private:
  std::vector<std::pair<std::string, OutputFile>> files_;
};

int print_report(const RunRequest& request, const RunReport& report) {
  if (request.quiet) return kExitOk;
  TextStyle style;
  style.color = request.color;
  const std::string text = render_text(report, style);
  return request.report_to_stderr ? print_to_stderr(text) : print(text);
}

/// Only now, with the report in the reader's hands: a process that dies before finds it again. With
/// a report that could not be written it stays, and the same command writes the report alone.
int drop_checkpoint(const RunOptions& options, const RunOutcome& outcome, int exit_code) {
  if (!outcome.checkpoint_spent || exit_code == kExitOutput || exit_code == kExitReaderGone)
    return kExitOk;
  if (::unlink(options.checkpoint_path.c_str()) == 0 || errno == ENOENT) return kExitOk;
  return fail(Error{ErrorKind::kOutput, options.checkpoint_path,
                    std::string("the run is whole, but its checkpoint cannot be removed: ") +
                        std::strerror(errno)});
}

int verify(const Given& given) {
  const auto request = read_run_request(given);
  if (!request) return fail(request.error());
  auto reports = Reports::open(request.value().reports);
  if (!reports) return fail(reports.error());

  const auto outcome = run_with_progress(request.value().options, request.value().shard,
                                         request.value().quiet, request.value().show_progress);
  if (!outcome) return fail(outcome.error());

  say_what_failed(outcome.value());
  int exit_code = outcome.value().exit_code();
  exit_code = std::max(exit_code, reports.value().write(outcome.value().report));
  exit_code = std::max(exit_code, print_report(request.value(), outcome.value().report));
  return std::max(exit_code, drop_checkpoint(request.value().options, outcome.value(), exit_code));
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  NewCommand command(app, "verify", kDescription, kFooter);
  command.arguments("INPUT",
                    "files, directories (walked, sorted by name) or - for standard input; without "
                    "any: standard input");
  command.table_options(kForVerify);
  command.runs(verify, exit_code);
}

}  // namespace jotmill::tools
