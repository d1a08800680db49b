#include <algorithm>

#include "jotmill/stats.h"

namespace jotmill {
namespace {

bool equal(const Duration& a, const Duration& b) { return a.s == b.s && a.ns == b.ns; }

bool equal(const std::optional<Duration>& a, const std::optional<Duration>& b) {
  return a.has_value() == b.has_value() && (!a || equal(*a, *b));
}

/// Lists whose order changes no verdict: a report says what was asked, not in which order.
std::vector<std::string> sorted_labels(const std::vector<std::string>& texts) {
  std::vector<std::string> labels;
  for (const std::string& text : texts) labels.push_back(make_label(text));
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

std::vector<std::string> labels_in_order(const std::vector<std::string>& texts) {
  std::vector<std::string> labels;
  for (const std::string& text : texts) labels.push_back(make_label(text));
  return labels;
}

/// The name of the first option that differs.
std::optional<std::string> different_option(const ReportOptions& a, const ReportOptions& b) {
  const Policy& p = a.policy;
  const Policy& q = b.policy;
  if (p.algs != q.algs) return "--alg";
  if (p.issuers != q.issuers) return "--issuer";
  if (p.audiences != q.audiences) return "--audience";
  if (p.subjects != q.subjects) return "--subject";
  if (p.require != q.require) return "--require";
  if (!equal(p.leeway_exp, q.leeway_exp) || !equal(p.leeway_nbf, q.leeway_nbf) ||
      !equal(p.leeway_iat, q.leeway_iat)) {
    return "--leeway";
  }
  if (!equal(p.max_age, q.max_age)) return "--max-age";
  if (p.typ != q.typ) return "--typ";
  if (p.claims != q.claims) return "--claims";
  if (p.allow_padding != q.allow_padding) return "--allow-padding";
  if (p.allow_weak_secret != q.allow_weak_secret) return "--allow-weak-secret";
  if (p.max_token_bytes != q.max_token_bytes) return "--max-token-bytes";
  if (a.first_as_of.has_value() != b.first_as_of.has_value()) return "--as-of";
  if (p.as_of_record != q.as_of_record) return "--as-of";
  if (a.year != b.year) return "--year";
  if (a.show != b.show) return "--show";
  if (a.fields != b.fields) return "--field";
  if (a.max_record_bytes != b.max_record_bytes) return "--max-record-bytes";
  return std::nullopt;
}

bool requires_claim(const Policy& policy, std::string_view claim) {
  return std::find(policy.require.begin(), policy.require.end(), claim) != policy.require.end();
}

}  // namespace

ReportOptions report_options(const RunOptions& options) {
  ReportOptions report;
  report.policy = options.policy;
  Policy& policy = report.policy;
  report.first_as_of = report.last_as_of = policy.as_of;
  policy.as_of.reset();
  if (policy.as_of_record) report.year = options.year;
  for (std::vector<std::string>* list :
       {&policy.algs, &policy.issuers, &policy.audiences, &policy.subjects}) {
    *list = sorted_labels(*list);
  }
  policy.require = labels_in_order(policy.require);  // the first one missing is a token's detail
  if (policy.typ) policy.typ = make_label(*policy.typ);
  report.show = labels_in_order(options.show);
  report.fields = labels_in_order(options.fields);
  report.max_record_bytes = options.max_record_bytes;
  return report;
}

std::vector<std::string_view> checks_not_asked(const ReportOptions& options) {
  const Policy& policy = options.policy;
  std::vector<std::string_view> checks;
  if (policy.issuers.empty()) checks.push_back("issuer");
  if (policy.audiences.empty()) checks.push_back("audience");
  if (!requires_claim(policy, "exp")) checks.push_back("exp_required");
  if (!policy.typ) checks.push_back("typ");
  if (!options.first_as_of && !policy.as_of_record) checks.push_back("time");
  if (!policy.claims) checks.push_back("claims");
  return checks;
}

std::vector<std::string_view> relaxations(const ReportOptions& options) {
  std::vector<std::string_view> names;
  if (options.policy.allow_padding) names.push_back("allow-padding");
  if (options.policy.allow_weak_secret) names.push_back("allow-weak-secret");
  return names;
}

namespace {

/// The greatest number of a report that a sum makes greater; what is left out is a part of one of
/// these (check_conservation).
std::uint64_t greatest_number(const RunReport& report) {
  const RunFacts& run = report.run;
  std::uint64_t most =
      std::max({report.tokens, report.token_bytes, report.input_bytes, report.records.records,
                report.records.candidates, report.events.total(), run.runs, run.wall_ns,
                run.thread_wall_ns, run.memo.hits, run.memo.misses, run.headers.hits,
                run.headers.misses, run.cross_checks.checked, run.cross_checks.disagreed});
  const auto look_at = [&](std::uint64_t number) { most = std::max(most, number); };
  for (const auto& [format, inputs] : report.formats) look_at(inputs);
  for (const StageTime& stage : run.stages) look_at(stage.ns);
  for (const auto& [kernel, use] : run.lanes) look_at(std::max(use.used, use.total));
  for (const auto& [key, table] : run.tables) look_at(std::max(table.build_ns, table.signatures));
  return most;
}

}  // namespace

std::optional<std::string> why_not_addable(const RunReport& a, const RunReport& b) {
  if (const auto option = different_option(a.options, b.options)) {
    return *option + " differs: their verdicts do not mean the same";
  }
  // Sums stay below 2^53, which every JSON reader keeps exact; nothing below can overflow then.
  if (greatest_number(a) + greatest_number(b) >= std::uint64_t{1} << 53)
    return "the sums would be too large";
  return std::nullopt;
}

}  // namespace jotmill
