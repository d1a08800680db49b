#include "jotmill/report_json.h"

#include <initializer_list>
#include <utility>

#include "reports/json_out.h"
#include "reports/packed.h"

namespace jotmill {
namespace {

/// Rows of a list that are written out for people; the whole of it is in `state`.
constexpr std::size_t kListedRows = 100;

using Numbers = std::initializer_list<std::pair<std::string_view, std::uint64_t>>;

void write_numbers(JsonOut& out, Numbers numbers) {
  for (const auto& [name, value] : numbers) out.name(name).number(value);
}

void write_texts(JsonOut& out, std::string_view name, const auto& texts) {
  out.name(name).begin('[');
  for (const auto& text : texts) out.string(text);
  out.end(']');
}

void write_summary(JsonOut& out, const RunReport& report) {
  out.name("summary").begin('{');
  write_numbers(out, {{"tokens", report.tokens},
                      {"accepted", report.accepted()},
                      {"rejected", report.rejected()},
                      {"distinct", report.distinct.estimate()}});
  out.name("distinct_exact").boolean(report.distinct.exact());
  write_numbers(out, {{"repeats", report.repeats()},
                      {"not_compared", report.not_compared},
                      {"token_bytes", report.token_bytes},
                      {"input_bytes", report.input_bytes}});
  out.end('}');
}

void write_records(JsonOut& out, const RecordSums& records) {
  out.name("records").begin('{');
  write_numbers(out, {{"records", records.records},
                      {"blank", records.blank},
                      {"with_tokens", records.with_tokens},
                      {"record_without_token", records.without_token},
                      {"record_not_json", records.not_json},
                      {"record_too_long", records.too_long},
                      {"candidates", records.candidates},
                      {"tokens", records.tokens},
                      {"truncated", records.truncated},
                      {"redacted", records.redacted},
                      {"lookalike", records.lookalike},
                      {"record_without_time", records.without_time}});
  out.end('}');
}

void write_verdicts(JsonOut& out, const RunReport& report) {
  out.name("verdicts").begin('{');
  for (const VerdictInfo& verdict : verdict_table()) {
    out.name(verdict.code).number(report.verdicts[static_cast<std::size_t>(verdict.verdict)]);
  }
  out.end('}');
}

void write_algorithms(JsonOut& out, const RunReport& report) {
  out.name("algorithms").begin('[');
  for (std::size_t row = 0; row < kReportAlgs; ++row) {
    const AlgCount& alg = report.algs[row];
    if (alg.tokens == 0) continue;
    out.begin('{');
    out.name("alg").string(report_alg_name(row));
    write_numbers(out, {{"tokens", alg.tokens}, {"accepted", alg.accepted}});
    out.end('}');
  }
  out.end(']');
}

void write_keys(JsonOut& out, const RunReport& report) {
  out.name("keys").begin('{');
  out.name("without_key").number(report.without_key);
  out.name("used").begin('[');
  for (const auto& [label, key] : report.keys) {
    out.begin('{');
    out.name("key").string(label);
    write_numbers(out, {{"tokens", key.tokens}, {"accepted", key.accepted}});
    out.name("algs").begin('[');
    for (std::size_t row = 0; row + 1 < kReportAlgs; ++row) {
      if ((key.algs >> row & 1) != 0) out.string(report_alg_name(row));
    }
    out.end(']');
    out.name("several_algs").boolean(key.several_algs());
    out.end('}');
  }
  out.end(']');
  out.end('}');
}

void write_claims(JsonOut& out, const ClaimSums& claims) {
  out.name("claims").begin('{');
  write_numbers(out, {{"verified", claims.verified},
                      {"unverified", claims.unverified},
                      {"read", claims.read},
                      {"without_iss", claims.without_iss},
                      {"without_sub", claims.without_sub},
                      {"without_iat", claims.without_iat},
                      {"accepted_read", claims.accepted_read},
                      {"accepted_without_exp", claims.accepted_without_exp}});
  out.end('}');
}

void write_rows(JsonOut& out, std::string_view name, const std::vector<TopList::Row>& rows) {
  out.name(name).begin('[');
  for (const TopList::Row& row : rows) {
    out.begin('{');
    out.name("value").string(row.text);
    write_numbers(
        out, {{"tokens", row.tokens()}, {"accepted", row.accepted}, {"rejected", row.rejected}});
    out.end('}');
  }
  out.end(']');
}

/// A list for people: what it shows is derived from its entry in `state`.
void write_top(JsonOut& out, std::string_view name, const TopList& list) {
  out.name(name).begin('{');
  out.name("tokens").number(list.total());
  out.name("exact").boolean(list.exact());
  out.name("distinct");
  if (list.exact()) {
    out.number(list.values.size());
  } else {
    out.null();
  }
  write_numbers(out,
                {{"error_at_most", list.error_at_most()}, {"complete_from", list.complete_from()}});
  write_rows(out, "top", list.top(kListedRows));
  write_rows(out, "top_rejected", list.top(kListedRows, TopList::By::kRejected));
  out.end('}');
}

void write_histogram(JsonOut& out, std::string_view name, const Histogram& histogram) {
  out.name(name).begin('{');
  write_numbers(out, {{"count", histogram.total},
                      {"min", histogram.total == 0 ? 0 : histogram.least},
                      {"max", histogram.most},
                      {"p50", histogram.quantile(500)},
                      {"p90", histogram.quantile(900)},
                      {"p99", histogram.quantile(990)}});
  out.name("buckets").begin('[');
  for (const auto& [bucket, count] : histogram.buckets) {
    out.begin('[');
    out.number(Histogram::first_of(bucket));
    out.number(Histogram::last_of(bucket));
    out.number(count);
    out.end(']');
  }
  out.end(']');
  out.end('}');
}

void write_events(JsonOut& out, const InputEvents& events) {
  out.name("events").begin('{');
  out.name("counts").begin('{');
  for (std::size_t kind = 0; kind < kInputEventKinds; ++kind) {
    out.name(code(static_cast<InputEventKind>(kind))).number(events.counts[kind]);
  }
  out.end('}');
  out.name("listed").begin('[');
  for (const InputEvent& event : events.listed) {
    out.begin('{');
    out.name("event").string(code(event.kind));
    out.name("source").string(event.source);
    write_numbers(out, {{"offset", event.offset_bytes}, {"line", event.line}});
    out.name("reason").string(event.reason);
    out.end('}');
  }
  out.end(']');
  out.end('}');
}

/// TimePoint and Duration.
void write_time(JsonOut& out, std::string_view name, const auto& time) {
  out.name(name).begin('{');
  out.name("s").number(time.s);
  out.name("ns").number(time.ns);
  out.end('}');
}

void write_optional_time(JsonOut& out, std::string_view name, const auto& time) {
  if (time) {
    write_time(out, name, *time);
  } else {
    out.name(name).null();
  }
}

void write_record_times(JsonOut& out, const RecordTimes& times) {
  out.name("record_times").begin('{');
  write_numbers(out,
                {{"tokens_with", times.tokens_with}, {"tokens_without", times.tokens_without}});
  write_optional_time(out, "first", times.first);
  write_optional_time(out, "last", times.last);
  out.name("bucket_s").number(times.buckets.width_s());
  out.name("buckets").begin('[');
  for (const auto& [start, count] : times.buckets.buckets) {
    out.begin('[');
    out.number(start);
    out.number(count.tokens);
    out.number(count.accepted);
    out.end(']');
  }
  out.end(']');
  out.end('}');
}

void write_options(JsonOut& out, const ReportOptions& options) {
  const Policy& policy = options.policy;
  out.name("options").begin('{');
  write_texts(out, "alg", policy.algs);
  write_texts(out, "issuer", policy.issuers);
  write_texts(out, "audience", policy.audiences);
  write_texts(out, "subject", policy.subjects);
  write_texts(out, "require", policy.require);
  write_time(out, "leeway_exp", policy.leeway_exp);
  write_time(out, "leeway_nbf", policy.leeway_nbf);
  write_time(out, "leeway_iat", policy.leeway_iat);
  write_optional_time(out, "first_as_of", options.first_as_of);
  write_optional_time(out, "last_as_of", options.last_as_of);
  out.name("as_of_record").boolean(policy.as_of_record);
  out.name("year");
  if (options.year) {
    out.number(*options.year);
  } else {
    out.null();
  }
  write_optional_time(out, "max_age", policy.max_age);
  out.name("typ");
  if (policy.typ) {
    out.string(*policy.typ);
  } else {
    out.null();
  }
  out.name("claims").boolean(policy.claims);
  out.name("allow_padding").boolean(policy.allow_padding);
  out.name("allow_weak_secret").boolean(policy.allow_weak_secret);
  write_numbers(out, {{"max_token_bytes", policy.max_token_bytes},
                      {"max_record_bytes", options.max_record_bytes}});
  write_texts(out, "show", options.show);
  write_texts(out, "field", options.fields);
  out.end('}');
}

void write_list_state(JsonOut& out, std::string_view name, const TopList& list) {
  out.name(name).begin('{');
  out.name("exact").boolean(list.exact());
  out.name("values").begin('[');
  for (const auto& [text, counts] : list.values) {
    out.begin('[');
    out.string(text);
    if (list.exact()) {
      out.number(counts.accepted);
      out.number(counts.rejected);
    }
    out.number(counts.draw);
    out.end(']');
  }
  out.end(']');
  if (!list.exact()) {
    write_numbers(out, {{"accepted", list.accepted}, {"rejected", list.rejected}});
    out.name("accepted_cells").string(pack_numbers(list.accepted_cells));
    out.name("rejected_cells").string(pack_numbers(list.rejected_cells));
  }
  out.end('}');
}

void write_state(JsonOut& out, const RunReport& report) {
  out.name("state").begin('{');
  write_list_state(out, "issuers", report.issuers);
  write_list_state(out, "subjects", report.subjects);
  write_list_state(out, "channels", report.channels);
  write_list_state(out, "layers", report.layers);
  write_list_state(out, "sources", report.sources);
  write_list_state(out, "rejected_kids", report.rejected_kids);
  out.name("distinct").begin('{');
  const DistinctSketch& distinct = report.distinct;
  out.name("exact").boolean(distinct.exact());
  if (distinct.exact()) {
    out.name("count").number(distinct.hashes.size());
    const std::vector<std::uint64_t> hashes(distinct.hashes.begin(), distinct.hashes.end());
    out.name("hashes").string(pack_numbers(hashes));
  } else {
    out.name("registers").string(pack_ranks(distinct.registers));
  }
  out.end('}');
  out.end('}');
}

void write_run(JsonOut& out, const RunReport& report) {
  const RunFacts& run = report.run;
  out.name("run").begin('{');
  write_numbers(out, {{"runs", run.runs},
                      {"wall_ns", run.wall_ns},
                      {"thread_wall_ns", run.thread_wall_ns},
                      {"threads", run.threads},
                      {"peak_rss_bytes", run.peak_rss_bytes},
                      {"tokens_per_s", per_second(report.tokens, run.wall_ns)},
                      {"bytes_per_s", per_second(report.input_bytes, run.wall_ns)},
                      {"tokens_per_s_per_thread", per_second(report.tokens, run.thread_wall_ns)},
                      {"waiting_ns", waiting_ns(run)}});
  out.name("stage_ns").begin('{');
  for (const StageTime& stage : run.stages) out.name(stage.stage).number(stage.ns);
  out.end('}');
  out.name("lanes").begin('{');
  for (const auto& [kernel, use] : run.lanes) {
    out.name(kernel).begin('{');
    write_numbers(out, {{"used", use.used}, {"total", use.total}});
    out.end('}');
  }
  out.end('}');
  for (const auto& [name, memo] :
       {std::pair("memo", run.memo), std::pair("headers", run.headers)}) {
    out.name(name).begin('{');
    write_numbers(out, {{"hits", memo.hits}, {"misses", memo.misses}});
    out.end('}');
  }
  out.name("cross_check").begin('{');
  write_numbers(out,
                {{"checked", run.cross_checks.checked}, {"disagreed", run.cross_checks.disagreed}});
  out.end('}');
  out.name("tables").begin('{');
  for (const auto& [key, table] : run.tables) {
    out.name(key).begin('{');
    write_numbers(out, {{"window", table.window},
                        {"bytes", table.bytes},
                        {"build_ns", table.build_ns},
                        {"signatures", table.signatures}});
    out.end('}');
  }
  out.end('}');
  write_texts(out, "cpus", run.cpus);
  write_texts(out, "builds", run.builds);
  write_texts(out, "kernels", run.kernels);
  out.end('}');
}

}  // namespace

std::string render_json(const RunReport& report) {
  JsonOut out;
  out.begin('{');
  out.name("schema").string(kReportSchema);
  out.line();
  out.name("interrupted").boolean(report.interrupted);
  const auto member = [&](auto write, const auto&... arguments) {
    out.line();
    write(out, arguments...);
  };
  member(write_summary, report);
  member(write_records, report.records);
  out.line();
  out.name("formats").begin('{');
  for (const auto& [format, inputs] : report.formats) out.name(format).number(inputs);
  out.end('}');
  member(write_verdicts, report);
  member(write_algorithms, report);
  member(write_keys, report);
  member(write_claims, report.claims);
  member(write_top, "issuers", report.issuers);
  member(write_top, "subjects", report.subjects);
  member(write_top, "channels", report.channels);
  member(write_top, "layers", report.layers);
  member(write_top, "sources", report.sources);
  member(write_top, "rejected_kids", report.rejected_kids);
  member(write_histogram, "sizes", report.sizes);
  member(write_histogram, "ages", report.ages);
  member(write_histogram, "ages_ahead", report.ages_ahead);
  member(write_record_times, report.times);
  member(write_events, report.events);
  out.line();
  write_texts(out, "not_asked", checks_not_asked(report.options));
  out.line();
  write_texts(out, "relaxations", relaxations(report.options));
  member(write_options, report.options);
  member(write_state, report);
  member(write_run, report);
  out.end('}');
  return std::move(out).take() + '\n';
}

}  // namespace jotmill
