#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jotmill/report_json.h"
#include "tools/commands.h"
#include "tools/options/clashes.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/policy.h"
#include "tools/options/token_argument.h"
#include "tools/output.h"
#include "tools/report/text.h"
#include "tools/safe_text.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Adds JSON reports of 'jotmill verify' into one, and prints it: the sum of the shards is the "
    "report of the whole, except for what depends on time and machine.";

constexpr const char* kFooter =
    R"(The reports must have been made with the same policy, or their numbers would not
mean the same; only inputs and the as-of time may differ. JSON reports can be
merged again, in any order and grouping.

Examples:
  jotmill verify --keys keys.json --report monday.json monday.log
  jotmill verify --keys keys.json --report tuesday.json tuesday.log
  jotmill merge monday.json tuesday.json
  jotmill merge --report week.json --report week.txt monday.json tuesday.json

Exit codes: 0, 2 bad usage, not a report, or reports that do not go together,
4 some output could not be written, 141 the reader of our output went away.
)";

/// A report holds at most some 65,536 texts a list; more than this is none of ours.
constexpr std::size_t kMostReportBytes = std::size_t{1} << 30;

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(path == "-" ? stdin
                                                           : std::fopen(path.c_str(), "rb"));
  if (!file) return Error{ErrorKind::kUnreadable, path, std::strerror(errno)};
  std::string content;
  std::size_t size = 0;
  for (;;) {
    constexpr std::size_t kStep = 64 * 1024;
    content.resize(std::max(size + kStep, std::min(2 * size, kMostReportBytes)));
    const std::size_t got = std::fread(content.data() + size, 1, content.size() - size, file.get());
    size += got;
    if (size > kMostReportBytes) {
      return Error{ErrorKind::kFormat, path, "not a jotmill report: longer than 1 GiB"};
    }
    if (got == 0) break;
  }
  if (std::ferror(file.get()) != 0)
    return Error{ErrorKind::kUnreadable, path, std::strerror(errno)};
  content.resize(size);
  return content;
}

Result<RunReport> add_reports(const std::vector<std::string>& paths) {
  std::optional<RunReport> sum;
  for (const std::string& path : paths) {
    const auto content = read_file(path);
    if (!content) return content.error();
    auto report = read_json_report(content.value(), path);
    if (!report) return report.error();
    if (!sum) {
      sum = std::move(report).value();
      continue;
    }
    if (const auto reason = why_not_addable(*sum, report.value())) {
      return Error{ErrorKind::kFormat, path,
                   fmt::format("cannot be added to {}: {}", paths.front(), *reason)};
    }
    sum->add(report.value());
  }
  return std::move(*sum);
}

Status check_outputs(const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs) {
  FileUses uses;
  for (const std::string& path : inputs) uses.reads.push_back({"a report to add", path});
  for (const std::string& path : outputs) {
    if (!path.ends_with(".json") && !path.ends_with(".txt")) {
      return usage_error("--report", in_quotes(path) + " must end in .json or .txt");
    }
    uses.writes.push_back({"--report", path});
  }
  return check_clashes(uses);
}

int write_report(const std::string& path, const RunReport& report) {
  auto file = OutputFile::open(path);
  if (!file) return fail(file.error());
  const Status written =
      file.value().finish(path.ends_with(".json") ? render_json(report) : render_text(report, {}));
  return written ? kExitOk : fail(written.error());
}

int merge(const Given& given) {
  const std::vector<std::string> inputs = given.all("REPORT");
  const std::vector<std::string> outputs = given.all("--report");
  const Status files = refuse_tokens("REPORT", inputs);
  if (!files) return fail(files.error());
  if (inputs.empty()) {
    return fail(usage_error("merge", "give at least one JSON report of 'jotmill verify --report'"));
  }
  if (std::ranges::count(inputs, "-") > 1) {
    return fail(usage_error("merge", "standard input (-) can be read only once"));
  }
  const auto color = read_color(given, STDOUT_FILENO);
  if (!color) return fail(color.error());
  const Status usable = check_outputs(inputs, outputs);
  if (!usable) return fail(usable.error());

  const auto sum = add_reports(inputs);
  if (!sum) return fail(sum.error());

  int exit_code = kExitOk;
  for (const std::string& path : outputs) {
    exit_code = std::max(exit_code, write_report(path, sum.value()));
  }
  TextStyle style;
  style.color = color.value();
  return std::max(exit_code, print(render_text(sum.value(), style)));
}

}  // namespace

void add_merge(CLI::App& app, int& exit_code) {
  NewCommand command(app, "merge", kDescription, kFooter);
  command.arguments("REPORT", "JSON reports to add, in any order; - for standard input");
  command.option("--report", "PATH", "output",
                 "write the sum also to PATH, which ends in .json or .txt", true);
  command.option(
      "--color", "WHEN", "output",
      "auto, always or never; auto: on a terminal, unless NO_COLOR is set; default auto");
  command.runs(merge, exit_code);
}

}  // namespace jotmill::tools
