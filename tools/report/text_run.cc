#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tools/report/sections.h"

namespace jotmill::tools {
namespace {

using Ink = Page::Ink;

std::string meaning_of_no_exp(const ClaimSums& claims) {
  if (claims.accepted_without_exp == 0) {
    return "a token without exp never expires, and would have passed; --require exp rejects it";
  }
  return fmt::format(
      "{} of {} accepted tokens have no exp and never expire; --require exp rejects them",
      with_commas(claims.accepted_without_exp), with_commas(claims.accepted_read));
}

std::string meaning_of_check(std::string_view check, const RunReport& report) {
  if (check == "issuer") return "any iss was good enough; --issuer names the expected ones";
  if (check == "audience") return "any aud was good enough; --audience names the expected ones";
  if (check == "exp_required") return meaning_of_no_exp(report.claims);
  if (check == "typ") return "tokens of another kind could pass; --typ names the expected one";
  if (check == "time") return "--as-of off: nothing was rejected for its exp, nbf or iat";
  if (check == "claims") return "--claims off: accepted means a good signature and nothing more";
  return "";
}

/// At most 16 of them: the JSON report has all.
std::string joined(const auto& texts) {
  constexpr std::size_t kMostTexts = 16;
  std::string out;
  std::size_t count = 0;
  for (const std::string& text : texts) {
    if (++count > kMostTexts) continue;
    if (!out.empty()) out += ", ";
    out += text;
  }
  if (count > kMostTexts) out += fmt::format(" and {} more", with_commas(count - kMostTexts));
  return out;
}

void write_texts(Page& page, std::string_view name, const std::vector<std::string>& texts) {
  if (!texts.empty()) page.entry(name, joined(texts));
}

std::string leeway_words(const Policy& policy) {
  const auto is_zero = [](const Duration& d) { return d.s == 0 && d.ns == 0; };
  std::string out;
  for (const auto& [name, leeway] :
       {std::pair("exp", policy.leeway_exp), std::pair("nbf", policy.leeway_nbf),
        std::pair("iat", policy.leeway_iat)}) {
    if (is_zero(leeway)) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", name, in_words(leeway));
  }
  return out;
}

std::string as_of_words(const ReportOptions& options) {
  if (options.policy.as_of_record) {
    return "record: the time of each token's record" +
           (options.year ? fmt::format("; syslog year {}", *options.year) : "");
  }
  if (!options.first_as_of || !options.last_as_of) return "off";
  const std::string first = in_utc(*options.first_as_of);
  const std::string last = in_utc(*options.last_as_of);
  return first == last ? first : first + " to " + last;
}

void write_stages(Page& page, const RunFacts& run) {
  std::uint64_t sum = 0, most = 0;
  for (const StageTime& stage : run.stages) {
    sum += stage.ns;
    most = std::max(most, stage.ns);
  }
  if (sum == 0) return;
  page.heading("Where the time went", "thread time", "of it");
  for (const StageTime& stage : run.stages) {
    page.row({stage.stage, stage.ns, most, in_short_time(stage.ns), percent(stage.ns, sum)});
  }
  const std::uint64_t waiting = waiting_ns(run);
  if (waiting == 0) return;
  page.note(
      fmt::format("the threads had nothing to do for {} of their time: start, and waiting for "
                  "input, output or each other",
                  percent(waiting, run.thread_wall_ns)));
}

std::string memo_words(const MemoUse& memo) {
  const std::uint64_t asked = memo.hits + memo.misses;
  return fmt::format("{} of {} known, {}", with_commas(memo.hits), with_commas(asked),
                     percent(memo.hits, asked));
}

/// How many keys had a table at the end, of what size, and what the tables had cost.
std::string table_words(const RunFacts& run) {
  std::uint64_t bytes = 0, build_ns = 0;
  std::map<std::uint64_t, std::uint64_t> by_window;
  for (const auto& [key, table] : run.tables) {
    bytes += table.bytes;
    build_ns += table.build_ns;
    ++by_window[table.window];
  }
  std::string windows;
  for (const auto& [window, count] : by_window)
    windows +=
        fmt::format("{}{} of {} bits", windows.empty() ? "" : ", ", with_commas(count), window);
  return fmt::format("{}; {:.1f} MiB, {:.1f} ms to build", windows,
                     static_cast<double>(bytes) / 1048576, static_cast<double>(build_ns) / 1e6);
}

/// Which key had which table at the end, and what it had cost; the busiest first.
void write_tables(Page& page, const RunFacts& run) {
  if (run.tables.empty()) return;
  std::vector<std::pair<std::string, TableFacts>> rows(run.tables.begin(), run.tables.end());
  std::ranges::stable_sort(rows, std::greater(),
                           [](const auto& row) { return row.second.signatures; });
  page.heading("Tables of ES256 and Ed25519 keys", "memory", "to build");
  for (std::size_t i = 0; i < std::min(rows.size(), page.style().rows); ++i) {
    const auto& [key, table] = rows[i];
    page.row({.label = fmt::format("{}, {} bits", key, table.window),
              .part = table.signatures,
              .whole = rows[0].second.signatures,
              .first = in_bytes(table.bytes),
              .second = in_short_time(table.build_ns),
              .wide = true});
  }
  if (rows.size() > page.style().rows)
    page.note(fmt::format("and {} more", with_commas(rows.size() - page.style().rows)));
}

/// What the report says of the work itself: no fact about the tokens.
void write_work(Page& page, const RunFacts& run) {
  std::string lanes;
  for (const auto& [kernel, use] : run.lanes) {
    lanes +=
        fmt::format("{}{} {}", lanes.empty() ? "" : ", ", kernel, percent(use.used, use.total));
  }
  if (!lanes.empty()) page.entry("lanes used", lanes);
  if (run.memo.hits + run.memo.misses > 0) page.entry("memo", memo_words(run.memo));
  if (run.headers.hits + run.headers.misses > 0) page.entry("headers", memo_words(run.headers));
  if (!run.tables.empty()) page.entry("tables", table_words(run));
  if (run.cross_checks.checked > 0) {
    page.entry(
        "cross-check",
        fmt::format("{} verified again by OpenSSL, {} disagreed",
                    with_commas(run.cross_checks.checked), with_commas(run.cross_checks.disagreed)),
        run.cross_checks.disagreed > 0 ? Ink::kBad : Ink::kPlain);
  }
}

}  // namespace

void write_checks_not_asked(Page& page, const RunReport& report) {
  const auto checks = checks_not_asked(report.options);
  if (checks.empty()) return;
  page.heading("Checks that were not asked for");
  for (const std::string_view check : checks) {
    page.entry(check, meaning_of_check(check, report), Ink::kWarn);
  }
}

void write_options(Page& page, const RunReport& report) {
  const ReportOptions& options = report.options;
  const Policy& policy = options.policy;
  page.heading("Options in force");
  for (const std::string_view relaxation : relaxations(options)) {
    page.entry("RELAXED", fmt::format("--{}", relaxation), Ink::kBad);
  }
  page.entry("as-of", as_of_words(options));
  page.entry("alg", policy.algs.empty() ? "all sixteen names" : joined(policy.algs));
  write_texts(page, "issuer", policy.issuers);
  write_texts(page, "audience", policy.audiences);
  write_texts(page, "subject", policy.subjects);
  write_texts(page, "require", policy.require);
  const std::string leeway = leeway_words(policy);
  if (!leeway.empty()) page.entry("leeway", leeway);
  if (policy.max_age) page.entry("max-age", in_words(*policy.max_age));
  if (policy.typ) page.entry("typ", *policy.typ);
  if (!policy.claims) page.entry("claims", "off");
  page.entry("max-token-bytes", with_commas(policy.max_token_bytes));
  write_texts(page, "field", options.fields);
  write_texts(page, "show", options.show);
}

void write_run(Page& page, const RunReport& report) {
  const RunFacts& run = report.run;
  write_stages(page, run);
  write_tables(page, run);
  page.heading("Run");
  if (run.runs != 1) page.entry("reports added", with_commas(run.runs));
  if (run.wall_ns > 0) {
    page.entry("time", fmt::format("{}{}", in_short_time(run.wall_ns),
                                   run.runs > 1 ? ", one run after the other" : ""));
    page.entry("rate", fmt::format("{} tokens/s, {} per thread; {}/s of input",
                                   with_commas(per_second(report.tokens, run.wall_ns)),
                                   with_commas(per_second(report.tokens, run.thread_wall_ns)),
                                   in_bytes(per_second(report.input_bytes, run.wall_ns))));
  }
  page.entry("threads", with_commas(run.threads));
  if (run.peak_rss_bytes > 0) page.entry("peak memory", in_bytes(run.peak_rss_bytes));
  write_work(page, run);
  if (!run.kernels.empty()) page.entry("kernels", joined(run.kernels));
  if (!run.cpus.empty()) page.entry("cpu", joined(run.cpus));
  if (!run.builds.empty()) page.entry("build", joined(run.builds));
}

}  // namespace jotmill::tools
